"""Rows kept as JSON until a merge is undone: days, instants and exact numbers come back as they were."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Row, Table, select
from sqlalchemy.orm import Session

_DAY, _INSTANT, _EXACT = "day", "instant", "exact"
_READ: Mapping[str, Callable[[str], Any]] = {
    _DAY: date.fromisoformat,
    _INSTANT: datetime.fromisoformat,
    _EXACT: Decimal,
}


def keep(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, datetime):
        return {_INSTANT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, Decimal):
        return {_EXACT: str(value)}
    return value


def give(value: Any) -> Any:
    """A kept value as it was."""
    if isinstance(value, dict) and len(value) == 1:
        ((kind, text),) = value.items()
        if kind in _READ:
            return _READ[kind](text)
    return value


def keep_all(row: Row[Any]) -> dict[str, Any]:
    return {name: keep(value) for name, value in row._asdict().items()}


def give_all(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: give(value) for name, value in row.items()}


def rests(session: Session, table: Table, row: dict[str, Any]) -> bool:
    """Whether what a kept row points at is still there; a pointer that may be empty is emptied where it is not."""
    for key in table.foreign_keys:
        name = key.parent.name
        if row.get(name) is None or _stands(session, key, row[name]):
            continue
        if not key.parent.nullable or key.parent.primary_key:
            return False
        row[name] = None
    return True


def _stands(session: Session, key: ForeignKey, value: Any) -> bool:
    return session.scalar(select(key.column).where(key.column == value)) is not None
