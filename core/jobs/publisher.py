"""The thread that hands due jobs to the broker, so that no request ever waits for it."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

_wake = threading.Event()
_stop = threading.Event()
_started: threading.Thread | None = None


def nudge() -> None:
    """A commit has left work; the publisher looks soon. Costs nothing where none runs."""
    _wake.set()


def start(publish_due: Callable[[], int]) -> threading.Thread:
    """Run `publish_due` in a daemon thread at every nudge. One thread per process."""
    global _started
    if _started is None or not _started.is_alive():
        _stop.clear()
        _started = threading.Thread(target=_loop, args=(publish_due,), name="publisher", daemon=True)
        _started.start()
    return _started


def stop() -> None:
    """End the thread after what it is doing."""
    _stop.set()
    _wake.set()
    if _started is not None:
        _started.join(timeout=10)


def _loop(publish_due: Callable[[], int]) -> None:
    while True:
        _wake.wait(timeout=30)
        _wake.clear()
        if _stop.is_set():
            return
        try:
            while publish_due():
                pass
        except Exception:
            log.exception("publish_failed")
