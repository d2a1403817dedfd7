"""The order of the targets and of who has how much in hand: read in an index, whatever becomes of names."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.lists import boards, reading
from core.lists.query import ListQuery
from core.permissions import SYSTEM
from crm.enterprises import service as register
from crm.enterprises import tags
from crm.enterprises.cutting import derived_names
from crm.enterprises.duplicates import merging, undoing
from crm.enterprises.duplicates.merging import Choice
from crm.enterprises.models import Enterprise
from crm.targets import listing, lists, load_listing
from crm.targets.models import Target, TargetList
from tests.support import maps
from tests.support.world import World

FIRMS = ("三利谱", "爱玻璃", "深纺织")


@pytest.fixture
def made(session: Session, world: World) -> None:
    """Three targets of one list, in no order of names."""
    with unit_of_work() as writing:
        maps.build(writing)
        unit_id = world.unit("GXQ").id
        found = lists.create(writing, "补链名单", unit_id=unit_id, actor=SYSTEM)
        for name in FIRMS:
            writing.add(
                Target(
                    list_id=found.id, enterprise_id=maps.firm(writing, name, region_code="440000").id,
                    node_id=maps.node(writing, "X-01-01").id, unit_id=unit_id, assigned_on=clock.today(),
                )
            )  # fmt: skip


def _names(world: World, sort: str = "name") -> list[str]:
    session = db.session()
    session.rollback()
    page = reading.page(session, listing.LIST, ListQuery(sort=sort), actor=world.actor("leader"))
    return [row.name for row in page.rows]


def _firm(session: Session, name: str) -> Enterprise:
    return session.scalars(select(Enterprise).where(Enterprise.name == name)).one()


def test_targets_stand_in_the_order_of_their_names(session: Session, world: World, made: None) -> None:
    assert _names(world) == ["爱玻璃", "三利谱", "深纺织"]
    assert _names(world, "-name") == ["深纺织", "三利谱", "爱玻璃"]


def test_a_renamed_enterprise_takes_its_targets_along(session: Session, world: World, made: None) -> None:
    firm = _firm(session, "爱玻璃")
    with unit_of_work() as writing:
        register.update(
            writing, firm.public_id, {"name": "左岸玻璃"}, version=firm.version, actor=SYSTEM, reason="更名"
        )
    assert _names(world) == ["三利谱", "深纺织", "左岸玻璃"]


def test_names_written_in_bulk_do_the_same(session: Session, world: World, made: None) -> None:
    number = _firm(session, "深纺织").id
    with unit_of_work() as writing:
        writing.execute(
            update(Enterprise)
            .where(Enterprise.id == number)
            .values(name="阿纺织", **derived_names("阿纺织", None))
        )
        tags.renew(writing, [number])
    assert _names(world) == ["阿纺织", "爱玻璃", "三利谱"]


def test_targets_of_a_merged_enterprise_stand_at_the_survivor(
    session: Session, world: World, made: None
) -> None:
    with unit_of_work() as writing:
        maps.firm(writing, "左岸玻璃", region_code="440000")
    keep, gone = _firm(session, "左岸玻璃"), _firm(session, "爱玻璃")
    with unit_of_work() as writing:
        merge = merging.merge(
            writing,
            Choice(keep.public_id, gone.public_id, keep.version, gone.version, {}, "同一家"),
            actor=SYSTEM,
        )
        pid, version = merge.public_id, merge.version
    assert _names(world) == ["三利谱", "深纺织", "左岸玻璃"]
    with unit_of_work() as writing:
        undoing.undo(writing, pid, version=version, actor=SYSTEM)
    assert _names(world) == ["爱玻璃", "三利谱", "深纺织"]


@pytest.mark.parametrize(
    ("sort", "one_list"), [*((sort, False) for sort in listing.LIST.sorts), ("name", True)]
)
def test_every_order_of_the_targets_has_an_index(
    session: Session, world: World, made: None, sort: str, one_list: bool
) -> None:
    """Nothing is sorted to show the first page of all targets, nor of one list by name."""
    _only_sqlite(session)
    reader = world.actor("leader")
    query = ListQuery(sort=sort)
    if one_list:
        query = replace(query, filters={"list": (session.scalars(select(TargetList.public_id)).one(),)})
    plans = _plans(
        session, "ORDER BY target", lambda: reading.page(session, listing.LIST, query, actor=reader)
    )
    assert plans and not any("ORDER BY" in line or "chain_node" in line for line in plans), plans


def test_each_state_of_the_board_is_read_in_an_index(session: Session, world: World, made: None) -> None:
    _only_sqlite(session)
    plans = _plans(
        session,
        "ORDER BY target",
        lambda: boards.read(session, listing.LIST, listing.BOARD, ListQuery(), actor=world.actor("leader")),
    )
    read = [line for line in plans if "target" in line]
    assert read and all("ix_target_quiet_since_id" in line for line in read), plans
    assert not any("ORDER BY" in line for line in plans), plans


def test_what_is_in_hand_is_counted_in_one_index(session: Session, world: World, made: None) -> None:
    """No target itself is read to say who has most and how much of it waits."""
    _only_sqlite(session)
    plans = _plans(
        session,
        "target",
        lambda: reading.page(session, load_listing.LOADS, ListQuery(), actor=world.actor("office")),
    )
    asked = [line for line in plans if "SEARCH target " in line or "SCAN target" in line]
    assert asked and all("COVERING INDEX ix_target_in_hand" in line for line in asked), plans


def _only_sqlite(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan is asked of SQLite")


def _plans(session: Session, words: str, read: Callable[[], object]) -> list[str]:
    kept: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _m: Any) -> None:
        if words in statement:
            kept.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    raw = session.connection().connection
    return [row[3] for text, values in kept for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", values)]
