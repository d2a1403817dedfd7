"""The list of enterprises' users: whom one has invited, and who has not come in."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core import clock
from core.accounts import service as accounts
from core.db import unit_of_work
from core.permissions import SYSTEM, Actor, Reach, RoleGrant
from crm.enterprises import access, invitations, users_listing
from crm.enterprises import service as enterprises
from tests.support.world import World
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def invited(session: Session, world: World) -> dict[str, str]:
    """A user of a firm in zone A who came in, one who did not, and one of a firm in zone B."""
    places = {"甲": "Z1-01", "乙": "Z2-01"}
    parks = {name: world.park(code).id for name, code in places.items()}
    session.rollback()
    tokens = {}
    with unit_of_work() as writing:
        for name, park_id in parks.items():
            values = {"name": f"示例市{name}光学有限公司", "reg_status": "active", "park_id": park_id}
            firm = enterprises.create(writing, values, actor=SYSTEM)
            for username in ("inside", "waiting") if name == "甲" else ("faraway",):
                made = invitations.invite(
                    writing, firm.public_id, username=username, name=f"何{username}", actor=SYSTEM
                )
                tokens[username] = made.token
    with unit_of_work() as writing:
        accounts.redeem(writing, tokens["inside"], "Beiyu-2026-guangxue", ip="127.0.0.1")
    return tokens


def _desk(session: Session) -> Actor:
    """Somebody who may invite for the firms of two units."""
    grant = RoleGrant("desk", (access.INVITE,), Reach(unit_ids=frozenset({1, 2})))
    return Actor(1, "企服", "staff", (grant,))


def _page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/enterprises/users{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_desk_sees_whom_it_may_invite_and_nobody_else_comes_in(
    client_as: ClientAs, invited: dict[str, str]
) -> None:
    mine = _page(client_as("desk_a"))
    assert "何inside" in mine and "何waiting" in mine and "何faraway" not in mine
    assert "示例市甲光学有限公司" in mine and check_page(mine) == []
    assert "何faraway" in _page(client_as("office"))
    for person in ("spec_a", "leader", "auditor"):
        assert client_as(person).get("/enterprises/users").status_code == 403


def test_the_list_begins_at_the_users_not_at_the_register(
    client_as: ClientAs, invited: dict[str, str], session: Session
) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan is asked of SQLite")
    statement = users_listing.LIST.base(_desk(session))
    text = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    raw: Any = session.connection().connection
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}")]
    reads = [line for line in plan if line.startswith(("SCAN ", "SEARCH "))]
    assert " enterprise " not in f"{reads[0]} " and "MULTI-INDEX OR" not in plan, plan


def test_whose_link_has_run_out_is_found(client_as: ClientAs, invited: dict[str, str]) -> None:
    client = client_as("office")
    assert "何waiting" in _page(client, "?state=waiting") and "何inside" in _page(client, "?state=active")
    assert "何waiting" not in _page(client, "?state=run_out")
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=1)):
        later = client_as("office")
        assert "何waiting" in _page(later, "?state=run_out")
        assert "何waiting" not in _page(later, "?state=waiting")
        assert "何inside" not in _page(later, "?state=run_out")
