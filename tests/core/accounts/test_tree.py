"""The organisation tree: moved with all below, never into itself, dissolved only when empty or handed over."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import queries, tree
from core.accounts.models import Unit
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Conflict, Invalid, NotPermitted, Refused
from core.permissions import Actor
from tests.support.world import World

Actors = Callable[[str], Actor]


def test_a_unit_moves_with_all_below_it(world: World, actor: Actors, session: Session) -> None:
    zone, bureau = world.unit("GXQ"), world.unit("JHJ")
    pid, below = zone.public_id, world.unit("GXQ-QF").id
    with unit_of_work() as writing:
        tree.move(writing, pid, world.unit("JHJ"), version=zone.version, actor=actor("admin"))
    session.rollback()
    session.expire_all()
    assert world.unit("GXQ").path == f"{world.unit('JHJ').path}{zone.id}/"
    assert session.get_one(Unit, below).path == f"{world.unit('GXQ').path}{below}/"
    assert [unit.code for unit in queries.units_above(session, session.get_one(Unit, below))] == [
        "SLS",
        "JHJ",
        "GXQ",
    ]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts.unit_moved")).one()
    assert entry.changes["parent_id"] == [world.unit("SLS").id, bureau.id]


def test_what_below_means_follows_the_move(world: World, actor: Actors) -> None:
    below = world.unit("GXQ-QF").id
    assert below in world.actor("head_a").reach("leads:lead:view").unit_ids
    with unit_of_work() as writing:
        tree.move(
            writing, world.unit("GXQ-QF").public_id, world.unit("JKQ"), version=None, actor=actor("admin")
        )
    assert below not in world.actor("head_a").reach("leads:lead:view").unit_ids
    assert below in world.actor("head_b").reach("leads:lead:view").unit_ids


@pytest.mark.parametrize("target", ["GXQ", "GXQ-QF"])
def test_no_unit_moves_below_itself(world: World, actor: Actors, target: str) -> None:
    with pytest.raises(Invalid), unit_of_work() as writing:
        tree.move(
            writing, world.unit("GXQ").public_id, world.unit(target), version=None, actor=actor("admin")
        )


def test_the_city_stays_on_top(world: World, actor: Actors) -> None:
    with pytest.raises(Invalid), unit_of_work() as writing:
        tree.move(writing, world.unit("SLS").public_id, world.unit("JHJ"), version=None, actor=actor("admin"))


def test_a_stale_form_is_a_conflict(world: World, actor: Actors) -> None:
    pid, before = world.unit("JHJ").public_id, world.unit("JHJ").version
    values = tree.UnitValues("示例市投资促进局", "市投促局", "bureau")
    with unit_of_work() as writing:
        assert (
            tree.change(writing, pid, values, version=before, actor=actor("admin")).short_name == "市投促局"
        )
    with pytest.raises(Conflict), unit_of_work() as writing:
        tree.change(writing, pid, values, version=before, actor=actor("admin"))


def test_a_unit_with_people_is_not_dissolved(world: World, actor: Actors) -> None:
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        tree.dissolve(
            writing, world.unit("GXQ").public_id, None, reason="机构改革", version=None, actor=actor("admin")
        )
    assert refused.value.missing[0].code == "not_empty"


def test_a_successor_takes_people_parks_roles_and_units(
    world: World, actor: Actors, session: Session
) -> None:
    old = world.unit("GXQ")
    with unit_of_work() as writing:
        tree.dissolve(
            writing, old.public_id, world.unit("JKQ"), reason="机构改革", version=None, actor=actor("admin")
        )
    session.rollback()
    session.expire_all()
    new = world.unit("JKQ")
    assert world.unit("GXQ").active is False
    assert not tree.holding_of(session, world.unit("GXQ"))
    assert world.account("spec_a").unit_id == new.id
    assert world.park("Z1").unit_id == new.id
    assert world.unit("GXQ-QF").path.startswith(new.path)
    assert new.id in world.actor("spec_a").reach("leads:lead:view").unit_ids


def test_an_empty_unit_is_dissolved_and_offered_no_more(
    world: World, actor: Actors, session: Session
) -> None:
    pid = world.unit("JKQ-QF").public_id
    with unit_of_work() as writing:
        tree.dissolve(writing, pid, None, reason="并入", version=None, actor=actor("admin"))
    assert pid not in dict(queries.unit_choices(session))


def test_only_the_system_administrator_keeps_the_tree(world: World, actor: Actors) -> None:
    for name in ("security", "auditor", "head_a", "leader"):
        with pytest.raises(NotPermitted), unit_of_work() as writing:
            tree.move(
                writing, world.unit("GXQ").public_id, world.unit("JHJ"), version=None, actor=actor(name)
            )
