"""One page of a list: conditions, order with empty values last, pages by key, headings with counts."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.lists import beside, conditions, reading
from core.lists.fields import Asking
from core.lists.query import ListQuery
from core.permissions import SYSTEM, Actor
from crm.enterprises import service
from crm.enterprises.listing import LIST
from crm.enterprises.models import Enterprise
from tests.support.world import World

REVENUES = [None, 300, 100, None, 200, 100, 400, None]


@pytest.fixture
def firms(session: Session, world: World) -> list[str]:
    parks = [world.park("Z1-01").id, world.park("Z2-01").id, None]
    session.rollback()
    names = []
    with unit_of_work() as writing:
        for number, revenue in enumerate(REVENUES):
            values = {
                "name": f"第{number}号光电有限公司",
                "park_id": parks[number % 3],
                "reg_status": "active",
            }
            firm = service.create(writing, values, actor=SYSTEM)
            firm.latest_revenue_wan = None if revenue is None else Decimal(revenue)
            firm.size_class = ("large", "small", None)[number % 3]
            firm.last_contact_on = date(2026, 11, 1 + number) if number < 4 else None
            names.append(firm.name)
    return names


@pytest.fixture
def tagged(firms: list[str]) -> list[str]:
    with unit_of_work() as writing:
        for number, firm in enumerate(writing.scalars(select(Enterprise).order_by(Enterprise.id))):
            firm.tags = [["重点"], ["重点", "拟迁"], [], ["拟迁"]][number % 4]
    return firms


def _names(actor: Actor, *texts: str, **query: str | int) -> list[str]:
    asked = ListQuery(conditions=conditions.parse(texts), **query)  # type: ignore[arg-type]  # names of a query
    return [row.name for row in reading.page(db.session(), LIST, asked, actor=actor).rows]


def _numbers(names: list[str]) -> list[int]:
    return [int(name[1]) for name in names]


def test_empty_values_stand_last_whichever_way_the_list_is_sorted(
    firms: list[str], actor: Callable[[str], Actor]
) -> None:
    up = _numbers(_names(actor("leader"), sort="revenue"))
    down = _numbers(_names(actor("leader"), sort="-revenue"))
    assert [REVENUES[number] for number in up] == [100, 100, 200, 300, 400, None, None, None]
    assert [REVENUES[number] for number in down] == [400, 300, 200, 100, 100, None, None, None]


def test_never_spoken_to_is_longest_ago(firms: list[str], actor: Callable[[str], Actor]) -> None:
    assert _numbers(_names(actor("leader"), sort="contact"))[-4:] == [0, 1, 2, 3]
    assert _numbers(_names(actor("leader"), sort="-contact"))[:4] == [3, 2, 1, 0]


@pytest.mark.parametrize("sort", ["revenue", "-revenue", "name", "-name", "contact", "-contact", "-updated"])
def test_walking_by_key_forth_and_back_meets_every_row_once(
    firms: list[str], actor: Callable[[str], Actor], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SIZES", (3,))
    monkeypatch.setattr(reading, "COUNT_CAP", 3)
    monkeypatch.setattr(reading, "bounded_count", lambda session, statement, cap=3: (3, True))
    who, whole = actor("leader"), []
    first = here = reading.page(db.session(), LIST, ListQuery(sort=sort, size=3), actor=who)
    whole += [row.name for row in here.rows]
    while here.after:
        here = reading.page(db.session(), LIST, ListQuery(sort=sort, size=3, after=here.after), actor=who)
        assert here.keyed
        whole += [row.name for row in here.rows]
    assert sorted(whole) == sorted(firms) and len(whole) == len(set(whole))
    back = reading.page(db.session(), LIST, ListQuery(sort=sort, size=3, before=here.before), actor=who)
    back = reading.page(db.session(), LIST, ListQuery(sort=sort, size=3, before=back.before), actor=who)
    assert [row.name for row in back.rows] == [row.name for row in first.rows]
    assert not back.before


@pytest.mark.parametrize("sort", ["name", "-name", "revenue", "-revenue", "contact", "-contact", "-updated"])
@pytest.mark.parametrize("text", ["q:光电", "q:第2号光电", "q:BOE", "tag:重点", "tag:重点,拟迁"])
def test_very_many_matches_are_met_along_the_order_and_are_the_same(
    tagged: list[str], actor: Callable[[str], Actor], sort: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SIZES", (2,))
    who = actor("leader")

    def pages() -> list[tuple[int, list[str]]]:
        asked = ListQuery(conditions=conditions.parse([text]), sort=sort, size=2)
        found = [reading.page(db.session(), LIST, asked.turned(number), actor=who) for number in range(1, 6)]
        return [(page.total, [row.name for row in page.rows]) for page in found]

    looked_up = pages()
    monkeypatch.setattr(beside, "MANY", 0)
    for near, reach in ((40, 1), (40, 3), (40, 6), (1, 6)):
        monkeypatch.setattr(beside, "NEAR", near)
        monkeypatch.setattr(beside, "REACH", reach)
        assert pages() == looked_up


def test_a_list_of_one_tag_is_read_in_the_order_that_the_tag_keeps(
    tagged: list[str], actor: Callable[[str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    monkeypatch.setattr(reading, "SIZES", (2,))
    monkeypatch.setattr(beside, "MANY", 0)
    for text, sort, by_tag in (
        ("tag:重点", "name", True),
        ("tag:重点,拟迁", "-name", True),
        ("tag:重点", "revenue", False),
    ):
        said.clear()
        asked = ListQuery(conditions=conditions.parse([text]), sort=sort, size=2)
        assert len(reading.page(db.session(), LIST, asked, actor=actor("leader")).rows) == 2
        assert any("enterprise_tag.sort_key" in each for each in said) is by_tag, text


def test_the_order_is_followed_only_where_many_match(
    tagged: list[str], actor: Callable[[str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few matches in a large register would make the way along the order a long one."""
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    monkeypatch.setattr(reading, "SIZES", (2,))
    monkeypatch.setattr(beside, "REACH", 4)
    for many, followed in ((9, False), (8, True)):
        monkeypatch.setattr(beside, "MANY", many)
        said.clear()
        asked = ListQuery(filters={"q": ("光电",)}, size=2)
        assert len(reading.page(db.session(), LIST, asked, actor=actor("leader")).rows) == 2
        assert any("EXISTS" in text for text in said) is followed


@pytest.mark.parametrize(
    ("text", "total"),
    [("tag:重点", 4), ("tag:重点,拟迁", 6), ("tag:拟迁,重点", 6), ("q:光电", 8), ("q:有限公司", 8)],
)
def test_a_bounded_count_counts_each_record_once_and_says_when_there_are_more(
    tagged: list[str], actor: Callable[[str], Actor], text: str, total: int
) -> None:
    """Firms with both tags stand in both tags' indexes."""
    asked = ListQuery(conditions=conditions.parse([text]))
    for cap in range(1, total + 3):
        counted = reading.count(db.session(), LIST, asked, actor=actor("leader"), cap=cap)
        assert counted == (min(total, cap), total > cap)


def test_two_tags_are_counted_by_merging_their_indexes(
    tagged: list[str], actor: Callable[[str], Actor]
) -> None:
    said: list[tuple[str, Any]] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
    session = db.session()
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan is read as SQLite writes it")
    asked = ListQuery(conditions=conditions.parse(["tag:重点,拟迁"]))
    reading.count(session, LIST, asked, actor=actor("leader"))
    statement, values = said[-1]
    cursor = session.connection().connection.cursor()
    plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()]
    assert "MERGE (UNION)" in plan and not any("TEMP B-TREE" in step for step in plan)
    assert plan.count("SEARCH enterprise_tag USING PRIMARY KEY (tag=?)") == 2


def test_a_page_that_lies_near_is_found_without_the_whole_reach(
    tagged: list[str], actor: Callable[[str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    monkeypatch.setattr(reading, "SIZES", (2,))
    monkeypatch.setattr(beside, "MANY", 0)
    monkeypatch.setattr(beside, "NEAR", 1)
    monkeypatch.setattr(beside, "REACH", 4)
    for text, asked, found in (("q:光电", 1, [2, 5]), ("tag:拟迁", 2, [5, 1])):
        said.clear()
        assert _numbers(_names(actor("leader"), text, sort="revenue", size=2)) == found
        assert sum("EXISTS" in each for each in said) == asked, text


def test_a_key_that_cannot_be_read_is_no_key(firms: list[str], actor: Callable[[str], Actor]) -> None:
    for key in ("x", "=1e9999999~" + "0" * 26, "=abc~" + "A" * 26, "~" + "a" * 26, "='; drop~" + "A" * 26):
        found = reading.page(db.session(), LIST, ListQuery(sort="revenue", after=key), actor=actor("leader"))
        assert len(found.rows) in (0, len(REVENUES))


def test_and_between_groups_or_inside(firms: list[str], actor: Callable[[str], Actor], world: World) -> None:
    one = world.park("Z1").id
    found = _names(actor("leader"), f"park:in:{one}", "revenue:ge:250|scale:in:small")
    assert _numbers(found) == [6]
    assert _numbers(_names(actor("leader"), f"park:{one}|revenue:between:100,200")) == [0, 2, 3, 4, 5, 6]


def test_not_includes_what_is_not_filled_in(firms: list[str], actor: Callable[[str], Actor]) -> None:
    assert _numbers(_names(actor("leader"), "scale:not:large")) == [1, 2, 4, 5, 7]
    assert _numbers(_names(actor("leader"), "scale:empty")) == [2, 5]
    assert _numbers(_names(actor("leader"), "revenue:filled", "revenue:le:100")) == [2, 5]


def test_ranges_of_days(firms: list[str], actor: Callable[[str], Actor]) -> None:
    assert _numbers(_names(actor("leader"), "last_contact:between:2026-11-02,2026-11-03")) == [1, 2]
    assert _numbers(_names(actor("leader"), "last_contact:ge:2026年11月3日")) == [2, 3]
    assert len(_names(actor("leader"), "updated:last:3")) == len(REVENUES)


def test_unknown_fields_and_values_leave_no_condition(
    firms: list[str], actor: Callable[[str], Actor]
) -> None:
    asking = Asking(db.session(), actor("leader"))
    size = LIST.field("scale")
    assert size is not None
    choices = size.choices(asking)
    assert size.settled(conditions.Condition("scale", "in", ("enormous",)), choices) is None
    assert size.settled(conditions.Condition("scale", "between", ("1", "2")), choices) is None
    assert len(_names(actor("leader"), "password:is:1")) == len(REVENUES)


def test_headings_count_the_whole_group_not_the_page(firms: list[str], actor: Callable[[str], Actor]) -> None:
    found = reading.page(db.session(), LIST, ListQuery(group="scale"), actor=actor("leader"))
    assert [(each.value, each.count) for each in found.headings.values()] == [
        ("large", 3),
        ("small", 3),
        (None, 2),
    ]
    assert [row.size_class for row in found.rows] == ["large"] * 3 + ["small"] * 3 + [None] * 2


def test_a_page_costs_five_statements_at_most(firms: list[str], actor: Callable[[str], Actor]) -> None:
    seen: list[str] = []
    who = actor("leader")

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        reading.page(db.session(), LIST, ListQuery(sort="-revenue"), actor=who)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([sql for sql in seen if sql.startswith(("SELECT", "WITH"))]) <= 5
