"""Regions with days of validity, and parks. A park is no administrative division and no unit (DOMAIN 2.2)."""

from datetime import date

from sqlalchemy import ColumnElement, ForeignKey, String, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.db import Base, Keyed, Versioned
from core.kept import kept
from core.types import BIG


class Region(Base):
    """An administrative division: level 1 province, 2 city, 3 county."""

    __tablename__ = "region"
    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    full_name: Mapped[str] = mapped_column(String(120))
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(String(6), ForeignKey("region.code"), index=True)
    invented: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


def standing(today: date) -> ColumnElement[bool]:
    """The clause for regions that exist on a day."""
    return and_(
        or_(Region.valid_from.is_(None), Region.valid_from <= today),
        or_(Region.valid_to.is_(None), Region.valid_to >= today),
    )


class Park(Keyed, Versioned, Base):
    """A development zone or a park in it (一区多园). `unit_id` is the committee that runs it."""

    __tablename__ = "park"
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    focus: Mapped[str] = mapped_column(String(200), default="")
    parent_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("park.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(String(6), ForeignKey("region.code"), index=True)
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)

    parent: Mapped["Park | None"] = relationship(remote_side="Park.id")


def regions_within(code: str) -> tuple[str, str]:
    """The half-open range of region codes inside `code`: ("5107", "5108") for 510700."""
    stem = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return stem, stem[:-1] + chr(ord(stem[-1]) + 1)


def park_choices(session: Session) -> list[tuple[int, str]]:
    """Every park below its zone, for a picker."""
    return kept(session, park_choices, _park_choices)


def _park_choices(session: Session) -> list[tuple[int, str]]:
    parks = list(session.scalars(select(Park).order_by(Park.code)))
    names = {park.id: park.name for park in parks}
    return [
        (park.id, f"{names[park.parent_id]} / {park.name}" if park.parent_id in names else park.name)
        for park in parks
    ]


def parks_by_unit(session: Session) -> dict[int, list[str]]:
    """Names of the parks that each committee runs; a zone stands before its parks (一区多园)."""
    found: dict[int, list[str]] = {}
    for park in session.scalars(select(Park).where(Park.unit_id.is_not(None)).order_by(Park.code)):
        found.setdefault(park.unit_id or 0, []).append(park.name)
    return found


def park_and_below(session: Session, park_id: int) -> list[int]:
    """A zone's own id and those of its parks."""
    below = session.scalars(select(Park.id).where(Park.parent_id == park_id))
    return [park_id, *below]
