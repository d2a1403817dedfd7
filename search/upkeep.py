"""Rebuilding the index from the database, and comparing the two."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core import dirty
from core.db import unit_of_work
from core.dirty import SearchDoc
from search.document import Key
from search.drain import snapshot
from search.engine import Engine, Target
from search.sources import Source

CHUNK = 1000
_SHOWN = 20


@dataclass
class Difference:
    """What is wrong with the index; documents that wait for the drain are none of it."""

    missing: list[Key] = field(default_factory=list)
    surplus: list[Key] = field(default_factory=list)
    outdated: list[Key] = field(default_factory=list)
    documents: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus or self.outdated)

    def keys(self) -> Iterator[Key]:
        yield from self.missing
        yield from self.surplus
        yield from self.outdated


def rebuild(
    engine: Engine,
    sources: Mapping[str, Source],
    report: Callable[[str, int], None] = lambda kind, done: None,
) -> int:
    """Fill a new index from the database while the old one serves; how many documents it holds.

    `report(kind, done)` is called after each chunk. Writes meanwhile go to both.
    """
    total = 0
    for source in sources.values():
        _complete(source)
    with engine.rebuild() as target:
        for source in sources.values():
            done = 0
            for number in _fill(target, source):
                done += number
                report(source.kind, done)
            total += done
    return total


def _complete(source: Source) -> None:
    """Give a version row to records that have none (loaded around the verbs, or a new kind)."""
    with snapshot() as session:
        known = select(SearchDoc.id).where(SearchDoc.kind == source.kind)
        missing = list(session.scalars(select(source.model.id).where(source.model.id.not_in(known))))
    for start in range(0, len(missing), CHUNK):
        rows = [
            {"kind": source.kind, "id": number, "version": 1, "indexed": 0, "attempts": 0}
            for number in missing[start : start + CHUNK]
        ]
        with unit_of_work() as session:
            session.execute(insert(SearchDoc), rows)


def _fill(target: Target, source: Source) -> Iterator[int]:
    last = 0
    while True:
        with snapshot() as session:
            versions = _chunk(session, source, last)
            documents = source.build(session, list(versions)) if versions else {}
        if not versions:
            return
        target.index([(document, versions[number]) for number, document in documents.items()])
        last = max(versions)
        yield len(documents)


def _chunk(session: Session, source: Source, after: int) -> dict[int, int]:
    statement = (
        select(source.model.id, SearchDoc.version)
        .join(SearchDoc, (SearchDoc.kind == source.kind) & (SearchDoc.id == source.model.id))
        .where(source.model.id > after)
        .order_by(source.model.id)
        .limit(CHUNK)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def compare(engine: Engine, sources: Mapping[str, Source]) -> Difference:
    """Versions in the index beside those of the records. Ask again when writes are under way."""
    held = dict(engine.versions())
    found = Difference(documents=len(held))
    for source in sources.values():
        with snapshot() as session:
            statement = select(source.model.id, SearchDoc.version, SearchDoc.indexed).outerjoin(
                SearchDoc, (SearchDoc.kind == source.kind) & (SearchDoc.id == source.model.id)
            )
            for number, version, indexed in session.execute(statement):
                key = Key(source.kind, number)
                there = held.pop(key, None)
                if version is None or (there is None and version == indexed):
                    found.missing.append(key)
                elif there is not None and there < version and version == indexed:
                    found.outdated.append(key)
    found.surplus += [key for key in held if not _waiting(key)]
    return found


def _waiting(key: Key) -> bool:
    """A record that is gone and whose deletion is still to be sent."""
    with snapshot() as session:
        row = session.get(SearchDoc, tuple(key))
        return row is not None and row.version > row.indexed


def mend(found: Difference) -> int:
    """Mark what differs as dirty, so that the drain sends it; how many documents."""
    keys = list(found.keys())
    kinds: dict[str, list[int]] = {}
    for key in keys:
        kinds.setdefault(key.kind, []).append(key.id)
    if keys:
        with unit_of_work():
            for kind, ids in kinds.items():
                dirty.touch(kind, ids)
    return len(keys)
