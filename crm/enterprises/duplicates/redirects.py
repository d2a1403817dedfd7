"""Where an enterprise went that was merged: old addresses lead to it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.enterprises.duplicates.models import Merge

_FURTHEST = 20
"""So many merges one after another are followed."""


def successor(session: Session, public_id: str) -> str | None:
    """The public id under which an absorbed enterprise is found now; None when it was never absorbed."""
    found, asked = None, public_id
    for _step in range(_FURTHEST):
        statement = (
            select(Merge.survivor_pid)
            .where(Merge.absorbed_pid == asked, Merge.undone_at.is_(None))
            .order_by(Merge.id.desc())
        )
        beyond = session.scalars(statement).first()
        if beyond is None:
            return found
        found = asked = beyond
    return found


def absorbed_by(session: Session, enterprise_id: int) -> list[tuple[int, str]]:
    """(id, name) of every record that was merged into this one, directly or by way of another. One statement."""
    standing = Merge.undone_at.is_(None)
    first = select(Merge.absorbed_id, Merge.absorbed_name).where(Merge.survivor_id == enterprise_id, standing)
    chain = first.cte("absorbed", recursive=True)
    chain = chain.union(
        select(Merge.absorbed_id, Merge.absorbed_name).where(
            Merge.survivor_id == chain.c.absorbed_id, standing
        )
    )
    return [(row[0], row[1]) for row in session.execute(select(chain).limit(_FURTHEST))]
