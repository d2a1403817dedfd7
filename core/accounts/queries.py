"""Reading accounts and units, for the administrator's pages and for choices of people."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.accounts.models import Account, Grant, Unit
from core.errors import NotFound


def get(session: Session, public_id: str) -> Account:
    """One account with unit and grants. Raises NotFound."""
    statement = (
        select(Account)
        .where(Account.public_id == public_id)
        .options(joinedload(Account.unit), selectinload(Account.grants))
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def units(session: Session) -> list[Unit]:
    """The organisation tree in the order of a table of contents; on each level by code."""
    found = {unit.id: unit for unit in session.scalars(select(Unit))}

    def place(unit: Unit) -> list[str]:
        return [found[int(part)].code for part in unit.path.split("/") if part and int(part) in found]

    return sorted(found.values(), key=place)


def unit_choices(session: Session) -> list[tuple[str, Any]]:
    """(public id, indented name) of every active unit."""
    return [
        (unit.public_id, "　" * (unit.path.count("/") - 2) + unit.name)
        for unit in units(session)
        if unit.active
    ]


def unit_by_public_id(session: Session, public_id: str) -> Unit:
    found = session.scalars(select(Unit).where(Unit.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def unit_ids(session: Session) -> dict[str, int]:
    """Key of each active unit by its address id, for forms that choose several."""
    return {
        row.public_id: row.id for row in session.execute(select(Unit.public_id, Unit.id).where(Unit.active))
    }


def unit_names(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Unit.id, Unit.name))}


def units_above(session: Session, unit: Unit) -> list[Unit]:
    """From the city down to the one right above."""
    numbers = [int(part) for part in unit.path.split("/") if part][:-1]
    return list(session.scalars(select(Unit).where(Unit.id.in_(numbers)).order_by(func.length(Unit.path))))


def people_below(session: Session, listed: list[Unit]) -> dict[int, int]:
    """How many active accounts each unit has with all units below it."""
    alone = people_per_unit(session)
    totals: dict[int, int] = {}
    for unit in listed:
        for number in (int(part) for part in unit.path.split("/") if part):
            totals[number] = totals.get(number, 0) + alone.get(unit.id, 0)
    return totals


def people_per_unit(session: Session) -> dict[int, int]:
    """How many active accounts each unit has."""
    statement = (
        select(Account.unit_id, func.count())
        .where(Account.active.is_(True), Account.unit_id.is_not(None))
        .group_by(Account.unit_id)
    )
    return {unit_id: count for unit_id, count in session.execute(statement) if unit_id is not None}


def staff_below(session: Session, unit_id: int) -> list[Account]:
    """Active staff of a unit and of those below it: who may be named as specialist."""
    path = session.scalar(select(Unit.path).where(Unit.id == unit_id))
    if path is None:
        return []
    statement = (
        select(Account)
        .join(Unit, Unit.id == Account.unit_id)
        .where(Account.kind == "staff", Account.active, Unit.path.startswith(path, autoescape=True))
        .order_by(Account.name, Account.id)
    )
    return list(session.scalars(statement))


def leaders(session: Session) -> list[tuple[int, str]]:
    """Officials who lead (领导), by name, for choices."""
    statement = (
        select(Account.id, Account.name)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role == "leader", Account.active)
        .order_by(Account.name)
        .distinct()
    )
    return [(row.id, row.name) for row in session.execute(statement)]
