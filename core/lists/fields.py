"""Fields that a list can be filtered by: each knows its operators, its values, their words and its WHERE."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, not_, or_
from sqlalchemy.orm import Session

from core import clock
from core.i18n import _
from core.i18n import lazy as _l
from core.lists import ranges
from core.lists.conditions import BARE_OPS, Condition, Group
from core.lists.keys import LARGEST
from core.permissions import Actor

OP_LABELS = {
    "in": _l("是"), "not": _l("不是"), "has": _l("包含"), "is": _l("等于"), "ge": _l("不少于"),
    "le": _l("不多于"), "between": _l("介于"), "last": _l("最近几天内"), "next": _l("今后几天内"),
    "empty": _l("没有填"), "filled": _l("已填"),
}  # fmt: skip
DAY_LABELS = {"ge": _l("不早于"), "le": _l("不晚于")}
MOST_DAYS = 3660


@dataclass(frozen=True)
class Asking:
    """Who asks, for options and clauses that depend on it.

    `along` the order of the list each record is asked; elsewhere those that meet a condition are looked up first.
    """

    session: Session
    actor: Actor
    along: bool = False


class Clausal(Protocol):
    """What becomes a WHERE once it is known whether the order is followed; see `beside.Beside`."""

    def clause(self, asking: Asking) -> ColumnElement[bool]: ...


Meant = ColumnElement[bool] | Clausal


def _plain(meant: Meant, asking: Asking) -> ColumnElement[bool]:
    return meant if isinstance(meant, ColumnElement) else meant.clause(asking)


Option = tuple[str, Any]
Options = Sequence[Option] | Callable[[Asking], Sequence[Option]]


@dataclass(frozen=True)
class Field:
    """A field by name. `quick` stands above the list as a filter of its own; the others under "add"."""

    name: str
    label: Any
    ops: tuple[str, ...] = ("in",)
    quick: bool = False
    unit: Any = ""
    kind: str = "choice"
    blank: Any = _l("不限")
    """What it means that nothing is chosen."""
    guarded: bool = False
    """Left out for whom the list's guard hides it: what a condition finds would tell the value."""

    def settled(self, condition: Condition, choices: Sequence[Option]) -> Condition | None:
        """The condition with a known operator and valid values only; None when nothing is left of it."""
        op = condition.op or self.ops[0]
        if op not in self.ops:
            return None
        if op in BARE_OPS:
            return Condition(self.name, op)
        values = self.valid(op, condition.values, choices)
        return Condition(self.name, op, values) if values else None

    def valid(self, op: str, values: tuple[str, ...], choices: Sequence[Option]) -> tuple[str, ...]:
        return values

    def choices(self, asking: Asking) -> Sequence[Option]:
        return ()

    def op_label(self, op: str) -> Any:
        return OP_LABELS[op]

    def words(self, condition: Condition, choices: Sequence[Option]) -> str:
        """What a person reads behind the label: “甲区、乙区”, “不少于 1000 万元”, “没有填”."""
        if condition.op in BARE_OPS:
            return str(self.op_label(condition.op))
        shown = self.shown(condition, choices)
        plain = condition.op == self.ops[0] and condition.op in ("in", "is", "has")
        return shown if plain else f"{self.op_label(condition.op)} {shown}"

    def shown(self, condition: Condition, choices: Sequence[Option]) -> str:
        return "、".join(condition.values)

    def clause(self, condition: Condition, asking: Asking) -> ColumnElement[bool]:
        raise NotImplementedError

    def meant(self, condition: Condition, asking: Asking) -> Meant | None:
        """What the field's own `where` makes of a condition, if it has one."""
        return None


@dataclass(frozen=True)
class Choice(Field):
    """One of known values. `column` holds the value itself, or `where(values, asking)` says what it means.

    `convert` turns the text of the address into the column's own value.
    """

    options: Options = ()
    column: Any = None
    where: Callable[[tuple[str, ...], Asking], Meant] | None = None
    convert: Callable[[str], Any] = str
    ops: tuple[str, ...] = ("in", "not")

    def choices(self, asking: Asking) -> Sequence[Option]:
        return self.options(asking) if callable(self.options) else self.options

    def valid(self, op: str, values: tuple[str, ...], choices: Sequence[Option]) -> tuple[str, ...]:
        known = {str(value) for value, _label in choices}
        return tuple(value for value in values if value in known)

    def shown(self, condition: Condition, choices: Sequence[Option]) -> str:
        labels = {str(value): str(label) for value, label in choices}
        return "、".join(labels.get(value, value) for value in condition.values)

    def clause(self, condition: Condition, asking: Asking) -> ColumnElement[bool]:
        if condition.op in BARE_OPS:
            return ranges.presence(self.column, condition.op)
        if (meant := self.meant(condition, asking)) is not None:
            found = _plain(meant, asking)
            return not_(found) if condition.op == "not" else found
        found = self.column.in_([self.convert(value) for value in condition.values])
        # What is not filled in is not the value either; SQL alone would say "unknown" and leave it out.
        return or_(not_(found), self.column.is_(None)) if condition.op == "not" else found

    def meant(self, condition: Condition, asking: Asking) -> Meant | None:
        if self.where is None or condition.op in BARE_OPS:
            return None
        return self.where(condition.values, asking)


@dataclass(frozen=True)
class YesNo(Field):
    """A statement that holds or does not. `where` is the clause for yes, `no` for no (default: its negation)."""

    where: Callable[[Asking], ColumnElement[bool]] | None = None
    no: Callable[[Asking], ColumnElement[bool]] | None = None
    kind: str = "yesno"
    labels: tuple[Any, Any] = (_l("是"), _l("否"))

    def choices(self, asking: Asking) -> Sequence[Option]:
        return [("yes", self.labels[0]), ("no", self.labels[1])]

    def valid(self, op: str, values: tuple[str, ...], choices: Sequence[Option]) -> tuple[str, ...]:
        return tuple(value for value in values if value in ("yes", "no"))[:1]

    def shown(self, condition: Condition, choices: Sequence[Option]) -> str:
        return str(self.labels[0 if condition.values[0] == "yes" else 1])

    def clause(self, condition: Condition, asking: Asking) -> ColumnElement[bool]:
        assert self.where is not None
        if condition.values[0] == "yes":
            return self.where(asking)
        return self.no(asking) if self.no else not_(self.where(asking))


@dataclass(frozen=True)
class Words(Field):
    """Typed text. `where(words, asking)` finds it; without it, `columns` are looked through."""

    columns: tuple[Any, ...] = ()
    where: Callable[[str, Asking], Meant] | None = None
    kind: str = "text"
    ops: tuple[str, ...] = ("has",)

    def shown(self, condition: Condition, choices: Sequence[Option]) -> str:
        return f"“{condition.values[0]}”"

    def valid(self, op: str, values: tuple[str, ...], choices: Sequence[Option]) -> tuple[str, ...]:
        return values[:1]

    def clause(self, condition: Condition, asking: Asking) -> ColumnElement[bool]:
        if condition.op in BARE_OPS:
            return ranges.presence(self.columns[0], condition.op, empty_text=True)
        if (meant := self.meant(condition, asking)) is not None:
            return _plain(meant, asking)
        words = condition.values[0]
        return or_(*[column.contains(words, autoescape=True) for column in self.columns])

    def meant(self, condition: Condition, asking: Asking) -> Meant | None:
        if self.where is None or condition.op in BARE_OPS:
            return None
        return self.where(condition.values[0], asking)


@dataclass(frozen=True)
class Number(Field):
    """A number range. `scale` takes what is typed (in `unit`) to the column's own unit: 亿元 → 万元 is 10000.

    `whole` says that the column holds whole numbers, such as the number of a record.
    """

    column: Any = None
    whole: bool = False
    scale: Decimal = Decimal(1)
    kind: str = "number"
    ops: tuple[str, ...] = ("ge", "le", "between", "empty", "filled")

    def valid(self, op: str, values: tuple[str, ...], choices: Sequence[Option]) -> tuple[str, ...]:
        return ranges.range_of(op, values, lambda text: self._fits(text))

    def _fits(self, text: str) -> bool:
        found = ranges.number(text)
        sound = found is not None and abs(found * self.scale) < LARGEST
        return sound and (not self.whole or text.strip().isdecimal())

    def shown(self, condition: Condition, choices: Sequence[Option]) -> str:
        text = "–".join(value or "…" for value in condition.values)
        return f"{text} {self.unit}".strip()

    def clause(self, condition: Condition, asking: Asking) -> ColumnElement[bool]:
        if condition.op in BARE_OPS:
            return ranges.presence(self.column, condition.op)
        low, high = ranges.ends(condition)
        return ranges.within(self.column, self._of_column(low), self._of_column(high))

    def _of_column(self, text: str) -> Decimal | int | None:
        if not text:
            return None
        return int(text) if self.whole else (ranges.number(text) or Decimal(0)) * self.scale


@dataclass(frozen=True)
class Day(Field):
    """A range of days; `last` and `next` count from today. `instant` says that the column holds instants."""

    column: Any = None
    instant: bool = False
    kind: str = "day"
    ops: tuple[str, ...] = ("ge", "le", "between", "last", "next", "empty", "filled")

    def op_label(self, op: str) -> Any:
        return DAY_LABELS.get(op, OP_LABELS[op])

    def valid(self, op: str, values: tuple[str, ...], choices: Sequence[Option]) -> tuple[str, ...]:
        if op in ("last", "next"):
            fits = values and values[0].isascii() and values[0].isdigit() and int(values[0][:9]) <= MOST_DAYS
            return values[:1] if fits else ()
        return ranges.range_of(op, values, lambda text: ranges.day(text) is not None)

    def shown(self, condition: Condition, choices: Sequence[Option]) -> str:
        if condition.op in ("last", "next"):
            return str(_("%(days)s 天", days=condition.values[0]))
        return "–".join(value or "…" for value in condition.values)

    def words(self, condition: Condition, choices: Sequence[Option]) -> str:
        if condition.op == "last":
            return str(_("最近 %(days)s 天内", days=condition.values[0]))
        if condition.op == "next":
            return str(_("今后 %(days)s 天内", days=condition.values[0]))
        return super().words(condition, choices)

    def clause(self, condition: Condition, asking: Asking) -> ColumnElement[bool]:
        if condition.op in BARE_OPS:
            return ranges.presence(self.column, condition.op)
        low, high = self._days(condition)
        if not self.instant:
            return ranges.within(self.column, low, high)
        start = ranges.midnight(low) if low else None
        end = ranges.midnight(high + timedelta(days=1)) if high else None
        return and_(*ranges.sides(self.column, start, end, before_end=True))

    def until(self, groups: Sequence[Group]) -> datetime | None:
        """The moment before which every condition of its own wants the instant to lie; None where none says so.

        Conditions joined to others by OR say nothing alone.
        """
        mine = [group[0] for group in groups if len(group) == 1 and group[0].field == self.name]
        days = [self._days(each)[1] for each in mine if each.op not in BARE_OPS]
        return min(
            (ranges.midnight(day + timedelta(days=1)) for day in days if day is not None), default=None
        )

    def _days(self, condition: Condition) -> tuple[date | None, date | None]:
        today = clock.today()
        if condition.op in ("last", "next"):
            span = timedelta(days=int(condition.values[0]))
            return (today - span, today) if condition.op == "last" else (today, today + span)
        low, high = ranges.ends(condition)
        return ranges.day(low), ranges.day(high)
