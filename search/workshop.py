"""Making what an engine stores is the slower half of a rebuild: done in processes beside the one that reads
and writes. A machine that cannot start them makes everything here; the result is the same."""

import logging
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any

log = logging.getLogger(__name__)

WORTH_IT = 20_000
"""Below so many documents the start of a process costs more than it brings."""

_AHEAD = 2


class Workshop:
    """`make` is a module's own function of picklable things; results come in the order of the batches."""

    def __init__(self, make: Callable[[Any], Any], documents: int) -> None:
        self._make = make
        self._workers = max(1, (os.cpu_count() or 1) - 1) if documents >= WORTH_IT else 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> "Workshop":
        if self._workers:
            # Not forked: the process that rebuilds has threads, and a lock held by one would stay held.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, mp_context=context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def each(self, batches: Iterable[Any]) -> Iterator[Any]:
        """What `make` makes of each batch, a few batches ahead of whoever takes them."""
        waiting: deque[tuple[Any, Future[Any] | None]] = deque()
        for batch in batches:
            waiting.append((batch, self._submit(batch)))
            if len(waiting) > _AHEAD * max(1, self._workers):
                yield self._result(*waiting.popleft())
        while waiting:
            yield self._result(*waiting.popleft())

    def _submit(self, batch: Any) -> Future[Any] | None:
        if self._pool is None:
            return None
        try:
            return self._pool.submit(self._make, batch)
        except (BrokenProcessPool, OSError, AssertionError):  # a daemon may have no children
            self._give_up()
            return None

    def _result(self, batch: Any, future: Future[Any] | None) -> Any:
        if future is not None:
            try:
                return future.result()
            except BrokenProcessPool:
                self._give_up()
        return self._make(batch)

    def _give_up(self) -> None:
        log.warning("search_workshop_without_processes")
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
