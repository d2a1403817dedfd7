"""From the dirty set to the engine. Nothing is lost and nothing old wins (docs/search.md §2.3):
the version is read before the document, acknowledged after the write, and refused when older."""

import logging
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, or_, select, tuple_, update
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.dirty import PARKED_AFTER, SearchDoc
from search import spreading
from search.document import Document, Key
from search.engine import Engine, EngineDown, Entry, Failure
from search.sources import Source

log = logging.getLogger(__name__)

BATCH = 500
_CLAIMED_FOR = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(hours=1)
_ENGINE_PAUSE = timedelta(seconds=20)
"""At most so long after an engine that is busy: it must be caught up within a minute of its return."""

_ERROR = 2000


@dataclass(frozen=True)
class Drained:
    """`taken` rows were looked at, `failed` of them stay dirty for later."""

    taken: int = 0
    failed: int = 0
    down: bool = False


@contextmanager
def snapshot() -> Iterator[Session]:
    """A read-only session of its own that sees one state of the database throughout."""
    with Session(db.engine) as session:
        if db.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def drain(
    engine: Engine, sources: Mapping[str, Source], limit: int = BATCH, *, newest: bool = True
) -> Drained:
    """Send one batch of dirty documents. Call it inside an application context, outside any unit of work.

    May run twice at once, also in different processes. With the engine down everything stays dirty. The
    `newest` changes first: what somebody has just saved must not wait behind an import.
    """
    return deque([Drained(), *phases(engine, sources, limit, newest=newest)], maxlen=1).pop()


def phases(
    engine: Engine, sources: Mapping[str, Source], limit: int, *, newest: bool = True
) -> Iterator[Drained]:
    """The drain step by step: between two steps anything may happen, also the end of the process."""
    keys = _claim(limit, newest)
    if not keys:
        return
    yield Drained(len(keys))
    with snapshot() as session:
        versions = _versions(session, keys)
        entries, gone, failures = _prepared(session, versions, sources)
    yield Drained(len(keys))
    try:
        failures |= engine.index(entries)
        failures |= engine.delete(gone)
    except EngineDown as error:
        log.warning("search_drain_engine_down", extra={"engine": engine.name, "error": str(error)})
        yield Drained(len(keys), len(keys), down=True)
        return
    yield Drained(len(keys))
    sent = {key: version for key, version in versions.items() if key not in failures}
    faces = {document.key: spreading.face(document) for document, _version in entries}
    spreading.spread({key: faces.get(key, 0) for key in sent}, sources)
    acknowledge(sent, faces)
    _postpone(failures)
    yield Drained(len(keys), len(failures))


def _claim(limit: int, newest: bool) -> list[Key]:
    """Dirty rows that are due. On PostgreSQL they are taken for some seconds, so that two workers share the
    work; on SQLite one process drains, and a double send does no harm."""
    now = clock.now()
    due = (
        select(SearchDoc.kind, SearchDoc.id)
        .where(SearchDoc.version > SearchDoc.indexed)
        .where(SearchDoc.attempts < PARKED_AFTER)
        .where(or_(SearchDoc.next_try.is_(None), SearchDoc.next_try <= now))
        .order_by(SearchDoc.touched_at.desc() if newest else SearchDoc.touched_at)
        .limit(limit)
    )
    if db.engine.dialect.name != "postgresql":
        with snapshot() as session:
            return [Key(*row) for row in session.execute(due)]
    with unit_of_work() as session:
        keys = [Key(*row) for row in session.execute(due.with_for_update(skip_locked=True))]
        if keys:
            session.execute(
                update(SearchDoc)
                .where(tuple_(SearchDoc.kind, SearchDoc.id).in_(keys))
                .values(next_try=now + _CLAIMED_FOR)
                .execution_options(synchronize_session=False)
            )
    return keys


def _versions(session: Session, keys: Sequence[Key]) -> dict[Key, int]:
    statement = select(SearchDoc.kind, SearchDoc.id, SearchDoc.version).where(
        tuple_(SearchDoc.kind, SearchDoc.id).in_(keys)
    )
    return {Key(row.kind, row.id): row.version for row in session.execute(statement)}


def _prepared(
    session: Session, versions: Mapping[Key, int], sources: Mapping[str, Source]
) -> tuple[list[Entry], list[tuple[Key, int]], dict[Key, Failure]]:
    """Documents to write, keys of records that are gone, and what could not be built."""
    kinds: dict[str, list[int]] = {}
    for key in versions:
        kinds.setdefault(key.kind, []).append(key.id)
    entries: list[Entry] = []
    gone: list[tuple[Key, int]] = []
    failures: dict[Key, Failure] = {}
    for kind, ids in kinds.items():
        if kind not in sources:
            failures |= {Key(kind, number): Failure("no document builder", permanent=True) for number in ids}
            continue
        built, failed = _built(session, sources[kind], ids)
        failures |= failed
        for number in ids:
            key = Key(kind, number)
            if number in built:
                entries.append((built[number], versions[key]))
            elif key not in failed:
                gone.append((key, versions[key]))
    return entries, gone, failures


def _built(
    session: Session, source: Source, ids: Sequence[int]
) -> tuple[dict[int, Document], dict[Key, Failure]]:
    """All at once; when that fails one by one, so that a bad record holds up no other."""
    try:
        return source.build(session, ids), {}
    except Exception:
        log.exception("search_build_failed", extra={"kind": source.kind, "documents": len(ids)})
    built: dict[int, Document] = {}
    failed: dict[Key, Failure] = {}
    for number in ids:
        try:
            built |= source.build(session, [number])
        except Exception as error:
            failed[Key(source.kind, number)] = Failure(repr(error), permanent=True)
    return built, failed


def acknowledge(sent: Mapping[Key, int], faces: Mapping[Key, int]) -> None:
    """What was changed again meanwhile stays dirty: its version is higher than the one sent."""
    if not sent:
        return
    statement = (
        update(SearchDoc)
        .where(SearchDoc.kind == bindparam("of_kind"), SearchDoc.id == bindparam("of_id"))
        .where(SearchDoc.version >= bindparam("sent"), SearchDoc.indexed < bindparam("sent"))
        .values(indexed=bindparam("sent"), face=bindparam("shown"), attempts=0, next_try=None, error=None)
    )
    rows = [
        {"of_kind": key.kind, "of_id": key.id, "sent": version, "shown": faces.get(key, 0)}
        for key, version in sent.items()
    ]
    with unit_of_work() as session:
        session.connection().execute(statement, rows)


def _postpone(failures: Mapping[Key, Failure]) -> None:
    """Try again later and later; the reason stands beside the row for the administrator.

    A document of its own fault is parked in the end; what the engine was too busy for never is.
    """
    if not failures:
        return
    with unit_of_work() as session:
        for key, failure in failures.items():
            row = session.get(SearchDoc, tuple(key))
            if row is None:
                continue
            row.error = failure.reason[:_ERROR]
            row.attempts = min(row.attempts + 1, PARKED_AFTER if failure.permanent else PARKED_AFTER - 1)
            pause = timedelta(seconds=5 * 2 ** (row.attempts - 1))
            row.next_try = clock.now() + min(pause, _LONGEST_PAUSE if failure.permanent else _ENGINE_PAUSE)
