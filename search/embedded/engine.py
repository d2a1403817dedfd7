"""Search in SQLite FTS5 (docs/search.md §3): candidates by one statement, the order in Python."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from search import highlight, query
from search.document import FACETS, Filters, Hit, Key, Results
from search.embedded import writer
from search.embedded.reader import Graded, Reader
from search.embedded.store import FORM, SLOTS, Store, drop_slot, make_slot, set_state, state_of
from search.engine import BEST, DEEPEST, LATEST, NO_FILTERS, POOL, EngineDown, Entry, Failure, Health

_CHUNK = 500


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise EngineDown(str(error)) from error


class EmbeddedEngine:
    """One file, no server. Safe to share between threads; several processes may open the same file."""

    name = "embedded"

    def __init__(self, path: Path) -> None:
        with _answering():
            self._store = Store(path)

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        with _answering():
            for start in range(0, len(entries), _CHUNK):
                prepared = writer.prepare(entries[start : start + _CHUNK])
                with self._store.writing() as cursor:
                    writer.write(cursor, prepared, _slots(cursor))
        return {}

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        with _answering(), self._store.writing() as cursor:
            writer.delete(cursor, keys, _slots(cursor))
        return {}

    def search(
        self,
        typed: str,
        acl: Sequence[str],
        filters: Filters = NO_FILTERS,
        facets: Sequence[str] = FACETS,
        page: int = 1,
        size: int = 20,
        *,
        order: str = BEST,
        without: Sequence[Key] = (),
    ) -> Results:
        asked = query.analyse(typed)
        offset = (page - 1) * size
        if not asked or not acl or page < 1 or offset + size > DEEPEST:
            return Results()
        with _answering(), self._store.reading() as (cursor, slot):
            reader = Reader(cursor, slot, asked, acl, filters, without)
            total, capped, counts = reader.count(facets)
            if order == LATEST:
                chosen = reader.latest(offset, size)
            else:
                chosen = _ranked(reader, total, offset, size)
        hits = tuple(highlight.hit(asked, card, grade) for grade, card in chosen)
        return Results(hits, total, capped, counts)

    def suggest(self, typed: str, acl: Sequence[str], limit: int = 10) -> tuple[Hit, ...]:
        asked = query.analyse(typed)
        if not asked or not acl:
            return ()
        with _answering(), self._store.reading() as (cursor, slot):
            reader = Reader(cursor, slot, asked, acl, NO_FILTERS)
            pool = reader.suggestions()
            pool += reader.near(pool)
        return tuple(highlight.hit(asked, card, grade) for grade, card in pool[:limit])

    @contextlib.contextmanager
    def rebuild(self) -> Iterator["_Building"]:
        with _answering(), self._store.writing() as cursor:
            live = state_of(cursor)["live"]
            slot = SLOTS[1 - SLOTS.index(live)]
            make_slot(cursor, slot)
            set_state(cursor, building=slot)
        try:
            yield _Building(self._store, slot)
        except BaseException:
            with self._store.writing() as cursor:
                set_state(cursor, building="")
                drop_slot(cursor, slot)
            raise
        with _answering():
            with self._store.writing() as cursor:
                cursor.execute(f"INSERT INTO fts_{slot} (fts_{slot}) VALUES ('optimize')")
                set_state(cursor, live=slot, building="", **{f"tokens_{slot}": FORM})
            with self._store.writing() as cursor:
                drop_slot(cursor, live)
            self._store.checkpoint()

    def versions(self) -> Iterator[tuple[Key, int]]:
        with _answering(), self._store.reading() as (cursor, slot):
            rows = cursor.execute(
                f"SELECT kind, id, version FROM version_{slot} WHERE rid IS NOT NULL ORDER BY kind, id"
            )
            for kind, number, version in rows:
                yield Key(kind, number), version

    def refresh(self) -> None:
        """Writes are visible once committed."""

    def health(self) -> Health:
        try:
            with self._store.reading() as (cursor, slot):
                count = cursor.execute(
                    f"SELECT count(*) FROM version_{slot} WHERE rid IS NOT NULL"
                ).fetchone()
                made_with = state_of(cursor).get(f"tokens_{slot}")
        except sqlite3.Error as error:
            return Health(up=False, note=str(error))
        return Health(up=True, stale=made_with != FORM, documents=count[0])

    def close(self) -> None:
        self._store.close()


def _ranked(reader: Reader, total: int, offset: int, size: int) -> list[Graded]:
    """One page of the ranked pool, near hits behind the first; further pages in the order of the rows."""
    pool = reader.pool(total)
    if offset == 0:
        pool += reader.near(pool)
    chosen = pool[:POOL][offset : offset + size]
    if total > POOL and offset + size > POOL:
        shown = [card for _grade, card in pool[:POOL]]
        chosen += reader.later(max(0, offset - POOL), size - len(chosen), shown)
    return chosen


class _Building:
    """The slot that a rebuild fills."""

    lanes = 1
    make = staticmethod(writer.prepare)

    def __init__(self, store: Store, slot: str) -> None:
        self._store, self._slot = store, slot

    def put(self, made: list[writer.Prepared]) -> tuple[int, dict[Key, Failure]]:
        with _answering(), self._store.writing() as cursor:
            writer.write(cursor, made, [self._slot])
        return len(made), {}

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        return self.put(self.make(entries))[1]

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        with _answering(), self._store.writing() as cursor:
            writer.delete(cursor, keys, [self._slot])
        return {}


def _slots(cursor: sqlite3.Cursor) -> list[str]:
    state = state_of(cursor)
    return [slot for slot in (state["live"], state["building"]) if slot]
