"""Home: the province, city, zone or park whose gaps are looked at, and the peers it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core import settings
from core.fields.texts import folded
from core.places import Park, Region, park_and_below, regions_within
from crm.enterprises.models import Enterprise

SETTING = "home_region"
PARK = "park:"


@dataclass(frozen=True)
class Home:
    """`value` stands in addresses and in the setting: a region code, or `park:<code>`."""

    value: str
    kind: str
    name: str
    key: str


@dataclass(frozen=True)
class Locator:
    """Which place of the home's level a firm belongs to; None when that is not known of it."""

    home: Home
    names: Mapping[str, str]
    park_keys: Mapping[int, str]
    low: str
    high: str
    park_ids: tuple[int, ...]

    def place_of(self, region_code: str | None, park_id: int | None) -> str | None:
        if self.home.kind == "park":
            return None if park_id is None else self.park_keys.get(park_id)
        if not region_code:
            return None
        if self.home.kind == "province":
            return region_code[:2]
        return None if region_code[2:4] == "00" else region_code[:4]

    def place_column(self) -> ColumnElement[Any]:
        """What firms are grouped by: the park, or so much of the region's code as the home's level has."""
        if self.home.kind == "park":
            return cast(ColumnElement[Any], Enterprise.park_id)
        return func.substr(Enterprise.region_code, 1, 2 if self.home.kind == "province" else 4)

    def place_at(self, value: Any) -> str | None:
        """The place that a value of `place_column` stands for."""
        return self.place_of(None, value) if self.home.kind == "park" else self.place_of(value, None)

    def is_local(self, region_code: str | None, park_id: int | None) -> bool:
        return self.place_of(region_code, park_id) == self.home.key

    def outside(self) -> ColumnElement[bool]:
        """The WHERE clause for enterprises that are not at home."""
        if self.home.kind == "park":
            return or_(Enterprise.park_id.is_(None), Enterprise.park_id.not_in(self.park_ids))
        column = Enterprise.region_code
        return or_(column.is_(None), column < self.low, column >= self.high)


def choices(session: Session) -> list[tuple[str, str]]:
    """The city of the setting and its parks first, then provinces."""
    found = settings.get(session, SETTING, "")
    rows = session.execute(
        select(Region.code, Region.name, Region.level).where(
            or_(Region.level == 1, Region.invented, Region.code == found)
        )
    ).all()
    cities = [(row.code, row.name) for row in rows if row.level == 2]
    provinces = sorted((row.code, row.name) for row in rows if row.level == 1)
    parks = session.execute(select(Park.code, Park.name, Park.parent_id).order_by(Park.code)).all()
    areas = [
        (f"{PARK}{park.code}", park.name if park.parent_id is None else f"　{park.name}") for park in parks
    ]
    return [*cities, *areas, *provinces]


def locate(session: Session, value: str = "") -> Locator:
    """The home asked for, else the one of the setting, else the first province."""
    for asked in (value, str(settings.get(session, SETTING, ""))):
        found = _park(session, asked) if asked.startswith(PARK) else _region(session, asked)
        if found is not None:
            return found
    first = session.scalar(select(Region.code).where(Region.level == 1).order_by(Region.code).limit(1))
    fallback = _region(session, first or "")
    return fallback or Locator(Home("", "province", "—", "—"), {}, {}, "~", "~", ())


def known(session: Session, value: str) -> bool:
    """Whether `value` names a home that exists."""
    return (_park(session, value) if value.startswith(PARK) else _region(session, value)) is not None


def by_name(session: Session) -> dict[str, str]:
    """The value of every place by its code and its folded names; a name that two places bear names none."""
    rows = session.execute(
        select(Region.code, Region.name, Region.full_name).where(Region.level.in_((1, 2)))
    ).all()
    places = [(row.code, {row.code, row.name, row.full_name}) for row in rows]
    parks = session.execute(select(Park.code, Park.name))
    places += [(f"{PARK}{park.code}", {park.code, park.name}) for park in parks]
    claimed: dict[str, set[str]] = {}
    for value, called in places:
        for word in {folded(each) for each in called if each}:
            claimed.setdefault(word, set()).add(value)
    return {word: next(iter(values)) for word, values in claimed.items() if len(values) == 1}


def _region(session: Session, code: str) -> Locator | None:
    region = session.get(Region, code) if code else None
    if region is None or region.level > 2:
        return None
    digits = 2 * region.level
    kind = "province" if region.level == 1 else "city"
    peers = session.execute(select(Region.code, Region.name).where(Region.level == region.level))
    low, high = regions_within(region.code)
    return Locator(
        home=Home(code, kind, region.name, code[:digits]),
        names={row.code[:digits]: row.name for row in peers},
        park_keys={},
        low=low,
        high=high,
        park_ids=(),
    )


def _park(session: Session, value: str) -> Locator | None:
    """Peers of a zone are zones, peers of a park are parks; a firm of a park belongs to its zone too."""
    parks = {park.id: park for park in session.scalars(select(Park))}
    home = next((park for park in parks.values() if park.code == value.removeprefix(PARK)), None)
    if home is None:
        return None
    keys: dict[int, str] = {}
    for park in parks.values():
        if home.parent_id is None:
            top = park
            while top.parent_id is not None:
                top = parks[top.parent_id]
            keys[park.id] = top.code
        elif park.parent_id is not None:
            keys[park.id] = park.code
    return Locator(
        home=Home(value, "park", home.name, home.code),
        names={park.code: park.name for park in parks.values()},
        park_keys=keys,
        low="",
        high="",
        park_ids=tuple(park_and_below(session, home.id)),
    )
