"""Options that several lists offer, and how the values of a group are called: parks and units."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from core import places
from core.accounts.models import Unit
from core.lists.fields import Asking, Option
from core.permissions import Actor

Names = dict[Any, Any]


def parks(asking: Asking) -> list[Option]:
    """Every park with the areas in it."""
    return [(str(number), name) for number, name in places.park_choices(asking.session)]


def park_names(asking: Asking, values: Sequence[Any]) -> Names:
    return dict(places.park_choices(asking.session))


def units(asking: Asking) -> list[Option]:
    """Every active unit, in the order of the tree."""
    rows = asking.session.execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.path))
    return [(str(row.id), row.name) for row in rows]


def units_of(
    unit_id: Any, visible_to: Callable[[Actor], ColumnElement[bool]]
) -> Callable[[Asking], list[Option]]:
    """The units that hold records which the person who asks may see: `unit_id` is the records' column."""

    def found(asking: Asking) -> list[Option]:
        held = select(unit_id).where(visible_to(asking.actor))
        rows = asking.session.execute(
            select(Unit.id, Unit.short_name, Unit.name).where(Unit.id.in_(held)).order_by(Unit.path)
        )
        return [(str(row.id), row.short_name or row.name) for row in rows]

    return found


def unit_names(asking: Asking, values: Sequence[Any]) -> Names:
    """What units are called above a group of their records; also units that are dissolved by now."""
    rows = asking.session.execute(select(Unit.id, Unit.short_name, Unit.name).where(Unit.id.in_(values)))
    return {row.id: row.short_name or row.name for row in rows}
