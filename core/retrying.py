"""Do a whole unit again when the database could not take it this time and nothing of it was kept.

Only errors after which a second attempt means the same: two writers that met in opposite order, a
serialization failure, a SQLite file locked by another process; and, where the caller says that doing it twice
does no harm, a database that went away. What has committed something is never done again.
"""

import contextlib
import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from core.db import alone, commits

log = logging.getLogger(__name__)

T = TypeVar("T")

TRIES = 4
PATIENCE_SECONDS = 8.0
"""No further attempt begins later than this: somebody waits for an answer."""

_COLLIDED = ("40001", "40P01")
_AWAY = ("57P01", "57P02", "57P03", "08000", "08001", "08003", "08006")
_SQLITE_BUSY = (5, 6)


def collided(error: BaseException) -> bool:
    """Deadlock, serialization failure, or a locked SQLite file: the whole unit was rolled back."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return (code & 0xFF) in _SQLITE_BUSY
    return getattr(cause, "sqlstate", None) in _COLLIDED


def away(error: BaseException) -> bool:
    """The server ended, or is not there yet. A commit under way may or may not have been kept."""
    if not isinstance(error, DBAPIError) or hasattr(error.orig, "sqlite_errorcode"):
        return False
    code = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or code in _AWAY or (code is None and _cannot_connect(error))


def _cannot_connect(error: DBAPIError) -> bool:
    """psycopg gives no state when no server answers; there is no statement then either."""
    return error.statement is None and type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")


def retrying(
    act: Callable[[], T], *, repeatable: bool = False, again: Callable[[], None] = lambda: None
) -> T:
    """Call `act`, at most four times. `repeatable`: also when the database went away and came back.

    After a collision it writes alone, or the same two would meet again and again: PostgreSQL takes a second
    to notice each deadlock.

    `again` is called before another attempt, to put back what the first one used up.
    """
    began, kept = time.monotonic(), commits()
    for attempt in range(1, TRIES + 1):
        try:
            with alone() if attempt > 1 else contextlib.nullcontext():
                return act()
        except DBAPIError as error:
            met, gone = collided(error), repeatable and away(error)
            late = time.monotonic() - began > PATIENCE_SECONDS
            if not (met or gone) or attempt == TRIES or late or commits() != kept:
                raise
            log.info("unit_tried_again", extra={"attempt": attempt, "away": gone})
        time.sleep(random.uniform(0.2, 1.0) if gone else random.uniform(0.01, 0.06) * 2**attempt)  # noqa: S311 - no secret
        again()
    raise AssertionError("unreachable")
