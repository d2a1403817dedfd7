"""Each grave step asks again for the proof once it is older than five minutes, and nothing is done before."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, settings
from core.db import unit_of_work
from core.lists import exports
from core.lists.export_models import Export
from core.permissions import SYSTEM
from crm.enterprises import service as enterprises
from tests.support.browser import fields
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]
LATER = timedelta(minutes=6)


def _asked(client: FlaskClient, address: str, data: dict[str, str], referer: str = "/") -> bool:
    """Whether the form, sent six minutes after the sign-in, is answered by the question who it is."""
    with clock.frozen(clock.now() + LATER):
        answer = client.post(address, data=data, headers={"Referer": f"http://localhost{referer}"})
    return answer.status_code == 403 and "确认是您本人" in unescape(answer.get_data(as_text=True))


@pytest.fixture
def firms(session: Session) -> None:
    session.rollback()
    with unit_of_work() as writing:
        settings.put(writing, exports.SETTING, 1, actor=SYSTEM)
        for name in ("华澜光电有限公司", "栖霞微显示有限公司"):
            enterprises.create(writing, {"name": name, "reg_status": "active"}, actor=SYSTEM)


def test_an_export_is_neither_started_nor_approved_on_an_old_proof(
    firms: None, client_as: ClientAs, session: Session
) -> None:
    client, second = client_as("head_a"), client_as("office")
    address = "/lists/exports/new/enterprises"
    form = fields(client.get(address).get_data(as_text=True))
    data = {**form, "purpose": "报市委第四季度材料", "file_type": "xlsx"}
    assert _asked(client, address, data, address)
    assert session.scalar(select(Export.id)) is None
    session.rollback()
    assert client.post(address, data=data).status_code == 303
    made = session.scalars(select(Export)).one()
    page = f"/lists/exports/{made.public_id}"
    session.rollback()
    decision = {**fields(second.get(page).get_data(as_text=True)), "agreed": "yes", "note": "同意报送"}
    assert _asked(second, page, decision, page)
    assert session.scalars(select(Export.state)).one() == "asked"
    session.rollback()
    assert second.post(page, data=decision).status_code == 303


def test_looking_at_an_export_needs_no_young_proof(
    firms: None, client_as: ClientAs, session: Session
) -> None:
    client = client_as("head_a")
    address = "/lists/exports/new/enterprises"
    form = fields(client.get(address).get_data(as_text=True))
    client.post(address, data={**form, "purpose": "报市委第四季度材料", "file_type": "xlsx"})
    page = f"/lists/exports/{session.scalars(select(Export)).one().public_id}"
    session.rollback()
    with clock.frozen(clock.now() + LATER):
        assert client.get(page).status_code == 200
        assert client.get(address).headers["Location"].startswith("/account/prove?next=")


def test_the_audit_trail_leaves_only_on_a_young_proof(client_as: ClientAs, session: Session) -> None:
    client = client_as("auditor")
    address = "/lists/exports/new/audit"
    with clock.frozen(clock.now() + LATER):
        answer = client.get(address)
        assert answer.status_code == 302 and "/account/prove" in answer.headers["Location"]
    assert client.get(address).status_code == 200


def test_a_telephone_number_is_changed_only_on_a_young_proof_and_the_rest_without(
    client_as: ClientAs, world: World, session: Session
) -> None:
    client, account = client_as("admin"), world.account("spec_a")
    address = f"/admin/accounts/{account.public_id}/edit"
    session.rollback()
    data = {**fields(client.get(address).get_data(as_text=True)), "phone": "13900002222"}
    data["unit"] = world.unit("GXQ").public_id
    session.rollback()
    assert _asked(client, address, data, address)
    session.expire_all()
    assert world.account("spec_a").phone != "13900002222"
    session.rollback()
    with clock.frozen(clock.now() + LATER):
        assert client.post(address, data={**data, "phone": "", "title": "副科长"}).status_code == 303
    session.expire_all()
    assert world.account("spec_a").title == "副科长"


def test_a_token_is_made_only_on_a_young_proof(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    data = {**fields(client.get("/account/tokens").get_data(as_text=True)), "name": "接口", "days": "30"}
    assert _asked(client, "/account/tokens", data, "/account/tokens")


def test_a_stale_link_of_an_administrator_makes_no_link(client_as: ClientAs, world: World) -> None:
    pid = world.account("spec_a").public_id
    world.session.rollback()
    client = client_as("admin")
    form = fields(client.get(f"/admin/accounts/{pid}").get_data(as_text=True))
    assert _asked(client, f"/admin/accounts/{pid}/link", {"csrf_token": form["csrf_token"]})
