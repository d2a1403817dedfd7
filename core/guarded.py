"""Fields that need a right of their own beside the right to see the record, on every channel (DOMAIN 1).

An area declares them once. Lists leave out their columns, conditions and orders, pages and calls read the record
through `seen`, histories leave out their values, and a verb refuses to write them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from core.db import Base
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor, Reach

T = TypeVar("T")
Belongs = Callable[[Any], tuple[int | None, tuple[int | None, ...]]]
NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Guard:
    """`fields` of records that `view` shows are for whoever holds `permission` over them.

    `belongs(record)` gives the unit and the people whose own it is. `kinds` are the histories they stand in.
    """

    kinds: tuple[str, ...]
    view: str
    permission: str
    fields: frozenset[str]
    belongs: Belongs

    def open_everywhere(self, actor: Actor) -> bool:
        """Whether the fields are open on every record that the actor sees: what a list can go by."""
        return _within(actor.reach(self.view), actor.reach(self.permission))

    def opens(self, actor: Actor, record: Any) -> bool:
        unit_id, owners = self.belongs(record)
        own = actor.account_id in owners
        return actor.reach(self.permission).covers(unit_id, own=own, owners=owners)

    def hidden(self, actor: Actor, record: Any = None) -> frozenset[str]:
        """The names of what this actor is not shown, of one record or of any."""
        is_open = self.open_everywhere(actor) if record is None else self.opens(actor, record)
        return NOTHING if is_open else self.fields

    def seen(self, actor: Actor, record: T) -> T:
        """The record as this actor may read it: hidden fields are empty, on what hangs on it too."""
        hidden = self.hidden(actor, record)
        return cast(T, Seen(record, hidden)) if hidden else record

    def allowed(self, actor: Actor, values: Mapping[str, Any], record: Any = None) -> dict[str, Any]:
        """What of `values` may be written: hidden fields stay as they are; raises Invalid where one is given.

        Without a record: one that is only being made.
        """
        may = actor.can(self.permission) if record is None else self.opens(actor, record)
        if may:
            return dict(values)
        given = [name for name in sorted(self.fields) if values.get(name) is not None]
        if given:
            raise Invalid([Fault(name, "hidden", _l("您的角色不能看、也不能改这一项。")) for name in given])
        return {name: value for name, value in values.items() if name not in self.fields}


class Seen:
    """A record for reading, through which hidden fields are empty."""

    __slots__ = ("_hidden", "_record")

    def __init__(self, record: Any, hidden: frozenset[str]) -> None:
        self._record, self._hidden = record, hidden

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden:
            return None
        return _covered(getattr(self._record, name), self._hidden)


def _covered(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, Base):
        return Seen(value, hidden)
    if isinstance(value, list):
        return [_covered(each, hidden) for each in value]
    return value


def _within(inner: Reach, outer: Reach) -> bool:
    """Whether all that `inner` covers lies within `outer`."""
    return outer.everything or (
        not inner.everything
        and inner.unit_ids <= outer.unit_ids
        and (outer.own or not inner.own)
        and inner.owner_ids <= outer.owner_ids
    )


_guards: dict[str, Guard] = {}


def register(guard: Guard) -> Guard:
    """Make a guard known by the kinds of record whose history it covers."""
    _guards.update(dict.fromkeys(guard.kinds, guard))
    return guard


def hidden_in_history(actor: Actor, kind: str) -> frozenset[str]:
    """The fields of a kind's audit rows that this actor is not shown, whichever record they tell of."""
    guard = _guards.get(kind)
    return guard.hidden(actor) if guard is not None else NOTHING
