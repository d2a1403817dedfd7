"""From the dirty set to the engine: what is saved is found, nothing is lost, nothing old wins."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from unittest.mock import ANY

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import frozen, now
from core.db import unit_of_work
from core.dirty import SearchDoc, touch
from core.jobs import runner
from core.jobs.models import Job
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from search import desk, keeping, rebuilding, upkeep
from search.document import Document, Key
from search.drain import drain
from search.elastic.engine import ElasticEngine, connect
from search.engine import Engine, Entry, Failure, Health
from search.finder import Finder

Register = Callable[..., int]
ActorOf = Callable[[str], Actor]


def dirty(session: Session) -> set[Key]:
    session.rollback()
    return {Key(row.kind, row.id) for row in session.scalars(select(SearchDoc)) if row.version > row.indexed}


def titles(session: Session, finder: Finder, typed: str, actor: Actor) -> list[str]:
    finder.engine.refresh()
    return [hit.card.title for hit in finder.find(session, typed, actor=actor).hits]


def test_what_is_saved_is_found_after_the_drain(
    session: Session, finder: Finder, register: Register, actor: ActorOf
) -> None:
    number = register("示例市华澜光电科技有限公司", short_name="华澜光电")
    assert dirty(session) == {Key("enterprise", number)}
    assert desk.drain_all() == 1
    assert dirty(session) == set()
    for typed in ("华澜", "hualan", "hlgd", "华澜光电科技有限公司"):
        assert titles(session, finder, typed, actor("spec_a")) == ["示例市华澜光电科技有限公司"], typed


def test_a_deleted_record_leaves_the_index(
    session: Session, finder: Finder, register: Register, actor: ActorOf
) -> None:
    number = register("示例市华澜光电科技有限公司")
    desk.drain_all()
    with unit_of_work() as writing:
        writing.delete(writing.get(Enterprise, number))
        writing.flush()
        touch("enterprise", [number])
    desk.drain_all()
    assert titles(session, finder, "华澜", actor("spec_a")) == []
    assert dict(finder.engine.versions()) == {}
    assert dirty(session) == set()


class _Touching:
    """An engine during whose write the record changes once more."""

    name = "touching"

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine, self._number = engine, number

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        with unit_of_work():
            touch("enterprise", [self._number])
        return self._engine.index(entries)

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        return self._engine.delete(keys)


def test_what_changes_while_it_is_sent_stays_dirty(
    session: Session, finder: Finder, register: Register
) -> None:
    number = register("示例市华澜光电科技有限公司")
    meddling: Any = _Touching(finder.engine, number)
    drain(meddling, finder.sources)
    assert dirty(session) == {Key("enterprise", number)}
    desk.drain_all()
    assert dirty(session) == set()
    finder.engine.refresh()
    assert dict(finder.engine.versions()) == {Key("enterprise", number): 2}


def test_with_the_engine_down_everything_stays_dirty_and_is_sent_later(
    session: Session, finder: Finder, register: Register, actor: ActorOf
) -> None:
    number = register("示例市华澜光电科技有限公司")
    dead = ElasticEngine(connect("http://127.0.0.1:9"))
    assert drain(dead, finder.sources).down
    assert dirty(session) == {Key("enterprise", number)}
    with frozen(now().replace(year=now().year + 1)):
        desk.drain_all()
    assert titles(session, finder, "华澜", actor("spec_a")) == ["示例市华澜光电科技有限公司"]


def test_a_document_that_cannot_be_built_holds_up_no_other(
    session: Session, finder: Finder, register: Register
) -> None:
    bad, good = register("示例市甲材料有限公司"), register("示例市乙材料有限公司")
    source = finder.sources["enterprise"]

    def build(reading: Session, ids: Sequence[int]) -> dict[int, Document]:
        if bad in ids:
            raise ValueError("broken record")
        return source.build(reading, ids)

    result = drain(finder.engine, {"enterprise": replace(source, build=build)})
    assert (result.taken, result.failed) == (2, 1)
    assert dirty(session) == {Key("enterprise", bad)}
    row = session.get_one(SearchDoc, ("enterprise", bad))
    assert row.error is not None and "broken record" in row.error
    assert row.next_try is not None
    assert session.get_one(SearchDoc, ("enterprise", good)).error is None


def test_an_unknown_kind_is_noted_and_left(session: Session, finder: Finder) -> None:
    with unit_of_work():
        touch("unheard_of", [1])
    assert drain(finder.engine, finder.sources).failed == 1
    assert session.get_one(SearchDoc, ("unheard_of", 1)).error == "no document builder"
    assert drain(finder.engine, finder.sources).taken == 0


def test_the_drain_and_a_full_rebuild_give_the_same(
    session: Session, finder: Finder, people: int, register: Register, actor: ActorOf
) -> None:
    for name in ("示例市甲材料有限公司", "示例市乙材料有限公司", "示例市丙材料有限公司"):
        register(name)
    desk.drain_all()
    finder.engine.refresh()
    drained = titles(session, finder, "材料", actor("spec_a")), dict(finder.engine.versions())
    assert rebuilding.rebuild(finder.engine, finder.sources) == 3 + people
    assert (titles(session, finder, "材料", actor("spec_a")), dict(finder.engine.versions())) == drained
    assert not upkeep.compare(finder.engine, finder.sources)


def test_records_loaded_around_the_verbs_are_found_after_a_rebuild(
    session: Session, finder: Finder, people: int, register: Register, actor: ActorOf
) -> None:
    number = register("示例市甲材料有限公司")
    with unit_of_work() as writing:
        writing.delete(writing.get(SearchDoc, ("enterprise", number)))
    assert rebuilding.rebuild(finder.engine, finder.sources) == 1 + people
    assert titles(session, finder, "材料", actor("spec_a")) == ["示例市甲材料有限公司"]


def test_differences_are_found_and_mended(
    session: Session, finder: Finder, people: int, register: Register
) -> None:
    kept = register("示例市乙材料有限公司")
    desk.drain_all()
    lost = register("示例市甲材料有限公司")
    with unit_of_work() as writing:
        writing.get_one(SearchDoc, ("enterprise", lost)).indexed = 1
    surplus = Document("enterprise", 999, "P", "/", "示例市多余有限公司", ("enterprise:all",))
    finder.engine.index([(surplus, 1)])
    finder.engine.refresh()
    found = upkeep.compare(finder.engine, finder.sources)
    assert (found.missing, found.surplus) == ([Key("enterprise", lost)], [Key("enterprise", 999)])
    assert upkeep.mend(found) == 2
    with unit_of_work():
        touch("enterprise", [999])
    desk.drain_all()
    finder.engine.refresh()
    firms = {key for key, _version in finder.engine.versions() if key.kind == "enterprise"}
    assert firms == {Key("enterprise", lost), Key("enterprise", kept)}


def test_an_empty_index_beside_a_filled_database_is_filled_by_itself(
    app: Flask, session: Session, finder: Finder, people: int, register: Register, actor: ActorOf
) -> None:
    register("示例市甲材料有限公司")
    desk.ensure()
    desk.ensure()
    for job in session.scalars(select(Job).where(Job.kind == keeping.REBUILD)).all():
        runner.run(job.id, app.app_context)
    session.rollback()
    assert {job.state for job in session.scalars(select(Job))} <= {"done"}
    assert finder.engine.health() == Health(up=True, stale=False, documents=1 + people, note=ANY)
    desk.ensure()
    assert keeping.open_job(session, keeping.REBUILD) is None
    assert titles(session, finder, "材料", actor("spec_a")) == ["示例市甲材料有限公司"]


def test_what_is_saved_is_found_within_a_second_without_anybody_asking(
    app: Flask, session: Session, finder: Finder, register: Register, actor: ActorOf
) -> None:
    feeder = desk.start_feeding(app.app_context)
    try:
        register("示例市华澜光电科技有限公司")
        saved = time.monotonic()
        while not titles(session, finder, "华澜", actor("spec_a")) and time.monotonic() < saved + 10:
            time.sleep(0.02)
        assert titles(session, finder, "华澜", actor("spec_a")) == ["示例市华澜光电科技有限公司"]
        assert time.monotonic() - saved < 2
    finally:
        feeder.stop()
