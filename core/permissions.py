"""Who may do what, and how far it reaches. Denies by default; of several grants the most generous wins."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, false, or_, true

from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l

Scope = Literal["self", "unit", "below", "chosen", "all"]
Clearance = Literal["normal", "restricted"]
"""Confidentiality labels of records, and how high a person is cleared (DOMAIN 1, A2)."""


@dataclass(frozen=True)
class Reach:
    """Records that a permission covers: everything, those of some units, one's own, or those of absent people.

    `owner_ids` are the people whose own records are covered because one stands in for them.
    """

    everything: bool = False
    unit_ids: frozenset[int] = frozenset()
    own: bool = False
    owner_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or self.own or bool(self.unit_ids) or bool(self.owner_ids)

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            self.everything or other.everything,
            self.unit_ids | other.unit_ids,
            self.own or other.own,
            self.owner_ids | other.owner_ids,
        )

    def covers(self, unit_id: int | None, *, own: bool = False, owners: Iterable[int | None] = ()) -> bool:
        """Whether one record, of `unit_id` or one's own, lies within. `owners` are whose own it is."""
        return (
            self.everything
            or unit_id in self.unit_ids
            or (self.own and own)
            or bool(self.owner_ids.intersection(owners))
        )


@dataclass(frozen=True)
class RoleGrant:
    """A role held over some units, flattened: patterns of permissions and their reach.

    A pattern that begins with `!` takes away what the others give. `for_id` is whom one stands in for
    until `until`.
    """

    role: str
    patterns: tuple[str, ...]
    reach: Reach
    unit_id: int | None = None
    scope: str = ""
    for_id: int | None = None
    for_name: str = ""
    until: date | None = None

    def gives(self, permission: str) -> bool:
        return matches(self.patterns, permission)


@lru_cache(maxsize=4096)
def matches(patterns: tuple[str, ...], permission: str) -> bool:
    """Whether patterns give a permission: one matches, and none that begins with `!` does."""
    if any(fnmatchcase(permission, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    return any(fnmatchcase(permission, pattern) for pattern in patterns if not pattern.startswith("!"))


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
    clearance: Clearance = "normal"
    limits: tuple[str, ...] = ()
    """Patterns that a program's token leaves of what its owner may; empty for the person himself."""
    _reaches: dict[str, Reach] = field(default_factory=dict, compare=False, repr=False)
    _behalf: dict[int, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that are one's own, without those of people one stands in for."""
        return frozenset(grant.role for grant in self.grants if grant.for_id is None)

    @property
    def stands_in_for(self) -> dict[int, str]:
        """The absent people whose work one does, by account id."""
        return {grant.for_id: grant.for_name for grant in self.grants if grant.for_id is not None}

    @property
    def signature(self) -> str:
        """The name that the audit trail keeps; a deputy's tells on whose behalf he acted."""
        if not self._behalf:
            return self.name
        return f"{self.name}（代{'、'.join(self._behalf.values())}）"

    def giving(self, permission: str) -> list[RoleGrant]:
        """The grants that give a permission, one's own first."""
        found = [
            grant for grant in self.grants if self._within_limits(permission) and grant.gives(permission)
        ]
        return sorted(found, key=lambda grant: grant.for_id is not None)

    def reach(self, permission: str) -> Reach:
        """How far `permission` reaches; an empty Reach when it is not held."""
        found = self._reaches.get(permission)
        if found is None:
            found = Reach()
            for grant in self.grants if self._within_limits(permission) else ():
                if grant.gives(permission):
                    found = found | grant.reach
            self._reaches[permission] = found
        return found

    def _within_limits(self, permission: str) -> bool:
        return not self.limits or matches(self.limits, permission)

    def can(self, permission: str) -> bool:
        return bool(self.reach(permission))

    def covers(self, permission: str, unit_id: int | None, *owners: int | None) -> bool:
        """Whether `permission` reaches one record of `unit_id` that is `owners`' own.

        Notes on whose behalf one acts when only a deputy's grant lets him.
        """
        found = [grant for grant in self.giving(permission) if self._within(grant, unit_id, owners)]
        if found and found[0].for_id is not None:
            self._behalf[found[0].for_id] = found[0].for_name
        return bool(found)

    def _within(self, grant: RoleGrant, unit_id: int | None, owners: tuple[int | None, ...]) -> bool:
        return grant.reach.covers(unit_id, own=self.account_id in owners, owners=owners)

    def lean_on(self, permission: str) -> bool:
        """Whether `permission` is held at all; notes on whose behalf when only as a deputy."""
        found = self.giving(permission)
        if found and found[0].for_id is not None:
            self._behalf[found[0].for_id] = found[0].for_name
        return self.can(permission)

    def as_absent(self, absent_id: int) -> "Actor":
        """The absent colleague as his deputy sees him: for reading what waits for him, never for a deed."""
        grants = tuple(
            replace(
                grant, for_id=None, reach=replace(grant.reach, own=bool(grant.reach.owner_ids), owner_ids=frozenset())
            )
            for grant in self.grants
            if grant.for_id == absent_id
        )  # fmt: skip
        return replace(self, account_id=absent_id, grants=grants, _reaches={}, _behalf={})

    def owners(self, permission: str) -> frozenset[int]:
        """The people whose own records `permission` reaches: oneself, and those one stands in for."""
        reach = self.reach(permission)
        return reach.owner_ids | ({self.account_id} if reach.own else frozenset())


SYSTEM = Actor(
    account_id=0,
    name="系统",
    kind="system",
    grants=(RoleGrant("system", ("*",), Reach(everything=True)),),
    clearance="restricted",
)
"""The platform itself: schedules and clocks. Its audit rows say so."""


def require(actor: Actor, permission: str, *, unit_id: int | None = None, own: bool = False) -> None:
    """Raise NotPermitted unless the actor holds `permission` (over `unit_id`, when one is given)."""
    owners = (actor.account_id,) if own else ()
    if unit_id is not None and not actor.covers(permission, unit_id, *owners):
        raise NotPermitted()
    if not actor.lean_on(permission):
        raise NotPermitted()


def within(actor: Actor, permission: str, unit_column: Any, owner_column: Any = None) -> ColumnElement[bool]:
    """The WHERE clause for what `permission` reaches: by owning unit and, where given, by owner."""
    reach = actor.reach(permission)
    if reach.everything:
        return true()
    clauses: list[ColumnElement[bool]] = []
    if reach.unit_ids:
        clauses.append(unit_column.in_(sorted(reach.unit_ids)))
    if owner_column is not None and (owners := actor.owners(permission)):
        clauses.append(owner_column.in_(sorted(owners)))
    return or_(*clauses) if clauses else false()


def cleared(actor: Actor, label_column: Any) -> ColumnElement[bool]:
    """The WHERE clause for what the actor is cleared for: a record labelled above it is as if absent."""
    if actor.clearance == "restricted":
        return true()
    clause: ColumnElement[bool] = label_column == "normal"
    return clause


def ensure_cleared(label: str | None, clearance: str, field: str = "confidentiality") -> None:
    """Refuse a label above one's own clearance, or a specialist (`field`) who would not see his own record."""
    if label != "restricted" or clearance == "restricted":
        return
    if field == "confidentiality":
        message = _l("您还没有“控制知悉”的知悉范围，定了这个密级您自己也看不到。请由有范围的同事来定。")
    else:
        message = _l("这条记录控制知悉，这位同志没有知悉范围，请另选一位。")
    raise Invalid(Fault(field, "above_clearance", message))


def any_of(actor: Actor, permissions: Iterable[str]) -> bool:
    return any(actor.can(permission) for permission in permissions)
