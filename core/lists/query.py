"""What a list asks for and what it gets: filters, sort and page; counts that stay bounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.lists.conditions import Group

COUNT_CAP = 10_000
"""Numbered pages reach this far; a count says "10,000+" beyond it and never scans further."""

SIZES = (20, 50, 100)

T = TypeVar("T")

AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class ListQuery:
    """The state of a list: filter name → chosen values, sort key ("-name" descends), page from 1.

    `conditions` are groups joined by AND, the conditions of a group by OR; `after` and `before` are keys of rows
    for pages beyond the numbered ones; `columns` and `group` name what is shown and under which headings.
    """

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = 50
    conditions: tuple[Group, ...] = ()
    columns: tuple[str, ...] = ()
    group: str = ""
    after: str = ""
    before: str = ""

    def one(self, name: str) -> str:
        """The first value of a filter, or an empty string."""
        values = self.filters.get(name, ())
        return values[0] if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        return self.filters.get(name, ())

    def mentions(self, *names: str) -> bool:
        """Whether any condition is about one of these fields."""
        asked = {condition.field for group in self.conditions for condition in group} | set(self.filters)
        return not asked.isdisjoint(names)

    def turned(self, page: int) -> "ListQuery":
        return replace(self, page=page)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of rows. `total` is exact up to the cap; `capped` says that there are more."""

    rows: Sequence[T]
    total: int
    capped: bool
    page: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * self.size + len(self.rows)

    @property
    def has_next(self) -> bool:
        return self.page < self.pages


def bounded_count(session: Session, statement: AnySelect, cap: int = COUNT_CAP) -> tuple[int, bool]:
    """Rows of `statement`, counted no further than `cap`: (count, whether there are more)."""
    inner = statement.order_by(None).limit(cap + 1).subquery()
    total = session.scalar(select(func.count()).select_from(inner)) or 0
    return min(total, cap), total > cap
