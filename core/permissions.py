"""Who may do what, and how far it reaches. Denies by default; of several grants the most generous wins."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from sqlalchemy import ColumnElement, false, or_, true

from core.errors import NotPermitted

Scope = Literal["self", "unit", "below", "chosen", "all"]


@dataclass(frozen=True)
class Reach:
    """Records that a permission covers: everything, those of some units, or one's own."""

    everything: bool = False
    unit_ids: frozenset[int] = frozenset()
    own: bool = False

    def __bool__(self) -> bool:
        return self.everything or self.own or bool(self.unit_ids)

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.everything or other.everything, self.unit_ids | other.unit_ids, self.own or other.own
        )

    def covers(self, unit_id: int | None, *, own: bool = False) -> bool:
        """Whether one record, of `unit_id` or one's own, lies within."""
        return self.everything or unit_id in self.unit_ids or (self.own and own)


@dataclass(frozen=True)
class RoleGrant:
    """A role held over some units, flattened: patterns of permissions and their reach."""

    role: str
    patterns: tuple[str, ...]
    reach: Reach


@dataclass(frozen=True)
class Actor:
    """Who acts, for one request or job. Composed at the edge, passed down as `actor`."""

    account_id: int
    name: str
    kind: Literal["staff", "enterprise", "system"]
    grants: tuple[RoleGrant, ...] = ()
    unit_id: int | None = None
    enterprise_id: int | None = None
    ip: str = ""
    request_id: str = ""
    session_id: int | None = None
    _reaches: dict[str, Reach] = field(default_factory=dict, compare=False, repr=False)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    def reach(self, permission: str) -> Reach:
        """How far `permission` reaches; an empty Reach when it is not held."""
        found = self._reaches.get(permission)
        if found is None:
            found = Reach()
            for grant in self.grants:
                if any(fnmatchcase(permission, pattern) for pattern in grant.patterns):
                    found = found | grant.reach
            self._reaches[permission] = found
        return found

    def can(self, permission: str) -> bool:
        return bool(self.reach(permission))


SYSTEM = Actor(
    account_id=0, name="系统", kind="system", grants=(RoleGrant("system", ("*",), Reach(everything=True)),)
)
"""The platform itself: schedules and clocks. Its audit rows say so."""


def require(actor: Actor, permission: str, *, unit_id: int | None = None, own: bool = False) -> None:
    """Raise NotPermitted unless the actor holds `permission` (over `unit_id`, when one is given)."""
    reach = actor.reach(permission)
    if not reach or (unit_id is not None and not reach.covers(unit_id, own=own)):
        raise NotPermitted()


def within(actor: Actor, permission: str, unit_column: Any, owner_column: Any = None) -> ColumnElement[bool]:
    """The WHERE clause for what `permission` reaches: by owning unit and, where given, by owner."""
    reach = actor.reach(permission)
    if reach.everything:
        return true()
    clauses: list[ColumnElement[bool]] = []
    if reach.unit_ids:
        clauses.append(unit_column.in_(sorted(reach.unit_ids)))
    if reach.own and owner_column is not None:
        clauses.append(owner_column == actor.account_id)
    return or_(*clauses) if clauses else false()


def any_of(actor: Actor, permissions: Iterable[str]) -> bool:
    return any(actor.can(permission) for permission in permissions)
