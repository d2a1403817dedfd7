"""Enterprises as the subjects of a trial: before a new version of a sheet holds, it is tried on them."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from crm.enterprises.models import Enterprise

Subject = tuple[int, str, str]
FOUND = 20
_COLUMNS: Final = (Enterprise.id, Enterprise.public_id, Enterprise.name)


def of(session: Session, which: ColumnElement[bool], after: int, limit: int) -> Sequence[Subject]:
    """Those with an id above `after`, in the order of ids: (id, public id, name)."""
    return _named(
        session,
        select(*_COLUMNS).where(Enterprise.id > after, which).order_by(Enterprise.id).limit(limit),
    )


def find(session: Session, text: str) -> Sequence[Subject]:
    """Enterprises by code or whole name."""
    called = (Enterprise.uscc == text.upper()) | (Enterprise.name == text)
    return _named(session, select(*_COLUMNS).where(called).limit(FOUND))


def _named(session: Session, statement: Any) -> list[Subject]:
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]
