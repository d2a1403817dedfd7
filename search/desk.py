"""The one finder of this process: opened at first use, fed by a thread where one is started."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from core import dirty
from core.db import unit_of_work
from core.permissions import SYSTEM
from search import drain, keeping, rebuilding, recent, registry
from search.embedded.engine import EmbeddedEngine
from search.engine import Engine
from search.finder import Finder

log = logging.getLogger(__name__)

Context = Callable[[], AbstractContextManager[Any]]

_lock = threading.Lock()
_open: Callable[[], Engine] | None = None
_finder: Finder | None = None
_wake = threading.Event()
_EVERY_SECONDS = 1.0
_DOWN_SECONDS = 5.0
_LOOK_SECONDS = 15.0
_HELP = 50


def configure(open_engine: Callable[[], Engine]) -> None:
    """Say how the engine is opened; opens nothing. A finder in use before is closed."""
    global _open
    close()
    recent.discard()
    _open = open_engine


def finder() -> Finder:
    """The finder; raises RuntimeError when `configure` was not called, EngineDown when it cannot open."""
    global _finder
    with _lock:
        if _finder is None:
            if _open is None:
                raise RuntimeError("search is not configured")
            _finder = Finder(_open(), registry.sources())
        return _finder


def wake() -> None:
    """Let the feeding thread look now."""
    _wake.set()


def close() -> None:
    global _finder
    with _lock:
        if _finder is not None:
            _finder.engine.close()
            _finder = None


def drain_all() -> int:
    """Send everything that is due, batch by batch; how many documents. Needs an application context.

    The newest changes and the oldest in turn: nobody who saves waits for an import, and nothing starves.
    """
    desk = finder()
    total, newest = 0, True
    while (batch := drain.drain(desk.engine, desk.sources, newest=newest)).taken:
        total += batch.taken - batch.failed
        newest = not newest
        if batch.down or batch.failed == batch.taken:
            break
    return total


def ensure() -> bool:
    """Rebuild when the index is empty beside a filled database, or was made with other tokens or another
    mapping; whether the engine answered. The embedded engine at once, a server's by a job, so that of many
    processes one does it."""
    desk = finder()
    health = desk.engine.health()
    if health.up and (health.stale or not health.documents):
        if isinstance(desk.engine, EmbeddedEngine):
            count = rebuilding.rebuild(desk.engine, desk.sources)
            log.info("search_rebuilt", extra={"documents": count})
        else:
            with unit_of_work() as session:
                keeping.queue_rebuild(session, actor=SYSTEM, reason="index is missing or out of date")
    return health.up


class Feeder:
    """A thread that drains after every commit that marked something, and looks by itself besides."""

    def __init__(self, context: Context, feed: Callable[[], None], pause: float | None) -> None:
        self._context, self._feed, self._pause = context, feed, pause
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="search-drain", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.is_set():
            pause = self._pause
            try:
                with self._context():
                    self._feed()
            except Exception:
                log.exception("search_feed_failed")
                pause = _DOWN_SECONDS
            _wake.wait(timeout=pause)
            _wake.clear()

    def stop(self) -> None:
        """Finish the batch under way, then end."""
        self._stopped.set()
        _wake.set()
        self._thread.join(timeout=10)


def start_feeding(context: Context, *, keeps_index: bool = False, polls: bool = True) -> Feeder:
    """Feed the engine of this process; `context` makes an application context. One per process.

    With `keeps_index` it also looks now and then whether the index is there and of this version's form. A
    web process beside separate workers does not poll: it sends what it has just saved and leaves imports to
    them.
    """
    dirty.on_dirty(_wake.set)
    if polls:
        return Feeder(context, _polling(keeps_index), _EVERY_SECONDS)
    return Feeder(context, _helping, None)


def _polling(keeps_index: bool) -> Callable[[], None]:
    look_at = [0.0] if keeps_index else []

    def feed() -> None:
        if look_at and time.monotonic() >= look_at[0]:
            ensure()
            look_at[0] = time.monotonic() + _LOOK_SECONDS
        recent.flush()
        drain_all()

    return feed


def _helping() -> None:
    desk = finder()
    recent.flush()
    drain.drain(desk.engine, desk.sources, limit=_HELP)
