"""Regions with days of validity, and parks. A park is no administrative division and no unit (DOMAIN 2.2)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, String, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core import clock
from core.db import Base, Keyed, Versioned
from core.i18n import _
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

    successors: Mapped[list["RegionSuccessor"]] = relationship(
        foreign_keys="RegionSuccessor.region_code", order_by="RegionSuccessor.position",
        cascade="all, delete-orphan",
    )  # fmt: skip


class RegionSuccessor(Base):
    """What a region that has ended is part of now; the one that most of it belongs to stands first."""

    __tablename__ = "region_successor"
    region_code: Mapped[str] = mapped_column(String(6), ForeignKey("region.code"), primary_key=True)
    successor_code: Mapped[str] = mapped_column(
        String(6), ForeignKey("region.code"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)

    successor: Mapped[Region] = relationship(foreign_keys=[successor_code])


def standing(today: date) -> ColumnElement[bool]:
    """The clause for regions that exist on a day."""
    return and_(
        or_(Region.valid_from.is_(None), Region.valid_from <= today),
        or_(Region.valid_to.is_(None), Region.valid_to >= today),
    )


class ParkRegion(Base):
    """A region that a park lies in (挂 1..n 个行政区, DOMAIN 2.2); the main one stands first."""

    __tablename__ = "park_region"
    park_id: Mapped[int] = mapped_column(BIG, ForeignKey("park.id", ondelete="CASCADE"), primary_key=True)
    region_code: Mapped[str] = mapped_column(
        String(6), ForeignKey("region.code"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)

    region: Mapped[Region] = relationship()


class Park(Keyed, Versioned, Base):
    """A development zone or a park in it (一区多园). `unit_id` is the committee that runs it.

    After `valid_to` it is chosen for nothing new; what lies in it stays. `regions` stand in order, the main one first.
    """

    __tablename__ = "park"
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    level: Mapped[str] = mapped_column(String(20), default="")
    focus: Mapped[str] = mapped_column(String(200), default="")
    parent_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("park.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    parent: Mapped["Park | None"] = relationship(remote_side="Park.id")
    regions: Mapped[list[ParkRegion]] = relationship(
        order_by=ParkRegion.position, cascade="all, delete-orphan", passive_deletes=True
    )

    def lie_in(self, codes: Iterable[str]) -> None:
        """Set the regions, the main one first."""
        known = {each.region_code: each for each in self.regions}
        self.regions = [known.get(code) or ParkRegion(region_code=code) for code in codes]
        for position, each in enumerate(self.regions):
            each.position = position


class ParkLine(NamedTuple):
    """What pickers and scopes need of a park; `label` names its zones before it."""

    id: int
    code: str
    name: str
    label: str
    parent_id: int | None
    unit_id: int | None
    valid_from: date | None
    valid_to: date | None

    def open_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and not self.closed_on(day)

    def closed_on(self, day: date) -> bool:
        return self.valid_to is not None and self.valid_to < day


def regions_within(code: str) -> tuple[str, str]:
    """The half-open range of region codes inside `code`: ("5107", "5108") for 510700."""
    stem = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return stem, stem[:-1] + chr(ord(stem[-1]) + 1)


def park_lines(session: Session) -> dict[int, ParkLine]:
    """Every park by its key, in the order of codes."""
    return kept(session, park_lines, _park_lines)


def _park_lines(session: Session) -> dict[int, ParkLine]:
    rows = session.execute(
        select(
            Park.id, Park.code, Park.name, Park.parent_id, Park.unit_id, Park.valid_from, Park.valid_to
        ).order_by(Park.code)
    ).all()
    names = {row.id: row.name for row in rows}
    above = {row.id: row.parent_id for row in rows}
    return {
        row.id: ParkLine(
            row.id, row.code, row.name, " / ".join(names[each] for each in reversed(upwards(row.id, above))),
            row.parent_id, row.unit_id, row.valid_from, row.valid_to,
        )
        for row in rows
    }  # fmt: skip


def upwards(park_id: int, above: Mapping[int, int | None]) -> list[int]:
    """A park and what it lies in, the park first."""
    found = [park_id]
    while (higher := above.get(found[-1])) is not None and higher not in found:
        found.append(higher)
    return found


def park_choices(session: Session) -> list[tuple[int, str]]:
    """Every park below its zone, for conditions of lists; those that are closed say so."""
    today = clock.today()
    return [(each.id, _worded(each, today)) for each in park_lines(session).values()]


def parks_to_choose(session: Session, chosen: int | None = None) -> list[tuple[int, str]]:
    """The parks that something can be put in today, and the one where it lies already."""
    today = clock.today()
    return [
        (each.id, _worded(each, today))
        for each in park_lines(session).values()
        if each.id == chosen or each.open_on(today)
    ]


def _worded(line: ParkLine, today: date) -> str:
    return _("%(park)s（已停用）", park=line.label) if line.closed_on(today) else line.label


def parks_by_unit(session: Session) -> dict[int, list[str]]:
    """Names of the parks that each committee runs; a zone stands before its parks (一区多园)."""
    found: dict[int, list[str]] = {}
    for line in park_lines(session).values():
        if line.unit_id is not None:
            found.setdefault(line.unit_id, []).append(line.name)
    return found


def park_and_below(session: Session, park_id: int) -> list[int]:
    """A zone's own id and those of the parks in it, however deep."""
    lines = park_lines(session)
    above = {each.id: each.parent_id for each in lines.values()}
    below = [each for each in lines if each != park_id and park_id in upwards(each, above)]
    return [park_id, *below]


def unit_of_park(session: Session, park_id: int | None) -> int | None:
    """The committee that runs a park, or what it lies in."""
    return committee(park_lines(session), park_id)


def committee(lines: Mapping[int, ParkLine], park_id: int | None) -> int | None:
    """The same, of parks that have been read already."""
    if park_id is None or park_id not in lines:
        return None
    above = {each.id: each.parent_id for each in lines.values()}
    return next((lines[each].unit_id for each in upwards(park_id, above) if lines[each].unit_id), None)
