"""The key of a row in a sorted list, as it stands in an address: the sort's value and how the record is named."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

_PID = re.compile(r"[0-9A-Z]{26}\Z")
_WHOLE = re.compile(r"[0-9]{1,18}\Z")
_LONGEST = 400
LARGEST = Decimal(9) * 10**11
"""Beyond it a scaled number would not fit its column."""


@dataclass(frozen=True)
class Key:
    """`value` is None for a row whose sorted column is empty."""

    value: Any
    pid: str | int


def write(value: Any, pid: str | int) -> str:
    """`value~pid`; instants in UTC."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{'' if value is None else '=' + str(value)}~{pid}"


def read(text: str, kind: str, *, numbered: bool = False) -> Key | None:
    """The key in an address; None when there is none or it cannot be understood.

    `numbered` lists name their rows by number instead of by public id.
    """
    value, tilde, pid = text[:_LONGEST].rpartition("~")
    if not tilde or not (_WHOLE if numbered else _PID).match(pid):
        return None
    named = int(pid) if numbered else pid
    if not value.startswith("="):
        return Key(None, named)
    try:
        return Key(_READERS[kind](value[1:]), named)
    except (ValueError, ArithmeticError):
        return None


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant without its zone")
    return found


def _number(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite() or abs(found) > LARGEST:
        raise ValueError("no number of a column")
    return found


def _whole(text: str) -> int:
    return int(_number(text))


_READERS: dict[str, Any] = {
    "text": str,
    "number": _number,
    "whole": _whole,
    "serial": _whole,
    "day": date.fromisoformat,
    "instant": _instant,
}
