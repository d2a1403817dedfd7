"""A new index filled from the database while the old one serves and people write."""

from array import array
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from core import clock, dirty
from core.db import unit_of_work
from core.dirty import SearchDoc
from search.document import Key
from search.drain import snapshot
from search.engine import Engine, Entry, Failure, Target
from search.sources import Source
from search.workshop import Workshop

CHUNK = 2000
_MARKS = 5000
_QUEUE = 4

Report = Callable[[str, int], None]


class _Written:
    """What went into the new index although the database thought it waiting: acknowledged after the switch,
    or the drain would send all of it again."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, int], array[int]] = {}

    def note(self, kind: str, number: int, version: int) -> None:
        self._ids.setdefault((kind, version), array("q")).append(number)

    def acknowledge(self, refused: Mapping[Key, Failure]) -> None:
        for (kind, version), ids in self._ids.items():
            for start in range(0, len(ids), _MARKS):
                numbers = [one for one in ids[start : start + _MARKS] if Key(kind, one) not in refused]
                with unit_of_work() as session:
                    session.execute(
                        update(SearchDoc)
                        .where(SearchDoc.kind == kind, SearchDoc.id.in_(numbers))
                        .where(SearchDoc.version == version, SearchDoc.indexed < version)
                        .values(indexed=version, attempts=0, next_try=None, error=None)
                        .execution_options(synchronize_session=False)
                    )


def expected(sources: Mapping[str, Source]) -> int:
    """About how many documents a rebuild will write."""
    with snapshot() as session:
        counts = (session.scalar(select(func.count()).select_from(one.model)) for one in sources.values())
        return sum(count or 0 for count in counts)


def rebuild(
    engine: Engine,
    sources: Mapping[str, Source],
    report: Report = lambda kind, done: None,
) -> int:
    """Fill a new index from the database while the old one serves; how many documents it holds.

    `report(kind, done)` is called after each chunk; what it raises stops the rebuild. Writes meanwhile go
    to both. What the engine refuses is marked, so that the drain tries it again.
    """
    for source in sources.values():
        _complete(source)
    written = _Written()
    total = 0
    refused: dict[Key, Failure] = {}
    with engine.rebuild() as target, Workshop(target.make, expected(sources)) as workshop:
        for source in sources.values():
            done = 0
            for number, failures in _fill(target, workshop, source, written):
                done += number
                refused |= failures
                report(source.kind, done)
            refused |= _bury(target, source)
            total += done
    written.acknowledge(refused)
    _mark(refused)
    return total


def _bury(target: Target, source: Source) -> dict[Key, Failure]:
    """Deletions of records that are gone. The new index knows nothing of them, and a late older write that
    was under way when the rebuild began would bring such a record back."""
    failures: dict[Key, Failure] = {}
    for gone in _gone(source):
        failures |= target.delete(gone)
    return failures


def _gone(source: Source) -> Iterator[list[tuple[Key, int]]]:
    last = 0
    while True:
        with snapshot() as session:
            statement = (
                select(SearchDoc.id, SearchDoc.version)
                .where(SearchDoc.kind == source.kind, SearchDoc.id > last)
                .where(~select(source.model.id).where(source.model.id == SearchDoc.id).exists())
                .order_by(SearchDoc.id)
                .limit(_MARKS)
            )
            rows = session.execute(statement).all()
        if not rows:
            return
        last = rows[-1][0]
        yield [(Key(source.kind, number), version) for number, version in rows]


def _mark(refused: Mapping[Key, Failure]) -> None:
    if refused:
        with unit_of_work():
            for key in refused:
                dirty.touch(key.kind, [key.id])


def _complete(source: Source) -> None:
    """Give a version row to records that have none (loaded around the verbs, or a new kind)."""
    with snapshot() as session:
        known = select(SearchDoc.id).where(SearchDoc.kind == source.kind)
        missing = list(session.scalars(select(source.model.id).where(source.model.id.not_in(known))))
    now = clock.now()
    for start in range(0, len(missing), _MARKS):
        rows = [
            {"kind": source.kind, "id": number, "version": 1, "indexed": 0, "attempts": 0, "touched_at": now}
            for number in missing[start : start + _MARKS]
        ]
        with unit_of_work() as session:
            session.execute(insert(SearchDoc), rows)


def _fill(
    target: Target, workshop: Workshop, source: Source, written: _Written
) -> Iterator[tuple[int, dict[Key, Failure]]]:
    """Read here, make in the workshop, write in threads of their own; how many went in, chunk by chunk."""
    waiting: list[Future[tuple[int, dict[Key, Failure]]]] = []
    with ThreadPoolExecutor(target.lanes, thread_name_prefix="search-fill") as lanes:

        def put(made: Any) -> tuple[int, dict[Key, Failure]]:
            return target.put(made)

        for made in workshop.each(_batches(source, written)):
            waiting.append(lanes.submit(put, made))
            if len(waiting) >= _QUEUE:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _batches(source: Source, written: _Written) -> Iterator[list[Entry]]:
    last = 0
    while True:
        with snapshot() as session:
            versions = _chunk(session, source, last)
            documents = source.build(session, list(versions)) if versions else {}
        if not versions:
            return
        for number, (version, indexed) in versions.items():
            if version > indexed:
                written.note(source.kind, number, version)
        last = max(versions)
        if documents:
            yield [(document, versions[number][0]) for number, document in documents.items()]


def _chunk(session: Session, source: Source, after: int) -> dict[int, tuple[int, int]]:
    statement = (
        select(source.model.id, SearchDoc.version, SearchDoc.indexed)
        .join(SearchDoc, (SearchDoc.kind == source.kind) & (SearchDoc.id == source.model.id))
        .where(source.model.id > after)
        .order_by(source.model.id)
        .limit(CHUNK)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(statement)}
