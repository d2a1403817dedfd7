"""One pair side by side, one merge in words, and what a record page says of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from core.errors import NotFound
from core.permissions import Actor
from crm.enterprises import access, queries
from crm.enterprises.duplicates import choices, listing, moving, redirects
from crm.enterprises.duplicates.merging import blocked
from crm.enterprises.duplicates.models import Merge, Suspect
from crm.enterprises.duplicates.moving import Mover
from crm.enterprises.models import Enterprise


@dataclass(frozen=True)
class Side:
    """One enterprise of a pair and how much hangs on it, by mover."""

    enterprise: Enterprise
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Compared:
    """A pair as it is laid out: the fields that differ, what hangs on either, what stands in the way."""

    suspect: Suspect
    first: Side
    second: Side
    keeps_first: bool
    differences: Sequence[choices.Difference]
    kinds: Sequence[Mover]
    missing: Sequence[Any]
    two_codes: bool


def pair(session: Session, public_id: str, *, actor: Actor) -> Suspect:
    """Raises NotFound, also for pairs of which the actor may not decide."""
    statement = listing.PAIRS.base(actor).with_only_columns(Suspect).where(Suspect.public_id == public_id)
    found: Suspect | None = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def compared(session: Session, suspect: Suspect, *, actor: Actor) -> Compared:
    """Both sides; `differences` hold the first one's values as `mine`."""
    pids = session.execute(
        select(Enterprise.id, Enterprise.public_id).where(
            Enterprise.id.in_((suspect.first_id, suspect.second_id))
        )
    )
    by_id = {row.id: queries.get(session, row.public_id, actor=actor) for row in pids.all()}
    one, other = by_id[suspect.first_id], by_id[suspect.second_id]
    first, second = (Side(each, moving.counts_of(session, each.id)) for each in (one, other))
    keeps_first = _weight(first) >= _weight(second)
    survivor, absorbed = (one, other) if keeps_first else (other, one)
    plans = moving.plan(session, absorbed.id, survivor.id, absorbed.name)
    return Compared(
        suspect=suspect,
        first=first,
        second=second,
        keeps_first=keeps_first,
        differences=choices.differences(one, other),
        kinds=[mover for mover in moving.movers() if {mover.code} & (first.counts.keys() | second.counts)],
        missing=blocked(plans),
        two_codes=bool(one.uscc and other.uscc and one.uscc != other.uscc),
    )


def _weight(side: Side) -> tuple[bool, bool, int, int]:
    """Which one is proposed to stay: with a credit code, listed, more hanging on it, the older one."""
    found = side.enterprise
    return bool(found.uscc), bool(found.stock_code), sum(side.counts.values()), -found.id


def merge_of(session: Session, public_id: str, *, actor: Actor) -> Merge:
    """Raises NotFound."""
    statement = listing.MERGES.base(actor).with_only_columns(Merge).where(Merge.public_id == public_id)
    found: Merge | None = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def successor(session: Session, public_id: str, *, actor: Actor) -> str | None:
    """Under which public id an absorbed enterprise is found now, for those who may see the register."""
    return redirects.successor(session, public_id) if actor.can(access.VIEW) else None


def open_pairs_of(session: Session, enterprise_id: int) -> list[Suspect]:
    """Pairs of an enterprise that nobody has decided, the likeliest first."""
    statement = (
        select(Suspect)
        .where(
            or_(Suspect.first_id == enterprise_id, Suspect.second_id == enterprise_id),
            Suspect.state == "open",
        )
        .options(joinedload(Suspect.first), joinedload(Suspect.second))
        .order_by(Suspect.score.desc(), Suspect.id)
        .limit(5)
    )
    return list(session.scalars(statement))


def merges_into(session: Session, enterprise_id: int) -> list[Merge]:
    """What was taken into an enterprise and is still there, the latest first."""
    statement = (
        select(Merge)
        .where(Merge.survivor_id == enterprise_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
        .limit(20)
    )
    return list(session.scalars(statement))
