"""Stops asking an engine that does not answer: three failures, ten seconds of rest, then one asks again."""

import threading
import time

FAILURES = 3
REST_SECONDS = 10.0
_PROBE_SECONDS = 5.0


class Breaker:
    """Shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    @property
    def open(self) -> bool:
        """Whether the engine is being left alone. After the rest one caller may try while the others wait:
        an engine that hangs must not hold up every thread once more."""
        if self._failures < FAILURES:
            return False
        with self._lock:
            now = time.monotonic()
            if self._failures < FAILURES or now >= self._until:
                self._until = now + _PROBE_SECONDS
                return False
            return True

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._until = time.monotonic() + REST_SECONDS

    def answered(self) -> None:
        self._failures = 0
