"""Reading accounts and units, for the administrator's pages and for choices of people."""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.accounts.models import Account, Grant, Unit
from core.errors import NotFound
from core.listing import AnySelect, ListQuery, Page, ordered, paginate

SORTS = {
    "name": (Account.name, Account.id),
    "username": (Account.username,),
    "seen": (Account.last_signed_in_at,),
}


def page(session: Session, query: ListQuery) -> Page[Account]:
    """Accounts by name, unit, role or kind, with their unit and grants loaded."""
    statement: AnySelect = select(Account).options(joinedload(Account.unit), selectinload(Account.grants))
    if text := query.one("q"):
        pattern = f"%{text.replace('%', '').replace('_', '')}%"
        statement = statement.where(or_(Account.name.like(pattern), Account.username.like(pattern)))
    if units := query.all("unit"):
        statement = statement.where(Account.unit_id.in_(select(Unit.id).where(Unit.public_id.in_(units))))
    if roles := query.all("role"):
        statement = statement.where(Account.id.in_(select(Grant.account_id).where(Grant.role.in_(roles))))
    if states := query.all("state"):
        statement = statement.where(Account.active.in_([state == "active" for state in states]))
    return paginate(
        session,
        ordered(statement, SORTS, query.sort, "name"),
        query,
        count_on=Account.id,
        convert=lambda row: row[0],
    )


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
    """The organisation tree in the order of a table of contents."""
    return list(session.scalars(select(Unit).order_by(Unit.path)))


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


def people_per_unit(session: Session) -> dict[int, int]:
    """How many active accounts each unit has."""
    statement = (
        select(Account.unit_id, func.count())
        .where(Account.active.is_(True), Account.unit_id.is_not(None))
        .group_by(Account.unit_id)
    )
    return {unit_id: count for unit_id, count in session.execute(statement) if unit_id is not None}
