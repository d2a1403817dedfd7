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
