"""Lists of targets: made, changed, closed, frozen by the quarter, two quarters compared (DOMAIN 5)."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import SYSTEM, Actor
from crm.targets import list_listing, listing, lists, load_listing, service
from crm.targets.comparing import compare
from crm.targets.models import Target, TargetList, TargetVersion, TargetVersionRow
from tests.support import maps
from tests.support.world import World

ActorOf = Callable[[str], Actor]


@pytest.fixture
def made(session: Session, world: World) -> str:
    """A list of zone A with two targets."""
    with unit_of_work() as writing:
        maps.build(writing)
        unit_id = world.unit("GXQ").id
        found = lists.create(writing, "补链名单", unit_id=unit_id, actor=SYSTEM)
        for name in ("三利谱", "深纺织"):
            firm = maps.firm(writing, name, region_code="440000")
            _target(writing, found, firm.id, unit_id)
        return found.public_id


def _target(session: Session, found: TargetList, firm_id: int, unit_id: int, **values: Any) -> Target:
    given = {"assigned_on": clock.today(), "unit_id": unit_id} | values
    target = Target(
        list_id=found.id, enterprise_id=firm_id, node_id=maps.node(session, "X-01-01").id, **given
    )
    session.add(target)
    session.flush()
    return target


def _list(session: Session) -> TargetList:
    session.expire_all()
    return session.scalars(select(TargetList)).one()


def test_a_quarter_is_frozen_once_and_stays_as_it_was(session: Session, actor: ActorOf, made: str) -> None:
    head = actor("head_a")
    with unit_of_work() as writing:
        version = lists.freeze(writing, made, actor=head)
        assert (version.quarter, version.count) == (lists.quarter_of(clock.today()), 2)
    with unit_of_work() as writing:
        target = writing.scalars(select(Target).order_by(Target.id)).first()
        assert target is not None
        service.advance(writing, target.public_id, "link", version=target.version, actor=SYSTEM)
    rows = session.scalars(select(TargetVersionRow).order_by(TargetVersionRow.position)).all()
    assert [(row.name, row.contact_status, row.stage) for row in rows] == [
        ("三利谱", "none", "up"), ("深纺织", "none", "up"),
    ]  # fmt: skip
    session.rollback()
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        lists.freeze(writing, made, actor=head)
    assert refused.value.faults[0].code == "taken"
    assert "targets.list_frozen" in session.scalars(select(AuditEntry.action)).all()


def test_an_empty_list_has_nothing_to_freeze(session: Session, actor: ActorOf, world: World) -> None:
    head, unit_id = actor("head_a"), world.unit("GXQ").id
    session.rollback()
    with unit_of_work() as writing:
        pid = lists.create(writing, "空名单", unit_id=unit_id, actor=head).public_id
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        lists.freeze(writing, pid, actor=head)
    assert refused.value.faults[0].code == "empty"
    assert session.scalars(select(TargetVersion)).all() == []


def test_the_clock_freezes_the_quarter_before_of_open_lists(session: Session, made: str) -> None:
    with unit_of_work() as writing:
        assert lists.freeze_quarter(writing, actor=SYSTEM) == 1
        assert lists.freeze_quarter(writing, actor=SYSTEM) == 0
    assert session.scalars(select(TargetVersion.quarter)).one() == lists.quarter_before(clock.today())
    session.rollback()
    with unit_of_work() as writing:
        writing.scalars(select(TargetVersion)).one().quarter = "2001Q1"
        lists.close(writing, made, version=1, actor=SYSTEM)
    with unit_of_work() as writing:
        assert lists.freeze_quarter(writing, actor=SYSTEM) == 0


@pytest.mark.parametrize(
    ("day", "own", "before"),
    [
        (date(2026, 1, 1), "2026Q1", "2025Q4"),
        (date(2026, 3, 31), "2026Q1", "2025Q4"),
        (date(2026, 10, 1), "2026Q4", "2026Q3"),
        (date(2026, 12, 31), "2026Q4", "2026Q3"),
    ],
)
def test_quarters(day: date, own: str, before: str) -> None:
    assert (lists.quarter_of(day), lists.quarter_before(day)) == (own, before)


def test_two_quarters_say_who_came_who_went_and_what_changed() -> None:
    def row(firm: int, **values: Any) -> dict[str, Any]:
        plain = {
            "enterprise_id": firm, "node_id": 1, "contact_status": "none", "maturity": "", "fit_points": None,
            "unit": "甲区", "specialist": "", "product": "偏光片", "next_step": "",
        }  # fmt: skip
        return plain | values

    found = compare([row(1), row(2), row(3)], [row(2), row(3, contact_status="linked", maturity="B"), row(4)])
    assert [each["enterprise_id"] for each in found.added] == [4]
    assert [each["enterprise_id"] for each in found.gone] == [1]
    assert [dict(each.fields) for each in found.changed] == [
        {"contact_status": ("none", "linked"), "maturity": ("", "B")}
    ]
    assert (found.same, dict(found.moves)) == (1, {("none", "linked"): 1})


def test_a_closed_list_takes_nothing_and_opens_again(session: Session, actor: ActorOf, made: str) -> None:
    head = actor("head_a")
    with unit_of_work() as writing:
        lists.close(writing, made, version=1, actor=head)
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        found = writing.scalars(select(TargetList)).one()
        node = maps.node(writing, "X-02")
        service.add(writing, found, node, [], unit_id=found.unit_id, specialist_id=None, actor=head)
    assert refused.value.missing[0].code == "closed"
    with pytest.raises(Conflict), unit_of_work() as writing:
        lists.close(writing, made, version=2, actor=head)
    with unit_of_work() as writing:
        lists.reopen(writing, made, version=2, actor=head)
    assert _list(session).closed_at is None


def test_names_are_changed_and_never_empty(session: Session, actor: ActorOf, made: str) -> None:
    head = actor("head_a")
    with unit_of_work() as writing:
        lists.change(writing, made, name="强链名单", chain_id=None, campaign="招商周", version=1, actor=head)
    assert (_list(session).name, _list(session).campaign) == ("强链名单", "招商周")
    session.rollback()
    with pytest.raises(Invalid), unit_of_work() as writing:
        lists.change(writing, made, name=" ", chain_id=None, campaign="", version=2, actor=head)
    with pytest.raises(Conflict), unit_of_work() as writing:
        lists.change(writing, made, name="旧", chain_id=None, campaign="", version=1, actor=head)


@pytest.mark.parametrize(("username", "error"), [("spec_b", NotFound), ("leader", NotPermitted)])
def test_others_change_and_freeze_nothing(
    session: Session, actor: ActorOf, made: str, username: str, error: type[Exception]
) -> None:
    other = actor(username)
    for verb in (
        lambda writing: lists.freeze(writing, made, actor=other),
        lambda writing: lists.close(writing, made, version=1, actor=other),
        lambda writing: lists.change(
            writing, made, name="x", chain_id=None, campaign="", version=1, actor=other
        ),
    ):
        with pytest.raises(error), unit_of_work() as writing:
            verb(writing)
    rows = reading.page(session, list_listing.LISTS, ListQuery(), actor=other).rows
    assert [row.name for row in rows] == (["补链名单"] if username == "leader" else [])


def test_a_list_counts_what_became_of_its_targets(session: Session, actor: ActorOf, made: str) -> None:
    with unit_of_work() as writing:
        first = writing.scalars(select(Target).order_by(Target.id)).first()
        assert first is not None
        first.assigned_on = clock.today() - timedelta(days=31)
        first.contact_status = "negotiating"
    row = reading.page(session, list_listing.LISTS, ListQuery(), actor=actor("head_a")).rows[0]
    assert (row.count, row.untouched, row.silent, row.negotiating, row.converted) == (2, 1, 1, 1, 0)


def test_silence_is_counted_from_the_later_of_contact_and_assignment(session: Session, made: str) -> None:
    today = clock.today()
    with unit_of_work() as writing:
        target = writing.scalars(select(Target).order_by(Target.id)).first()
        assert target is not None
        target.assigned_on, target.last_contact_on = today - timedelta(days=9), today - timedelta(days=20)
        assert target.quiet_since == today - timedelta(days=9)
        target.last_contact_on = today
        assert target.quiet_since == today


def _statements(session: Session, read: Callable[[], object]) -> int:
    kept: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        kept.append(statement)

    session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in kept)


def test_no_page_asks_more_as_lists_grow(session: Session, world: World, made: str) -> None:
    """Targets: count, keys, rows, last words. Lists: count, keys, counts by state, rows, and the terms in force,
    which are kept for a while."""
    reader = world.actor("leader")
    asked = ((listing.LIST, 4), (list_listing.LISTS, 5), (load_listing.LOADS, 5))

    def reads() -> list[int]:
        return [
            _statements(session, partial(reading.page, session, spec, ListQuery(), actor=reader))
            for spec, _count in asked
        ]

    assert all(found <= most for found, (_spec, most) in zip(reads(), asked, strict=True))
    session.rollback()
    with unit_of_work() as writing:
        first = writing.scalars(select(TargetList)).one()
        for number in range(12):
            other = lists.create(writing, f"名单{number}", unit_id=first.unit_id, actor=SYSTEM)
            firm = maps.firm(writing, f"某厂{number}", region_code="440000")
            _target(writing, other, firm.id, first.unit_id)
    assert all(found <= most for found, (_spec, most) in zip(reads(), asked, strict=True))
