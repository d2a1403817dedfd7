"""A part of a name or the beginning of a code narrows the register from an index; lists walk indexes, too."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.lists import reading
from core.lists.query import ListQuery
from core.lists.spec import ListSpec
from core.permissions import SYSTEM, Actor
from crm.enterprises import service
from crm.enterprises.listing import LIST
from crm.leads.listing import LIST as LEADS
from crm.projects.listing import LIST as PROJECTS
from tests.support.world import World

USCC = "91510700MA6240001X"


def _find(session: Session, words: str) -> set[str]:
    query = ListQuery(filters={"q": (words,)})
    return {row.name for row in reading.page(session, LIST, query, actor=SYSTEM).rows}


@pytest.fixture
def firms(session: Session, world: World) -> list[str]:
    session.rollback()
    with unit_of_work() as writing:
        for values in (
            {"name": "澜谷显示有限公司", "short_name": "澜谷"},
            {"name": "BOE 京东方光电科技有限公司", "stock_code": "000725"},
            {"name": "光谷电子有限公司", "short_name": "光电子谷"},
        ):
            service.create(writing, values, actor=SYSTEM)
    with unit_of_work() as writing:
        made = service.create(writing, {"name": "栖霞微显示有限公司"}, actor=SYSTEM)
        made.uscc = USCC
        return [made.public_id]


def test_two_characters_latin_and_the_beginning_of_a_code(session: Session, firms: list[str]) -> None:
    assert _find(session, "显示") == {"澜谷显示有限公司", "栖霞微显示有限公司"}
    assert _find(session, "京东方光电") == {"BOE 京东方光电科技有限公司"}
    assert _find(session, "boe") == _find(session, "Bo") == {"BOE 京东方光电科技有限公司"}
    assert _find(session, "BOE 光电") == {"BOE 京东方光电科技有限公司"}
    assert _find(session, USCC[:8].lower()) == _find(session, USCC) == {"栖霞微显示有限公司"}
    assert _find(session, "0007") == {"BOE 京东方光电科技有限公司"}
    assert _find(session, "霞") == {"栖霞微显示有限公司"}
    assert _find(session, "光谷子") == _find(session, "%") == _find(session, "（）") == set()


def test_a_longer_run_is_found_whole_not_as_pairs_that_stand_apart(
    session: Session, firms: list[str]
) -> None:
    assert _find(session, "光电子") == {"光谷电子有限公司"}
    assert "澜谷显示有限公司" not in _find(session, "显示有限公司澜谷")


def test_a_new_name_is_found_and_the_old_one_no_more(session: Session, firms: list[str]) -> None:
    with unit_of_work() as writing:
        service.update(writing, firms[0], {"name": "雾凇光学有限公司"}, version=2, actor=SYSTEM)
    assert _find(session, "雾凇") == {"雾凇光学有限公司"}
    assert _find(session, "栖霞") == set()


def _plans(session: Session, spec: ListSpec, actor: Actor, filters: Mapping[str, str], sort: str) -> str:
    """How SQLite goes about the page's keys."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if "ORDER BY" in statement and "LIMIT" in statement:
            seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        query = ListQuery(filters={name: (value,) for name, value in filters.items()}, sort=sort)
        reading.page(session, spec, query, actor=actor)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    raw = session.connection().connection
    return "\n".join(
        str(row[3])
        for statement, values in seen
        for row in raw.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    )


def _on_sqlite(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("the plan is read as SQLite writes it")


def test_a_part_of_a_name_is_no_scan(session: Session, firms: list[str]) -> None:
    _on_sqlite(session)
    plan = _plans(session, LIST, SYSTEM, {"q": "显示"}, "name")
    assert "enterprise_gram" in plan and "SCAN enterprise" not in plan


@pytest.mark.parametrize(
    ("sort", "column"),
    [("name", "sort_key"), ("-revenue", "latest_revenue_fen"), ("-updated", "updated_at"),
     ("-contact", "last_contact_on")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "value", "first"), [("scale", "small", "size_class"), ("status", "revoked", "reg_status")]
)
def test_size_and_state_walk_an_index_in_every_order(
    session: Session, firms: list[str], name: str, value: str, first: str, sort: str, column: str
) -> None:
    _on_sqlite(session)
    plan = _plans(session, LIST, SYSTEM, {name: value}, sort)
    assert f"ix_enterprise_{first}_{column}" in plan and "TEMP B-TREE" not in plan


def test_leads_and_projects_of_a_unit_walk_an_index_in_their_own_order(
    session: Session, world: World
) -> None:
    _on_sqlite(session)
    everything = world.actor("office")
    assert "ix_lead_first_claimed_at_id" in _plans(session, LEADS, everything, {"view": "all"}, "-claimed")
    assert "ix_project_updated_at_id" in _plans(session, PROJECTS, everything, {"view": "all"}, "-updated")
    unit = {"view": "all", "unit": str(world.unit("GXQ").id)}
    assert "ix_lead_unit_id_first_claimed_at" in _plans(session, LEADS, everything, unit, "-claimed")
    assert "ix_project_unit_id_updated_at" in _plans(session, PROJECTS, everything, unit, "-updated")
