"""What a person searched for lately. Noted in memory and written by the feeding thread, so that no page of
results waits for a write; the person alone sees it, and can clear it."""

import re
import threading
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.permissions import Actor
from search.models import RecentSearch
from search.query import LONGEST, analyse

KEPT = 10
_MOST = 1000

_lock = threading.Lock()
_noted: dict[tuple[int, str], None] = {}


def note(typed: str, *, actor: Actor) -> None:
    """Remember a search that was carried out."""
    if not analyse(typed) or _is_number(typed):
        return
    with _lock:
        key = (actor.account_id, typed[:LONGEST])
        _noted.pop(key, None)
        if len(_noted) < _MOST:
            _noted[key] = None


def _is_number(typed: str) -> bool:
    """A telephone number is a person's: it is not kept in clear because somebody looked for it."""
    digits = re.sub(r"[\s()+-]", "", typed)
    return len(digits) >= 11 and digits.isdecimal()


def discard() -> None:
    """Forget what was noted and not yet written."""
    with _lock:
        _noted.clear()


def flush() -> None:
    """Write what was noted. Needs an application context."""
    with _lock:
        taken = list(_noted)
        _noted.clear()
    if not taken:
        return
    now = clock.now()
    with unit_of_work() as session:
        for place, (account_id, typed) in enumerate(taken):
            at = now + timedelta(microseconds=place)
            session.merge(RecentSearch(account_id=account_id, typed=typed, at=at))
        session.flush()
        for account_id in {account_id for account_id, _typed in taken}:
            _forget_old(session, account_id)


def _forget_old(session: Session, account_id: int) -> None:
    kept = (
        select(RecentSearch.typed)
        .where(RecentSearch.account_id == account_id)
        .order_by(RecentSearch.at.desc(), RecentSearch.typed)
        .limit(KEPT)
    )
    session.execute(
        delete(RecentSearch)
        .where(RecentSearch.account_id == account_id, RecentSearch.typed.not_in(session.scalars(kept).all()))
        .execution_options(synchronize_session=False)
    )


def latest(session: Session, *, actor: Actor) -> list[str]:
    """The latest first, those not yet written included."""
    with _lock:
        fresh = [typed for account_id, typed in reversed(_noted) if account_id == actor.account_id]
    statement = (
        select(RecentSearch.typed)
        .where(RecentSearch.account_id == actor.account_id)
        .order_by(RecentSearch.at.desc(), RecentSearch.typed)
        .limit(KEPT)
    )
    return list(dict.fromkeys([*fresh, *session.scalars(statement)]))[:KEPT]


def clear(*, actor: Actor) -> None:
    """Forget all of one's own; inside a unit of work."""
    with _lock:
        for key in [key for key in _noted if key[0] == actor.account_id]:
            del _noted[key]
    db.session().execute(
        delete(RecentSearch)
        .where(RecentSearch.account_id == actor.account_id)
        .execution_options(synchronize_session=False)
    )
