"""An enterprise's administrator invites handlers of his own enterprise; a handler invites nobody."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import passwords, service
from core.accounts.models import Account
from core.db import unit_of_work
from core.permissions import SYSTEM
from crm.enterprises import membership
from crm.enterprises.membership import Membership
from tests.conftest import PASSWORD, csrf_of
from tests.support.browser import fields, fill, text
from tests.support.greencards import firm
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]


@pytest.fixture
def firms(world: World) -> None:
    """Two firms with an administrator each."""
    actor = world.actor("desk_a")
    with unit_of_work() as writing:
        for number, zone in enumerate(("a", "b")):
            made = firm(writing, zone, actor)
            account = service.create(
                writing, username=f"boss{number}", name="管理员", kind="enterprise", actor=SYSTEM
            )
            account.password_hash = passwords.hash_of(PASSWORD)
            membership.join(writing, account.id, made.id, actor=SYSTEM)


def _invited(client_as: ClientAs, session: Session) -> tuple[FlaskClient, Account]:
    boss = client_as("boss0")
    answer = fill(boss, "/portal/users", name="经办人甲", username="clerk0")
    assert answer.status_code == 201
    link = text(answer).split("/invite/")[1].split("<")[0]
    fill(boss.application.test_client(), f"/invite/{link}", password=PASSWORD, again=PASSWORD)
    session.rollback()
    return boss, session.scalars(select(Account).where(Account.username == "clerk0")).one()


def test_a_handler_is_invited_and_acts_for_the_same_enterprise(
    firms: None, client_as: ClientAs, session: Session
) -> None:
    boss, clerk = _invited(client_as, session)
    owner = session.scalars(select(Account).where(Account.username == "boss0")).one()
    members = {row.account_id: row for row in session.scalars(select(Membership))}
    assert members[clerk.id].enterprise_id == members[owner.id].enterprise_id
    assert members[clerk.id].role == membership.HANDLER
    client = client_as("clerk0")
    assert client.get("/portal/requests").status_code == 200
    assert client.get("/portal/users").status_code == 403
    assert "/portal/users" not in text(client.get("/portal/"))
    assert "/portal/users" in text(boss.get("/portal/"))


def test_a_handler_is_closed_by_his_own_administrator_only(
    firms: None, client_as: ClientAs, session: Session
) -> None:
    boss, clerk = _invited(client_as, session)
    client = client_as("clerk0")
    other = client_as("boss1")
    address = f"/portal/users/{clerk.public_id}/retire"
    assert other.post(address, data=_token(other)).status_code == 404
    assert client.get("/portal/").status_code == 200
    assert boss.post(address, data=_token(boss)).status_code == 303
    assert client.get("/portal/").status_code == 302


def test_a_second_submit_invites_nobody_twice(firms: None, client_as: ClientAs, session: Session) -> None:
    boss = client_as("boss0")
    page = text(boss.get("/portal/users"))
    data = {**fields(page), "name": "经办人乙", "username": "clerk1"}
    assert boss.post("/portal/users", data=data).status_code == 201
    assert boss.post("/portal/users", data=data).status_code == 303
    assert len(session.scalars(select(Account).where(Account.username == "clerk1")).all()) == 1


def _token(client: FlaskClient) -> dict[str, str]:
    return {"csrf_token": csrf_of(text(client.get("/portal/users")))}
