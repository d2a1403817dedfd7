"""Ranges as people type them, and the WHERE that they mean."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from core import clock
from core.fields import days, numbers
from core.fields.errors import FieldError
from core.lists.conditions import Condition


def presence(column: Any, op: str, *, empty_text: bool = False) -> ColumnElement[bool]:
    """Whether a column is empty or filled; `empty_text` counts an empty text as empty."""
    if column is None:
        return false()
    found: ColumnElement[bool] = column.is_(None) if op == "empty" else column.is_not(None)
    if not empty_text:
        return found
    return or_(found, column == "") if op == "empty" else and_(found, column != "")


def range_of(op: str, values: tuple[str, ...], fits: Callable[[str], bool]) -> tuple[str, ...]:
    """What of the typed values is a range; nothing when they are none."""
    if op == "between":
        kept = tuple(value if value and fits(value) else "" for value in (*values, "")[:2])
        return kept if any(kept) else ()
    return values[:1] if values and fits(values[0]) else ()


def ends(condition: Condition) -> tuple[str, str]:
    """The lower and the upper end as they were typed; empty for an open one."""
    if condition.op == "between":
        return condition.values[0], condition.values[1]
    value = condition.values[0]
    if condition.op == "is":
        return value, value
    return (value, "") if condition.op == "ge" else ("", value)


def within(column: Any, low: Any, high: Any) -> ColumnElement[bool]:
    return and_(*sides(column, low, high))


def sides(column: Any, low: Any, high: Any, *, before_end: bool = False) -> list[ColumnElement[bool]]:
    found = [] if low is None else [column >= low]
    if high is not None:
        found.append(column < high if before_end else column <= high)
    return found


def midnight(on: date) -> datetime:
    """The first moment of a day of the city."""
    return datetime.combine(on, time.min, clock.SHANGHAI)


def number(text: str) -> Decimal | None:
    try:
        return numbers.decimal(text, minimum=None)
    except FieldError:
        return None


def day(text: str) -> date | None:
    try:
        found = days.day(text) if text else None
    except FieldError:
        return None
    return found.date() if isinstance(found, datetime) else found
