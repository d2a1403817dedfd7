"""The dirty set: one version row per search document, bumped in the business transaction.

A set, not an event log: it stays bounded while the engine is down and needs no order (SEARCH 2.3).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Index, String, Text, bindparam, case, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import UpdateBase

from core import clock
from core.bulk import write_rows
from core.db import Base, after_commit, before_commit, db
from core.types import BIG, UtcDateTime

_BATCH = 5000
PARKED_AFTER = 8
"""So many refusals of one document, and it is parked."""


class SearchDoc(Base):
    """What the index should hold (`version`) and what it is known to hold (`indexed`).

    `touched_at` is since when it waits (or last waited). `face` is a digest of what documents of other
    records show of this one; when it changes they are marked, too. A document that its builder or the
    engine refuses again and again is parked: it waits for the administrator or for the next change.
    """

    __tablename__ = "search_doc"
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BIG, default=1)
    indexed: Mapped[int] = mapped_column(BIG, default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    touched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    face: Mapped[int | None] = mapped_column(BIG)

    __table_args__ = (
        Index(
            "ix_search_doc_dirty",
            "touched_at",
            postgresql_where=text("version > indexed"),
            sqlite_where=text("version > indexed"),
        ),
    )


_listeners: list[Callable[[], None]] = []


def on_dirty(listener: Callable[[], None]) -> None:
    """Run `listener` after every commit that marked documents (the drain's nudge)."""
    if listener not in _listeners:
        _listeners.append(listener)


def touch(kind: str, ids: Iterable[int]) -> None:
    """Mark search documents as changed. Call it inside a unit of work once the ids are known.

    Bulk statements too. A document whose record is gone is deleted from the index by the drain.
    """
    session = db.session()
    if not session.info.get("unit_open"):
        raise RuntimeError("dirty.touch() needs a unit of work")
    marks: set[tuple[str, int]] = session.info.setdefault("dirty", set())
    marks.update((kind, int(number)) for number in ids)


Followers = Callable[[Session, Sequence[int]], Iterable[tuple[str, int]]]
_followers: dict[str, list[Followers]] = {}


def follows(kind: str) -> Callable[[Followers], Followers]:
    """Register `found(session, ids)`: the documents of other kinds that say or hide what records of `kind` do.

    They are marked with them, so that a change of owner or label reaches a project's cards, too.
    """

    def register(found: Followers) -> Followers:
        _followers.setdefault(kind, []).append(found)
        return found

    return register


def _with_followers(session: Session, marks: set[tuple[str, int]]) -> set[tuple[str, int]]:
    added: set[tuple[str, int]] = set()
    for kind, finders in _followers.items():
        ids = sorted(number for marked, number in marks if marked == kind)
        for start in range(0, len(ids), _BATCH):
            for found in finders:
                added.update(found(session, ids[start : start + _BATCH]))
    return marks | added


def _write_marks(session: Session) -> None:
    marks: set[tuple[str, int]] = session.info.pop("dirty", set())
    if not marks:
        return
    marks = _with_followers(session, marks)
    now = clock.now()
    rows = [{"kind": kind, "id": number, "now": now} for kind, number in sorted(marks)]
    statement = _mark_statement(session.get_bind().dialect.name)
    for start in range(0, len(rows), _BATCH):
        write_rows(session.connection(), statement, rows[start : start + _BATCH])
    for listener in _listeners:
        after_commit(session, listener)


@cache
def _mark_statement(dialect_name: str) -> UpdateBase:
    dialect = sqlite if dialect_name == "sqlite" else postgresql
    now = bindparam("now", type_=SearchDoc.touched_at.type)
    waits = (SearchDoc.version > SearchDoc.indexed) & SearchDoc.touched_at.is_not(None)
    statement: UpdateBase = (
        dialect.insert(SearchDoc)
        .values(kind=bindparam("kind"), id=bindparam("id"), version=1, indexed=0, attempts=0, touched_at=now)
        .on_conflict_do_update(
            index_elements=["kind", "id"],
            set_={
                "version": SearchDoc.version + 1,
                "attempts": 0,
                "next_try": None,
                "error": None,
                "touched_at": case((waits, SearchDoc.touched_at), else_=now),
            },
        )
    )
    return statement


def lag_seconds(session: Session) -> float:
    """How long the oldest change has been waiting for the index; parked documents are no part of it."""
    statement = select(func.min(SearchDoc.touched_at)).where(
        SearchDoc.version > SearchDoc.indexed, SearchDoc.attempts < PARKED_AFTER
    )
    oldest = session.scalar(statement)
    return 0.0 if oldest is None else max(0.0, (clock.now() - oldest).total_seconds())


before_commit(50, _write_marks)
