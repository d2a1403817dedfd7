"""Reference data kept in this process: the choices of filters are read once, not on every page.

What is kept holds until the next unit of work of this process commits, and for a few seconds at most, since other
processes write, too. Inside a unit of work nothing is taken from here.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from core.db import generation

SECONDS = 5.0

T = TypeVar("T")
_kept: WeakKeyDictionary[Any, dict[Any, tuple[int, float, Any]]] = WeakKeyDictionary()


def kept(session: Session, key: object, read: Callable[[Session], T]) -> T:
    """What `read(session)` gave lately; nobody may change it. `key` names it, e.g. the reading function itself."""
    if session.info.get("unit_open"):
        return read(session)
    shelf = _kept.setdefault(session.get_bind(), {})
    now, stand = time.monotonic(), generation()
    found = shelf.get(key)
    if found is not None and found[0] == stand and now < found[1]:
        value: T = found[2]
        return value
    value = read(session)
    shelf[key] = (stand, now + SECONDS, value)
    return value


def forget() -> None:
    """For those who exchange the database below a running process."""
    _kept.clear()
