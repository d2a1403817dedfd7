"""Whether something new can be put in a region or a park today, and where to instead (DOMAIN 2.2)."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import Fault
from core.i18n import lazy as _l
from core.kept import kept
from core.places import ParkLine, Region, RegionSuccessor, park_lines

Successors = Mapping[str, list["Place"]]


class Place(NamedTuple):
    """A region with its days."""

    code: str
    full_name: str
    valid_from: date | None
    valid_to: date | None

    def ended_by(self, day: date) -> bool:
        return self.valid_to is not None and self.valid_to < day

    def words(self) -> str:
        return f"{self.code} {self.full_name}"


_COLUMNS = (Region.code, Region.full_name, Region.valid_from, Region.valid_to)


def successors(session: Session) -> Successors:
    """What every ended region has become, as an administrator entered it: one statement, kept for a moment."""
    return kept(session, successors, _successors)


def _successors(session: Session) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    statement = (
        select(RegionSuccessor.region_code, *_COLUMNS)
        .join(Region, Region.code == RegionSuccessor.successor_code)
        .order_by(RegionSuccessor.region_code, RegionSuccessor.position)
    )
    for row in session.execute(statement):
        found.setdefault(row[0], []).append(Place(*row[1:]))
    return found


def following(after: Successors, code: str) -> list[Place]:
    """The regions of today that an ended region has become; one that has ended since leads on to its own."""
    today = clock.today()
    found: dict[str, Place] = {}
    seen, waiting = {code}, list(after.get(code, ()))
    while waiting:
        place = waiting.pop(0)
        if place.code in seen:
            continue
        seen.add(place.code)
        if place.ended_by(today):
            waiting = [*after.get(place.code, ()), *waiting]
        else:
            found[place.code] = place
    return list(found.values())


def region_fault(session: Session, code: str | None) -> Fault | None:
    """Why nothing new can be registered in a region today, with what follows it; None where it can."""
    if not code:
        return None
    row = session.execute(select(*_COLUMNS).where(Region.code == code)).one_or_none()
    if row is None:
        return Fault("region_code", "unknown", _l("没有区划代码 %(code)s。", code=str(code)[:8]))
    return place_fault(Place(*row), successors(session))


def place_fault(place: Place, after: Successors) -> Fault | None:
    """The same, of a region that has been read already."""
    today = clock.today()
    if place.ended_by(today):
        day = str(place.valid_to)
        if into := "、".join(each.words() for each in following(after, place.code)):
            message = _l(
                "%(name)s 已于 %(day)s 撤销或并入别处，请改用 %(into)s。",
                name=place.full_name, day=day, into=into,
            )  # fmt: skip
        else:
            message = _l(
                "%(name)s 已于 %(day)s 撤销或并入别处，请选现在的区划。", name=place.full_name, day=day
            )
        return Fault("region_code", "ended", message)
    if place.valid_from is not None and place.valid_from > today:
        message = _l("%(name)s 自 %(day)s 起才有。", name=place.full_name, day=str(place.valid_from))
        return Fault("region_code", "not_yet", message)
    return None


def park_fault(session: Session, park_id: int | None) -> Fault | None:
    """Why nothing new can be put in a park today; None where it can."""
    if park_id is None:
        return None
    line = park_lines(session).get(park_id)
    return Fault("park_id", "unknown", _l("没有这个园区。")) if line is None else line_fault(line)


def line_fault(line: ParkLine) -> Fault | None:
    """The same, of a park that has been read already."""
    today = clock.today()
    if line.closed_on(today):
        message = _l("%(park)s 已于 %(day)s 停用，请选现在的园区。", park=line.label, day=str(line.valid_to))
        return Fault("park_id", "closed", message)
    if not line.open_on(today):
        message = _l("%(park)s 自 %(day)s 起启用。", park=line.label, day=str(line.valid_from))
        return Fault("park_id", "not_yet", message)
    return None
