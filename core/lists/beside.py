"""Conditions that a table beside the records answers, such as tags and parts of names.

The few that meet one are found there and put in order. Where very many do, the order's own index is followed instead
and each record asked, as far as REACH rows: names that begin alike lie together, and a walk to them may be long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from core.lists.conditions import Group
from core.lists.fields import Asking
from core.lists.query import AnySelect
from core.lists.spec import ListSpec, Sort

MANY = 2500
"""From so many on it may be shorter to follow the order."""

REACH = 20_000
NEAR = 40
"""So many rows for each one up to the end of the page are looked through first: where one in forty matches that is
enough, and to find where REACH ends costs a millisecond."""

_EVERYTHING: Any = select().where(true()).whereclause
"""What a list says that shows all its records to this person."""


@dataclass(frozen=True)
class Beside:
    """`ids(most)` selects the keys of the records that meet a condition, each once; with `most` it may leave out what
    goes beyond so many. `here()` says the same of the record at hand. `more` must hold of them, too; `usual` says that
    nearly every record meets it. Where the table beside keeps the column `order` itself,
    `in_order(down, offset, limit)` selects the keys of a page by it.

    Statements are built where they are asked for: a page needs one or two of the three."""

    column: Any
    ids: Callable[[int | None], AnySelect]
    here: Callable[[], ColumnElement[bool]]
    more: ColumnElement[bool] | None = None
    usual: bool = False
    order: Any = None
    in_order: Callable[[bool, int, int], AnySelect] | None = None

    def clause(self, asking: Asking) -> ColumnElement[bool]:
        found: ColumnElement[bool] = self.here() if asking.along else self.column.in_(self.ids(None))
        return found if self.more is None else found & self.more


def alone(spec: ListSpec, groups: Sequence[Group], asking: Asking, most: int) -> AnySelect | None:
    """The keys of what a list shows, `most` or more of them, where one such condition is all that is asked; None
    elsewhere.

    They are read in the order of their own index, so that a bounded count ends early.
    """
    only = _only(spec, groups, asking)
    if only is None:
        return None
    if only.more is None:
        return only.ids(most)
    if not only.usual:
        return None
    ids = only.ids(None).subquery()
    return select(spec.id_column).join(ids, ids.c[0] == spec.id_column).where(only.more)


def _only(spec: ListSpec, groups: Sequence[Group], asking: Asking) -> Beside | None:
    """Such a condition where it is all that is asked, of a list that shows all its records to this person."""
    one = spec.always is None and [len(group) for group in groups] == [1]
    found = _beside(spec, groups, asking) if one else []
    return found[0] if found and _EVERYTHING.compare(spec.base(asking.actor).whereclause) else None


def _beside(spec: ListSpec, groups: Sequence[Group], asking: Asking) -> list[Beside]:
    asked = [(spec.field(condition.field), condition) for group in groups for condition in group]
    found = [field.meant(condition, asking) for field, condition in asked if field is not None]
    return [each for each in found if isinstance(each, Beside)]


def along(
    session: Session,
    spec: ListSpec,
    groups: Sequence[Group],
    statement: Callable[[], AnySelect],
    asking: Asking,
    sort: Sort,
    order: Sequence[Any],
    down: bool,
    offset: int,
    limit: int,
) -> list[int]:
    """The keys of a page as far as the first rows of the order hold them, at most REACH.

    `statement` asks each record; `order` is that of the rows with a value.
    """
    if not _beside(spec, groups, asking):
        return []
    only = _only(spec, groups, asking)
    if only is not None and only.in_order is not None and only.order is sort.column:
        return list(session.scalars(only.in_order(down, offset, limit)))
    rows = spec.base(asking.actor).with_only_columns(sort.column).where(sort.column.is_not(None))
    asked = statement().with_only_columns(spec.id_column).order_by(*order).offset(offset).limit(limit)
    found: list[int] = []
    for reach in dict.fromkeys((min(REACH, NEAR * (offset + limit)), REACH)):
        end = session.scalar(rows.order_by(*order).offset(reach).limit(1))
        if end is None:
            break
        found = list(session.scalars(asked.where(sort.column >= end if down else sort.column <= end)))
        if len(found) == limit:
            break
    return found
