"""What somebody owns: areas register their kinds of open work, so that it can be laid out and handed over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core import audit
from core.accounts.models import Account
from core.dirty import touch
from core.permissions import Actor


@dataclass(frozen=True)
class Piece:
    """One piece of open work: what it is called, where it stands, and its page where it has one."""

    record_id: int
    label: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Move:
    """A piece that goes from one account to another, with the note that explains where it stands."""

    record_id: int
    to_id: int
    note: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of open work. `owner` is the column that names its owner, `unit` the one of its unit.

    `opened` is the clause for what still needs an owner. `piece` words a record; `refusal` says why a
    receiver does not fit; `moved` adjusts what else depends on the owner. With `noted` each record needs a
    hand-over note. `subject` is the kind of record for audit and, where `searched`, for search.
    """

    code: str
    label: Any
    subject: str
    model: type[Any]
    owner: str
    opened: Callable[[], ColumnElement[bool]]
    piece: Callable[[Any], Piece]
    unit: str | None = None
    order: int = 50
    noted: bool = False
    refusal: Callable[[Session, Sequence[Any], Account], Any | None] | None = None
    moved: Callable[[Session, Any, Account], None] | None = None
    searched: bool = True


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> tuple[Kind, ...]:
    for kind in kinds:
        _kinds[kind.code] = kind
    return kinds


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.code))


def kind_of(code: str) -> Kind | None:
    return _kinds.get(code)


def records_of(session: Session, kind: Kind, account_id: int) -> list[Any]:
    column = getattr(kind.model, kind.owner)
    statement = select(kind.model).where(column == account_id, kind.opened()).order_by(kind.model.id)
    return list(session.scalars(statement))


def counts_of(session: Session, account_id: int) -> dict[str, int]:
    """How much open work of each kind an account owns; kinds without any are left out."""
    found = {}
    for kind in kinds():
        column = getattr(kind.model, kind.owner)
        statement = select(func.count()).select_from(kind.model).where(column == account_id, kind.opened())
        if count := session.scalar(statement):
            found[kind.code] = count
    return found


def counts_in(session: Session, unit_id: int) -> dict[str, int]:
    """How much open work of each kind belongs to a unit."""
    found: dict[str, int] = {}
    for kind in kinds():
        if kind.unit is None:
            continue
        column = getattr(kind.model, kind.unit)
        statement = select(func.count()).select_from(kind.model).where(column == unit_id, kind.opened())
        found[kind.subject] = max(found.get(kind.subject, 0), session.scalar(statement) or 0)
    return {subject: count for subject, count in found.items() if count}


def move(
    session: Session, kind: Kind, moves: Sequence[Move], people: dict[int, Account], actor: Actor
) -> None:
    """Give records to their receivers, in the open unit of work; one audit row each."""
    for each in moves:
        record = session.get_one(kind.model, each.record_id)
        before = getattr(record, kind.owner)
        setattr(record, kind.owner, each.to_id)
        if kind.moved is not None:
            kind.moved(session, record, people[each.to_id])
        session.flush()
        audit.record(
            f"{kind.subject}.handed_over", kind.subject, each.record_id, actor=actor,
            label=kind.piece(record).label, changes={kind.owner: (before, each.to_id)}, reason=each.note,
        )  # fmt: skip
    if kind.searched:
        touch(kind.subject, [each.record_id for each in moves])


def move_unit(session: Session, from_id: int, to_id: int, actor: Actor) -> dict[str, int]:
    """Give all open work of a unit to another unit; one audit row for each kind of record."""
    moved: dict[str, int] = {}
    for kind in kinds():
        if kind.unit is None or kind.subject in moved:
            continue
        column = getattr(kind.model, kind.unit)
        records = list(session.scalars(select(kind.model).where(column == from_id, kind.opened())))
        for record in records:
            setattr(record, kind.unit, to_id)
        session.flush()
        if records:
            moved[kind.subject] = len(records)
            audit.record(
                f"{kind.subject}.unit_changed", kind.subject, 0, actor=actor, label=str(len(records)),
                changes={"unit_id": (from_id, to_id), "ids": (None, [record.id for record in records])},
            )  # fmt: skip
            touch(kind.subject, [record.id for record in records])
    return moved
