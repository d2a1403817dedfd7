"""What a park's page reads beside the park itself."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.places import Park, Region


def by_ids(session: Session, ids: Collection[int]) -> list[Park]:
    """In the order of their codes."""
    return list(session.scalars(select(Park).where(Park.id.in_(ids)).order_by(Park.code)))


def regions(session: Session, park: Park) -> list[Region]:
    """The regions that a park lies in, the main one first."""
    codes = [each.region_code for each in park.regions]
    named = {row.code: row for row in session.scalars(select(Region).where(Region.code.in_(codes)))}
    return [named[code] for code in codes]
