"""A list under headings: the order of its groups, and what stands above each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.lists.fields import Asking
from core.lists.query import COUNT_CAP, AnySelect
from core.lists.spec import GroupBy, ListSpec, Sort


@dataclass(frozen=True)
class Heading:
    """A group of rows on the page: its value, its name and how many there are of it in the whole list."""

    value: Any
    label: Any
    count: int
    capped: bool


def ids_of(
    session: Session,
    spec: ListSpec,
    statement: AnySelect,
    column: Any,
    sort: Sort,
    down: bool,
    offset: int,
    limit: int,
) -> list[int]:
    empties = sort.column.is_not(None) if sort.empty_first(down) else sort.column.is_(None)
    order = [column.is_(None), column, empties, sort.column.desc() if down else sort.column]
    chosen = statement.with_only_columns(spec.id_column).order_by(*order, spec.id_column)
    return list(session.scalars(chosen.limit(limit).offset(offset)))


def headings(
    session: Session, by: GroupBy, base: AnySelect, asking: Asking, key: Any, ids: Sequence[int]
) -> dict[int, Heading]:
    """The heading above the first row of each group on the page, with its count in the whole list: two statements.

    `base` selects the records of the list by `key`, in no order.
    """
    valued = base.with_only_columns(key, by.column).where(key.in_(ids))
    values = {row[0]: row[1] for row in session.execute(valued)}
    firsts: dict[Any, int] = {}
    for number in ids:
        firsts.setdefault(values.get(number), number)
    counts = []
    for value in firsts:
        of_it = by.column.is_(None) if value is None else by.column == value
        inner = base.with_only_columns(key).where(of_it).limit(COUNT_CAP + 1).subquery()
        counts.append(select(func.count()).select_from(inner).scalar_subquery())
    row = session.execute(select(*counts)).one() if counts else ()
    named = by.names(asking, [value for value in firsts if value is not None]) if by.names else by.labels
    return {
        number: Heading(value, named.get(value, value), min(count, COUNT_CAP), count > COUNT_CAP)
        for (value, number), count in zip(firsts.items(), row, strict=True)
    }
