"""Maps in the database: created once, linked without rings, frozen when published."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries, service
from chains.models import Chain, ChainEdge, ChainVersion
from core import settings
from core.audit import AuditEntry
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotPermitted
from core.permissions import SYSTEM, Actor
from tests.support import maps
from tests.support.world import World


@pytest.fixture
def chain(session: Session) -> str:
    with unit_of_work() as writing:
        return maps.build(writing).public_id


def test_a_map_is_written_with_nodes_edges_audit_and_marks(session: Session, chain: str) -> None:
    found = queries.get(session, chain, actor=SYSTEM)
    assert [node.code for node in found.nodes] == [node["code"] for node in maps.CONTENT["nodes"]]
    assert found.by_code["X-01-01"].parent_id == found.by_code["X-01"].id
    assert len(found.pairs("supply")) == 3
    assert found.chain.as_of == date(2026, 11, 1)
    assert session.scalars(select(AuditEntry.action)).all().count("chains.created") == 1
    assert set(session.scalars(select(SearchDoc.kind))) == {"chain", "chain_node"}


def test_the_same_code_is_refused_twice(session: Session, chain: str) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        maps.build(writing)
    assert refused.value.faults[0].code == "taken"


def test_a_ring_of_supply_is_refused_and_named(session: Session, chain: str) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        service.link(writing, chain, "X-03", "X-01-01", "supply", actor=SYSTEM)
    assert refused.value.faults[0].code == "ring"
    assert "X-01-01 → X-02 → X-03 → X-01-01" in str(refused.value.faults[0].message)
    assert len(session.scalars(select(ChainEdge)).all()) == 4


def test_a_ring_of_substitutes_is_no_ring_of_supply(session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        service.link(writing, chain, "X-03", "X-01-01", "substitute", actor=SYSTEM)
    assert len(session.scalars(select(ChainEdge)).all()) == 5


def test_an_unknown_node_is_named(chain: str) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        service.link(writing, chain, "X-03", "X-99", "supply", actor=SYSTEM)
    assert "X-99" in str(refused.value.faults[0].message)


def test_publishing_freezes_the_content(session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        service.publish(writing, chain, version=1, as_of=date(2026, 9, 30), actor=SYSTEM)
    frozen = session.scalars(select(ChainVersion)).one()
    assert (frozen.number, frozen.as_of) == (1, date(2026, 9, 30))
    assert [node["code"] for node in frozen.content["nodes"]][:2] == ["X-01", "X-01-01"]
    again = session.scalars(select(Chain)).one()
    assert (again.status, again.number) == ("published", 2)
    session.rollback()
    with pytest.raises(Conflict), unit_of_work() as writing:
        service.publish(writing, chain, version=1, as_of=date(2026, 9, 30), actor=SYSTEM)


@pytest.mark.parametrize("username", ["spec_a", "leader", "desk_a"])
def test_who_only_reads_changes_nothing(
    world: World, actor: Callable[[str], Actor], chain: str, username: str
) -> None:
    reader = actor(username)
    for attempt in (
        lambda writing: maps_by(writing, reader),
        lambda writing: service.link(writing, chain, "X-03", "X-04", "supply", actor=reader),
        lambda writing: service.publish(writing, chain, version=1, as_of=date(2026, 1, 1), actor=reader),
        lambda writing: service.set_home(writing, "510000", actor=reader),
    ):
        with pytest.raises(NotPermitted), unit_of_work() as writing:
            attempt(writing)


def maps_by(writing: Session, reader: Actor) -> None:
    draft = queries.draft_of(queries.load_map(writing, writing.scalars(select(Chain)).one()))
    service.create_from(writing, draft, actor=reader)


def test_home_is_a_setting_that_the_office_changes(
    session: Session, actor: Callable[[str], Actor], chain: str
) -> None:
    office = actor("office")
    with unit_of_work() as writing:
        service.set_home(writing, "park:Z1", actor=office)
    assert settings.get(session, service.HOME) == "park:Z1"
