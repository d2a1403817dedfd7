"""A list as a board: states side by side, each with its bounded count, its sum and its most pressing cards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.lists import reading
from core.lists.fields import Asking
from core.lists.query import COUNT_CAP, ListQuery
from core.lists.spec import ListSpec
from core.permissions import Actor

CARDS = 5


@dataclass(frozen=True)
class Board:
    """Which states stand side by side (code, label), by which column, and what presses most (`order`, empty last).

    `amount` is summed in 万元, unless the list's guard hides something from the reader; `late` counts what is late.
    """

    column: Any
    states: Sequence[tuple[str, Any]]
    order: Any
    amount: Any = None
    late: Callable[[], ColumnElement[bool]] | None = None

    @property
    def ordered(self) -> list[Any]:
        """Empty ones last; a column that is never empty is read in its index as it stands."""
        return [self.order.is_(None), self.order] if self.order.expression.nullable else [self.order]


@dataclass(frozen=True)
class BoardColumn:
    """A state of the board: its records counted up to the cap, their sum, how many are late, the first cards."""

    code: str
    label: Any
    count: int
    capped: bool
    total_wan: Decimal
    late: int
    cards: Sequence[Any]


def read(
    session: Session, spec: ListSpec, board: Board, query: ListQuery, *, actor: Actor
) -> list[BoardColumn]:
    """The board in three statements: counts and sums, keys of the cards, their rows."""
    asking = Asking(session, actor)
    base = reading.filtered(spec, query, asking)
    late = case((board.late(), 1), else_=0) if board.late is not None else literal(0)
    sums_up = board.amount is not None and not spec.seen_by(actor).emptied
    amount = board.amount if sums_up else literal(0)
    sums, firsts = [], []
    for place, (code, _label) in enumerate(board.states):
        mine = base.where(board.column == code)
        inner = (
            mine.with_only_columns(amount.label("amount"), late.label("late")).limit(COUNT_CAP + 1).subquery()
        )
        sums.append(select(literal(place), func.count(), func.sum(inner.c.amount), func.sum(inner.c.late)))
        first = mine.with_only_columns(spec.id_column.label("id"))
        first = first.order_by(*board.ordered, spec.id_column).limit(CARDS)
        firsts.append(select(literal(place), first.subquery().c.id))
    found = {row[0]: row for row in session.execute(union_all(*sums))}
    ids: dict[int, list[int]] = {}
    for place, number in session.execute(union_all(*firsts)):
        ids.setdefault(place, []).append(number)
    rows = (
        spec.rows_of(session, [number for some in ids.values() for number in some], actor, query)
        if ids
        else {}
    )
    return [
        BoardColumn(
            code,
            label,
            min(found[place][1], COUNT_CAP),
            found[place][1] > COUNT_CAP,
            Decimal(found[place][2] or 0),
            int(found[place][3] or 0),
            [rows[number] for number in ids.get(place, ()) if number in rows],
        )
        for place, (code, label) in enumerate(board.states)
    ]
