"""Rows kept as JSON until a merge is undone: days, instants and exact numbers come back as they were."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

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
