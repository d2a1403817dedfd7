"""Forms and pages show a stored number only in part; what is left blank stays, what is typed replaces it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Account
from core.audit import AuditEntry
from core.db import unit_of_work
from crm.leads.models import Lead
from tests.conftest import csrf_of
from tests.support.browser import fields, fill, saved, text
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
NUMBER, OTHER = "13812341234", "13900002222"


@pytest.fixture
def lead(client_as: ClientAs) -> str:
    return saved(
        fill(client_as("spec_a"), "/leads/new", deed="draft", investor_name="某公司", contact_mobile=NUMBER)
    )


def _mobile(session: Session) -> str:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Lead.contact_mobile)).one()


def test_the_form_of_a_lead_shows_only_the_ends_of_its_number(lead: str, client_as: ClientAs) -> None:
    page = text(client_as("spec_a").get(f"{lead}/edit"))
    assert NUMBER not in page and "138****1234" in page
    assert fields(page)["contact_mobile"] == ""


@pytest.mark.parametrize(("typed", "kept"), [("", NUMBER), (OTHER, OTHER), ("无", "")])
def test_blank_keeps_a_number_replaces_and_a_word_drops(
    lead: str, client_as: ClientAs, session: Session, typed: str, kept: str
) -> None:
    saved(fill(client_as("spec_a"), f"{lead}/edit", deed="draft", content="动力电池", contact_mobile=typed))
    assert _mobile(session) == kept


def test_what_is_no_number_comes_back_at_its_field(lead: str, client_as: ClientAs, session: Session) -> None:
    answer = fill(client_as("spec_a"), f"{lead}/edit", deed="draft", contact_mobile="不是号码")
    assert answer.status_code == 422 and "不像电话号码" in text(answer) and NUMBER not in text(answer)
    assert _mobile(session) == NUMBER


def test_a_stale_form_shows_no_number_and_keeps_the_one_that_another_typed(
    lead: str, client_as: ClientAs, session: Session
) -> None:
    mine = client_as("spec_a")
    data = fields(text(mine.get(f"{lead}/edit")))
    saved(fill(client_as("head_a"), f"{lead}/edit", deed="draft", contact_mobile=OTHER, country="US"))
    answer = mine.post(f"{lead}/edit", data={**data, "deed": "draft", "country": "JP"})
    assert answer.status_code == 409
    assert NUMBER not in text(answer) and OTHER not in text(answer)
    merged = mine.post(f"{lead}/edit", data={**data, "deed": "draft", "contact_title": "副总"})
    assert merged.status_code == 303 and _mobile(session) == OTHER


@pytest.fixture
def official(world: World) -> str:
    pid = world.account("spec_a").public_id
    world.session.rollback()
    with unit_of_work() as writing:
        writing.scalars(select(Account).where(Account.username == "spec_a")).one().phone = NUMBER
    return f"/admin/accounts/{pid}"


def test_an_administrator_opens_a_number_for_a_purpose_and_leaves_a_row(
    official: str, client_as: ClientAs, session: Session
) -> None:
    client = client_as("admin")
    shown = text(client.get(official))
    assert NUMBER not in shown and "138****1234" in shown
    assert NUMBER not in text(client.get(f"{official}/edit"))
    data = {"csrf_token": csrf_of(shown)}
    refused = client.post(f"{official}/reveal", data={**data, "reason": " "})
    assert refused.status_code == 422 and NUMBER not in text(refused)
    assert NUMBER in text(client.post(f"{official}/reveal", data={**data, "reason": "通知开会"}))
    session.rollback()
    rows = select(AuditEntry.reason).where(AuditEntry.action == "accounts.phone_revealed")
    assert session.scalars(rows).all() == ["通知开会"]


def test_who_may_not_keep_accounts_opens_no_number(official: str, client_as: ClientAs) -> None:
    client = client_as("security")
    shown = text(client.get(official))
    assert NUMBER not in shown and f"{official}/reveal" not in shown
    answer = client.post(f"{official}/reveal", data={"csrf_token": csrf_of(shown), "reason": "看看"})
    assert answer.status_code == 403


def test_an_account_keeps_its_number_when_the_form_leaves_it_blank(
    official: str, client_as: ClientAs, world: World, session: Session
) -> None:
    unit = world.unit("GXQ").public_id
    session.rollback()
    saved(fill(client_as("admin"), f"{official}/edit", title="科长", unit=unit))
    session.expire_all()
    assert (world.account("spec_a").title, world.account("spec_a").phone) == ("科长", NUMBER)
