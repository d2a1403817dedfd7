"""Stops asking an engine that does not answer: three failures, ten seconds of rest."""

import threading
import time

FAILURES = 3
REST_SECONDS = 10.0


class Breaker:
    """Shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    @property
    def open(self) -> bool:
        """Whether the engine is being left alone."""
        return time.monotonic() < self._until

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._until = time.monotonic() + REST_SECONDS
                self._failures = 0

    def answered(self) -> None:
        self._failures = 0
