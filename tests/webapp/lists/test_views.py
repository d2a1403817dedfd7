"""Saved views and chosen columns, as people use them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import unit_of_work
from core.lists.models import SavedView
from core.permissions import SYSTEM
from crm.enterprises import service as enterprises
from tests.support.browser import fields

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def firm(session: Session) -> None:
    session.rollback()
    with unit_of_work() as writing:
        made = enterprises.create(
            writing, {"name": "栖霞微显示有限公司", "reg_status": "active"}, actor=SYSTEM
        )
        made.size_class = "small"


def _save(client: FlaskClient, name: str, query: str = "scale=small", **values: Any) -> Any:
    address = f"/lists/enterprises/views/new?q={query.replace('&', '%26').replace('=', '%3D')}"
    form = fields(client.get(address).get_data(as_text=True))
    return client.post(address, data={**form, "name": name, "scope": "own", **values})


def _view(session: Session, name: str) -> SavedView:
    session.rollback()
    return session.scalars(select(SavedView).where(SavedView.name == name)).one()


def test_a_view_keeps_conditions_and_columns_and_stands_as_a_tab(client_as: ClientAs) -> None:
    mine, other = client_as("spec_a"), client_as("spec_a2")
    answer = _save(mine, "小型看园区", "scale=small&cols=park,uscc&sort=-revenue")
    assert answer.status_code == 303
    page = mine.get(answer.headers["Location"]).get_data(as_text=True)
    assert "规模 <b>小型</b>" in page and "小型看园区" in page and "列 3/" in page
    assert "小型看园区" not in other.get("/enterprises").get_data(as_text=True)


def test_only_who_may_share_shares(client_as: ClientAs, session: Session) -> None:
    assert _save(client_as("spec_a"), "共享", scope="unit").status_code in (403, 422)
    assert _save(client_as("head_a"), "共享", scope="public").status_code in (403, 422)
    assert _save(client_as("head_a"), "甲区共享", scope="unit").status_code == 303
    assert _save(client_as("office"), "全市共享", scope="public").status_code == 303
    colleague = client_as("spec_a").get("/enterprises").get_data(as_text=True)
    stranger = client_as("spec_b").get("/enterprises").get_data(as_text=True)
    assert "甲区共享" in colleague and "甲区共享" not in stranger
    assert "全市共享" in colleague and "全市共享" in stranger
    session.rollback()
    noted = session.scalars(select(AuditEntry.label).where(AuditEntry.action == "lists.view_published")).all()
    assert noted == ["甲区共享", "全市共享"]


def test_a_shared_view_is_changed_by_nobody_else_and_deleted_with_a_note(
    client_as: ClientAs, session: Session
) -> None:
    head, stranger = client_as("head_a"), client_as("spec_a")
    _save(head, "甲区共享", scope="unit")
    view = _view(session, "甲区共享")
    assert stranger.get(f"/lists/views/{view.public_id}").status_code == 403
    token = fields(head.get(f"/lists/views/{view.public_id}").get_data(as_text=True))["csrf_token"]
    gone = head.post(
        f"/lists/views/{view.public_id}/delete", data={"csrf_token": token, "version": view.version}
    )
    assert gone.status_code == 303
    session.rollback()
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.label == "甲区共享")).all() == [
        "lists.view_published",
        "lists.view_deleted",
    ]


def test_a_stale_form_does_not_overwrite_a_view(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    _save(client, "旧名")
    address = f"/lists/views/{_view(session, '旧名').public_id}"
    form = fields(
        client.get(address + "?q=scale%3Dmicro").get_data(as_text=True).split("/delete")[0] + "</form></main>"
    )
    renamed = client.post(address, data={**form, "name": "新名", "take": "y"})
    assert renamed.status_code == 303
    assert _view(session, "新名").query == "scale=micro"
    assert client.post(address, data={**form, "name": "更新的名"}).status_code == 409


def test_a_list_opens_with_the_chosen_view_and_all_of_it_stays_reachable(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    _save(client, "先看小型", opens="y")
    assert "规模 <b>小型</b>" in client.get("/enterprises").get_data(as_text=True)
    assert "规模 <b>小型</b>" not in client.get("/enterprises?v=all").get_data(as_text=True)


def test_columns_are_remembered_for_this_person_alone(client_as: ClientAs) -> None:
    mine, other = client_as("spec_a"), client_as("spec_a2")
    form = fields(mine.get("/lists/enterprises/columns?q=scale%3Dsmall").get_data(as_text=True))
    chosen = {**form, "col": ["uscc", "tags", "revenue"], "at-uscc": "3", "at-revenue": "1", "at-tags": "2"}
    chosen.pop("reset", None)
    answer = mine.post("/lists/enterprises/columns", data=chosen)
    assert answer.headers["Location"].endswith("/enterprises?scale=small")
    page = mine.get("/enterprises").get_data(as_text=True)
    assert "列 4/" in page
    form = mine.get("/lists/enterprises/columns").get_data(as_text=True)
    assert (
        form.index('value="revenue" checked')
        < form.index('value="tags" checked')
        < form.index('value="uscc" checked')
    )
    assert 'value="tags" checked' not in other.get("/lists/enterprises/columns").get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["/lists/nothing/views/new", "/lists/nothing/columns", "/lists/views/" + "0" * 26]
)
def test_what_is_not_there_is_not_found(client_as: ClientAs, address: str) -> None:
    assert client_as("spec_a").get(address).status_code == 404


def test_an_empty_tab_says_that_it_is_empty_and_repeats_no_condition(client_as: ClientAs) -> None:
    page = client_as("spec_a").get("/tasks?view=late").get_data(as_text=True)
    assert "“已过期的”现在是空的" in page and "看全部" in page
    assert "没有符合条件的记录" not in page and 'class="lz-cond"' not in page
    assert '<p class="print-only">视图：已过期的</p>' in page


def test_a_tab_with_one_more_condition_shows_both(client_as: ClientAs) -> None:
    page = client_as("spec_a").get("/tasks?view=late&q=没有这样的事").get_data(as_text=True)
    assert "没有符合条件的记录" in page and page.count('class="lz-cond"') == 2
