"""The file of the embedded engine: connections, tables in two slots, which slot serves.

Readers look up the serving slot inside their own transaction, so a rebuild switches for all of them at
once, also in other processes.
"""

import contextlib
import hashlib
import queue
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from search.tokens import TOKEN_VERSION

_READERS = 3
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=5000",
    "cache_size=-4096",
    "temp_store=MEMORY",
    "journal_size_limit=67108864",
)
_STATE = "CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_TABLES = {
    "card": """CREATE TABLE card_{s} (
        rid INTEGER PRIMARY KEY, kind TEXT NOT NULL, id INTEGER NOT NULL, public_id TEXT NOT NULL,
        path TEXT NOT NULL, title TEXT NOT NULL, names TEXT NOT NULL, body TEXT NOT NULL,
        weight INTEGER NOT NULL)""",
    "facet": """CREATE TABLE facet_{s} (
        rid INTEGER PRIMARY KEY, bin INTEGER NOT NULL, place INTEGER NOT NULL, updated INTEGER NOT NULL)""",
    "bin": """CREATE TABLE bin_{s} (
        bin INTEGER PRIMARY KEY, kind TEXT NOT NULL, region TEXT NOT NULL, industry TEXT NOT NULL,
        status TEXT NOT NULL)""",
    "version": """CREATE TABLE version_{s} (
        kind TEXT NOT NULL, id INTEGER NOT NULL, version INTEGER NOT NULL, rid INTEGER,
        PRIMARY KEY (kind, id)) WITHOUT ROWID""",
    "fts": """CREATE VIRTUAL TABLE fts_{s} USING fts5(
        name, alias, body, py, ini, keys, sounds, acl,
        tokenize = "unicode61 remove_diacritics 0 tokenchars ':_-!'", prefix = '1 2 3')""",
}
SLOTS = ("a", "b")

FORM = f"{TOKEN_VERSION}.2"
"""What a slot is made with: the tokens, and these tables behind the point. Of another form it is rebuilt."""


class Store:
    """Connections to one search file: one writer at a time, few readers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._write_lock = threading.RLock()
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._permits = threading.BoundedSemaphore(_READERS)
        self._closed = False
        self._writer = self._connect()
        self._prepare()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _prepare(self) -> None:
        with self.writing() as cursor:
            cursor.execute(_STATE)
            if "live" not in state_of(cursor):
                make_slot(cursor, SLOTS[0])
                set_state(cursor, live=SLOTS[0], building="", tokens_a=FORM)
            for slot in SLOTS:
                _bring_forward(cursor, slot)

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Cursor]:
        """One write transaction; taken at its beginning, committed at its end."""
        with self._write_lock:
            cursor = self._writer.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[tuple[sqlite3.Cursor, str]]:
        """A snapshot and the slot that serves in it."""
        with self._permits:
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                connection = self._connect()
            try:
                cursor = connection.cursor()
                cursor.execute("BEGIN")
                live = cursor.execute("SELECT value FROM state WHERE name = 'live'").fetchone()[0]
                yield cursor, live
            finally:
                connection.rollback()
                self._keep(connection)

    def _keep(self, connection: sqlite3.Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.put(connection)

    def checkpoint(self) -> None:
        """Empty the write-ahead log after a large batch, so that it does not grow without bounds."""
        with self._write_lock:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        with self._write_lock:
            self._closed = True
            while not self._idle.empty():
                self._idle.get_nowait().close()
            self._writer.close()


def state_of(cursor: sqlite3.Cursor) -> dict[str, str]:
    return dict(cursor.execute("SELECT name, value FROM state").fetchall())


def set_state(cursor: sqlite3.Cursor, **values: Any) -> None:
    cursor.executemany(
        "REPLACE INTO state (name, value) VALUES (?, ?)",
        list(values.items()),
    )


def make_slot(cursor: sqlite3.Cursor, slot: str) -> None:
    drop_slot(cursor, slot)
    for table in _TABLES.values():
        cursor.execute(table.format(s=slot))


def _bring_forward(cursor: sqlite3.Cursor, slot: str) -> None:
    """A file from before, with the facets' texts in every row, is searched and takes writes until its rebuild
    is done."""
    columns = {row[1] for row in cursor.execute(f"PRAGMA table_info(facet_{slot})")}
    if "region" not in columns:
        return
    cursor.connection.create_function("bin_of", 4, bin_of, deterministic=True)
    cursor.execute(f"ALTER TABLE facet_{slot} RENAME TO wide_{slot}")
    for table in ("facet", "bin"):
        cursor.execute(_TABLES[table].format(s=slot))
    texts = "kind, region, industry, status"
    of_bin = "bin" if "bin" in columns else f"bin_of({texts})"
    updated = "updated" if "updated" in columns else "0"
    cursor.execute(f"INSERT INTO facet_{slot} SELECT rid, {of_bin}, place, {updated} FROM wide_{slot}")
    cursor.execute(f"INSERT INTO bin_{slot} SELECT {of_bin} AS one, {texts} FROM wide_{slot} GROUP BY one")
    cursor.execute(f"DROP TABLE wide_{slot}")


def bin_of(*facets: str) -> int:
    """A number for one combination of facets: ten thousand rows are counted by it in half the time that
    four texts take. 56 bits, so that no two of the few thousand combinations there are share one."""
    return int.from_bytes(hashlib.blake2b("\0".join(facets).encode(), digest_size=7).digest())


def drop_slot(cursor: sqlite3.Cursor, slot: str) -> None:
    for table in _TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS {table}_{slot}")
