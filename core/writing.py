"""Writers of SQLite: one at a time in this process, and more room for those who write much."""

import contextlib
import fcntl
import threading
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import TypeVar

from sqlalchemy import Connection

from core.errors import Busy

_LOCK_SECONDS = 20.0
_lock = threading.Lock()
_waiting: set[int] = set()
_queue = [""]
"""The file beside the database of SQLite that is held, shared, by whoever waits to write."""

_much: ContextVar[bool] = ContextVar("much", default=False)
_ROOM = {
    False: ("cache_size=-2000", "wal_autocheckpoint=1000"),
    True: ("cache_size=-98304", "wal_autocheckpoint=16000"),
}
"""By whether much is written: KiB of pages in memory, pages of the log before they go to the database.

A batch of an import touches thousands of pages all over the indexes; those that do not fit are written twice."""

T = TypeVar("T")


@contextlib.contextmanager
def locked(dialect: str) -> Iterator[None]:
    """On SQLite one writer at a time in this process, so that nobody meets `database is locked`."""
    if dialect != "sqlite":
        yield
        return
    if not _lock.acquire(blocking=False):
        _wait()
    try:
        yield
    finally:
        _lock.release()


def _wait() -> None:
    me = threading.get_ident()
    _waiting.add(me)
    try:
        if not _lock.acquire(timeout=_LOCK_SECONDS):
            raise Busy()
    finally:
        _waiting.discard(me)


@contextlib.contextmanager
def announced(database: str) -> Iterator[None]:
    """Around the beginning of a write: other processes see that somebody waits for this file of SQLite."""
    if not database or database == ":memory:":
        yield
        return
    _queue[0] = f"{database}-queue"
    with open(_queue[0], "a") as queue:
        fcntl.flock(queue, fcntl.LOCK_SH)
        yield


def _waited_for() -> bool:
    """Whether another thread or another process waits to write."""
    if _waiting or not _queue[0]:
        return bool(_waiting)
    with open(_queue[0], "a") as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def unhindered(parts: Iterable[T], seconds: float) -> Iterator[T]:
    """Parts of one long write, until somebody else waits for their turn or `seconds` are over.

    The first part is always given.
    """
    until = time.monotonic() + seconds
    for part in parts:
        yield part
        if _waited_for() or time.monotonic() > until:
            return


@contextlib.contextmanager
def in_bulk() -> Iterator[None]:
    """Transactions begun inside write much: on SQLite they get a larger cache and a longer log."""
    token = _much.set(True)
    try:
        yield
    finally:
        _much.reset(token)


def make_room(connection: Connection) -> None:
    """Before a transaction of SQLite begins: as much room as it asks for, and no more."""
    much = _much.get()
    if connection.info.get("much", False) is not much:
        for pragma in _ROOM[much]:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.info["much"] = much
