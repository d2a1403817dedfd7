"""Comparing index and database, and mending what differs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select, update

from core import dirty
from core.db import unit_of_work
from core.dirty import PARKED_AFTER, SearchDoc
from search.document import Key
from search.drain import snapshot
from search.engine import Engine
from search.sources import Source

_PAGE = 5000

Row = tuple[Key, int, int]
"""A key, the version that the database wants and the one that it believes indexed; -1: has no row."""


@dataclass
class Difference:
    """What is wrong with the index; documents that wait for the drain are none of it.

    `ahead` holds the versions that the index has where they are above the database's, as after a restore.
    """

    missing: list[Key] = field(default_factory=list)
    surplus: list[Key] = field(default_factory=list)
    outdated: list[Key] = field(default_factory=list)
    documents: int = 0
    ahead: dict[Key, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.missing or self.surplus or self.outdated)

    def __len__(self) -> int:
        return len(self.missing) + len(self.surplus) + len(self.outdated)

    def keys(self) -> Iterator[Key]:
        yield from self.missing
        yield from self.surplus
        yield from self.outdated


def compare(engine: Engine, sources: Mapping[str, Source]) -> Difference:
    """Versions in the index beside those of the records, both in order of kind and id, so that neither
    is held in memory. Ask again when writes are under way."""
    found = Difference()
    there = _counted(engine.versions(), found)
    held = next(there, None)
    for key, version, indexed in _records(sources):
        while held is not None and held[0] < key:
            _surplus(found, *held)
            held = next(there, None)
        if held is not None and held[0] == key:
            _differs(found, key, version, indexed, held[1])
            held = next(there, None)
        elif version < 0 or version == indexed:
            found.missing.append(key)
    while held is not None:
        _surplus(found, *held)
        held = next(there, None)
    _without_unbuildable(found, sources)
    return found


def _counted(versions: Iterator[tuple[Key, int]], found: Difference) -> Iterator[tuple[Key, int]]:
    for pair in versions:
        found.documents += 1
        yield pair


def _records(sources: Mapping[str, Source]) -> Iterator[Row]:
    for kind in sorted(sources):
        model = sources[kind].model
        last = 0
        while True:
            with snapshot() as session:
                statement = (
                    select(model.id, SearchDoc.version, SearchDoc.indexed)
                    .outerjoin(SearchDoc, (SearchDoc.kind == kind) & (SearchDoc.id == model.id))
                    .where(model.id > last)
                    .order_by(model.id)
                    .limit(_PAGE)
                )
                rows = session.execute(statement).all()
            for number, version, indexed in rows:
                yield Key(kind, number), -1 if version is None else version, indexed or 0
            if len(rows) < _PAGE:
                break
            last = rows[-1][0]


def _differs(found: Difference, key: Key, version: int, indexed: int, there: int) -> None:
    if version < 0:
        found.missing.append(key)
    elif version == indexed and there != version:
        found.outdated.append(key)
    if there > max(version, 0):
        found.ahead[key] = there


def _surplus(found: Difference, key: Key, there: int) -> None:
    """A record that is gone; unless its deletion is still to be sent."""
    with snapshot() as session:
        row = session.get(SearchDoc, tuple(key))
    if row is None or row.version <= row.indexed or there > row.version:
        found.surplus.append(key)
        found.ahead[key] = there


def _without_unbuildable(found: Difference, sources: Mapping[str, Source]) -> None:
    """A builder may leave a record out on purpose; then it is not missing."""
    kinds: dict[str, list[int]] = {}
    for key in found.missing:
        kinds.setdefault(key.kind, []).append(key.id)
    kept: list[Key] = []
    for kind, ids in kinds.items():
        for start in range(0, len(ids), 500):
            with snapshot() as session:
                built = sources[kind].build(session, ids[start : start + 500])
            kept += [Key(kind, number) for number in ids[start : start + 500] if number in built]
    found.missing = kept


def mend(found: Difference) -> int:
    """Mark what differs as dirty, above every version that the index holds; how many documents."""
    keys = list(found.keys())
    kinds: dict[str, list[int]] = {}
    for key in keys:
        kinds.setdefault(key.kind, []).append(key.id)
    if not keys:
        return 0
    with unit_of_work():
        for kind, ids in kinds.items():
            dirty.touch(kind, ids)
    with unit_of_work() as session:
        for key, there in found.ahead.items():
            session.execute(
                update(SearchDoc)
                .where(SearchDoc.kind == key.kind, SearchDoc.id == key.id, SearchDoc.version <= there)
                .values(version=there + 1)
                .execution_options(synchronize_session=False)
            )
    return len(keys)


def parked(limit: int = 200) -> list[SearchDoc]:
    """Documents that were refused again and again, the latest first."""
    with snapshot() as session:
        statement = (
            select(SearchDoc)
            .where(SearchDoc.version > SearchDoc.indexed, SearchDoc.error.is_not(None))
            .order_by((SearchDoc.attempts >= PARKED_AFTER).desc(), SearchDoc.touched_at.desc())
            .limit(limit)
        )
        rows = list(session.scalars(statement))
        session.expunge_all()
    return rows
