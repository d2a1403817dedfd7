"""Who has how much in hand, over all target lists."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import SYSTEM, Actor
from crm.targets import lists
from crm.targets.load_listing import LOADS
from crm.targets.models import Target
from tests.support import maps
from tests.support.world import World
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def held(session: Session, world: World) -> None:
    """Three targets of spec_a on two lists, one of them silent, one due; one that has ended; one of spec_b."""
    today = clock.today()
    with unit_of_work() as writing:
        maps.build(writing)
        made = [
            lists.create(writing, name, unit_id=world.unit("GXQ").id, chain=None, actor=SYSTEM)
            for name in ("显示补链", "专题招商")
        ]
        people = {name: world.account(name) for name in ("spec_a", "spec_b")}
        rows = (
            (0, "spec_a", "none", today - timedelta(days=45), None), (0, "spec_a", "negotiating", today, today),
            (1, "spec_a", "linked", today, today + timedelta(days=9)), (1, "spec_a", "dropped", today, None),
            (1, "spec_b", "none", today, None),
        )  # fmt: skip
        for number, (at, who, state, since, due) in enumerate(rows):
            firm = maps.firm(writing, f"企业{number}", region_code="440000")
            target = _target(writing, made[at].id, firm.id, people[who], state, since, due)
            writing.add(target)
            writing.flush()
            target.open_key = None if state == "dropped" else 1


def _target(
    session: Session, list_id: int, firm: int, who: object, state: str, since: date, due: date | None
) -> Target:
    return Target(
        list_id=list_id, enterprise_id=firm, node_id=maps.node(session, "X-01-01").id, unit_id=who.unit_id,  # type: ignore[attr-defined]  # an account
        specialist_id=who.id, contact_status=state, assigned_on=since, next_contact_on=due,  # type: ignore[attr-defined]  # an account
    )  # fmt: skip


def _rows(actor: Actor, **filters: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    found = reading.page(db.session(), LOADS, ListQuery(filters=filters), actor=actor)
    return {
        row.name: (row.count, row.lists, row.untouched, row.negotiating, row.silent, row.due)
        for row in found.rows
    }


def test_all_lists_are_added_up_and_what_has_ended_is_not(
    held: None, actor: Callable[[str], Actor], world: World
) -> None:
    names = {who: world.account(who).name for who in ("spec_a", "spec_b")}
    found = _rows(actor("office"))
    assert found[names["spec_a"]] == (3, 2, 1, 1, 1, 1)
    assert found[names["spec_b"]][0] == 1
    assert next(iter(found)) == names["spec_a"], "who has most comes first"
    free = [counts for name, counts in found.items() if name not in names.values()]
    assert free and all(counts == (0,) * 6 for counts in free), "people with empty hands are listed, too"


def test_a_head_sees_his_own_people_only(held: None, actor: Callable[[str], Actor], world: World) -> None:
    found = _rows(actor("head_a"))
    assert world.account("spec_a").name in found and world.account("spec_b").name not in found


def test_the_page_leads_from_every_number_to_its_targets(
    held: None, client_as: ClientAs, world: World
) -> None:
    client, number = client_as("head_a"), world.account("spec_a").id
    text = client.get("/targets/loads").get_data(as_text=True)
    assert check_page(text) == []
    for words, count in (("state=none&amp;state=linked", 3), ('state=none"', 1), ("silent=yes", 1)):
        link = next(
            part for part in text.split('href="')[1:] if f"specialist={number}" in part and words in part
        )
        assert link.split(">")[1].startswith(f"{count}<")
        behind = client.get(link.split('"')[0].replace("&amp;", "&")).get_data(as_text=True)
        assert behind.count('href="/targets/0') == count, words
    assert client.get("/targets/loads?sort=name").status_code == 200
