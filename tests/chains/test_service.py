"""Maps in the database: created once, linked without rings, frozen when published."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import editing, editor, queries, service, versions
from chains.models import Chain
from core import settings
from core.audit import AuditEntry
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Invalid, NotPermitted
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


@pytest.mark.parametrize("username", ["spec_a", "leader", "desk_a"])
def test_who_only_reads_changes_nothing(
    world: World, actor: Callable[[str], Actor], chain: str, username: str
) -> None:
    reader = actor(username)
    for attempt in (
        lambda writing: maps_by(writing, reader),
        lambda writing: editor.edit(
            writing, chain, lambda draft: editing.removed(draft, "X-04"), label="x", version=1, actor=reader
        ),
        lambda writing: versions.take(writing, chain, "submit", version=1, actor=reader),
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
    assert (
        session.scalar(select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(1))
        == "settings.changed"
    )
