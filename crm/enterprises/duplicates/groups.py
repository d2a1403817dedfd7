"""Which mother two enterprises have when they become one, and what is left of a mother that was merged since."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.enterprises.duplicates.models import Merge
from crm.enterprises.models import Enterprise

_HIGHEST = 20
"""So many levels of a group, and so many merges one after another, are followed."""


def mother_of_both(session: Session, survivor: Enterprise, absorbed: Enterprise) -> int | None:
    """The survivor's mother, else the absorbed's; never one of the two, nor one that stands below them."""
    both = {survivor.id, absorbed.id}
    for mother in (survivor.group_id, absorbed.group_id):
        if mother is not None and both.isdisjoint(_upwards(session, mother)):
            return mother
    return None


def _upwards(session: Session, enterprise_id: int) -> Iterator[int]:
    number: int | None = enterprise_id
    for _level in range(_HIGHEST):
        if number is None:
            return
        yield number
        number = session.scalar(select(Enterprise.group_id).where(Enterprise.id == number))


def merges_after(session: Session, enterprise_id: int | None) -> list[Merge]:
    """The standing merges through which a record has gone, one after another."""
    found: list[Merge] = []
    while enterprise_id is not None and len(found) < _HIGHEST:
        standing = (Merge.absorbed_id == enterprise_id) & Merge.undone_at.is_(None)
        made = session.scalars(select(Merge).where(standing).order_by(Merge.id.desc())).first()
        if made is None:
            break
        found.append(made)
        enterprise_id = made.survivor_id
    return found
