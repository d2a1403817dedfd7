"""Conditions of the audit trail cost what they find, however long the trail is."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core import audit
from core.db import db, unit_of_work
from core.lists import reading
from core.lists.conditions import parse
from core.lists.query import ListQuery
from core.permissions import SYSTEM, Actor
from webapp.staff.audit import listing


def _deeds(labels: list[str]) -> None:
    with unit_of_work():
        for label in labels:
            audit.record("enterprises.changed", "enterprise", 7, actor=SYSTEM, label=label, changes={})


def _rows(session: Session, *conditions: str) -> list[str]:
    query = ListQuery(conditions=parse(conditions))
    return [row.label for row in reading.page(session, listing.LIST, query, actor=SYSTEM).rows]


def _plans(session: Session, *conditions: str) -> list[str]:
    """What SQLite does for each statement that reads the trail."""
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan is asked of SQLite")
    kept: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _m: Any) -> None:
        if "FROM audit_entry" in statement:
            kept.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        _rows(session, *conditions)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    raw: Any = session.connection().connection
    return [row[3] for text, values in kept for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", values)]


@pytest.mark.parametrize(
    "condition",
    ["who:is:系统", "kind:in:enterprise", "action:in:enterprises.changed", "area:in:enterprises",
     "ip:is:10.0.0.1", "record:is:7", "day:last:3", "about:has:试验"],
)  # fmt: skip
def test_no_condition_reads_the_whole_trail(session: Session, condition: str) -> None:
    _deeds(["示例市试验有限公司"])
    plans = _plans(session, condition)
    assert plans and not [line for line in plans if line.startswith("SCAN audit_entry")], plans


@pytest.mark.parametrize(
    "condition", ["who:is:系统", "kind:in:enterprise", "action:in:enterprises.changed", "ip:is:10.0.0.1"]
)
def test_the_order_comes_from_the_same_index(session: Session, condition: str) -> None:
    _deeds(["示例市试验有限公司"])
    assert not [line for line in _plans(session, condition) if "ORDER BY" in line]


def test_words_are_looked_for_among_the_newest_rows_of_the_period(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _deeds(["旧试验", *["别的"] * 5, "新试验"])
    assert _rows(session, "about:has:试验") == ["新试验", "旧试验"]
    monkeypatch.setattr(listing, "MOST_READ", 4)
    assert _rows(session, "about:has:试验") == ["新试验"]
    assert _rows(session, "about:has:试验", "day:last:1") == ["新试验"]
    assert _rows(session, "about:has:试验", "day:le:2020-01-01") == []


def test_a_former_name_finds_what_its_bearer_did(session: Session, actor: Any) -> None:
    person: Actor = actor("spec_a")
    with unit_of_work():
        audit.record("enterprises.changed", "enterprise", 7, actor=person, label="甲", changes={})
    names = set(_rows(session, f"who:is:{person.name}"))
    assert names == {"甲"}
    assert _rows(session, "who:is:spec_a") == ["甲"]
    assert _rows(session, "who:is:没有这个人") == []
