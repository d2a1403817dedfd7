"""Names in a sheet to the keys of the register: parks, regions, industries. Read once for one import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core import clock, places, places_today
from core.errors import Fault
from core.fields.texts import folded
from core.i18n import _
from core.imports.columns import CellFault
from core.places import Park, ParkLine, Region
from core.places_today import Place
from crm.enterprises.models import Industry

_ALSO = {"内蒙": "内蒙古"}
"""What tables write for a region besides its names."""

_ENDINGS = ("特别行政区", "自治区", "自治州", "省", "市", "区", "县")


@dataclass(frozen=True)
class Lookups:
    """`parks` name → (id, unit id); `regions` name or code → code, None where two share the name."""

    industries: frozenset[str]
    parks: Mapping[str, tuple[int, int | None]]
    regions: Mapping[str, str | None]
    park_names: Mapping[int, str]
    region_names: Mapping[str, str]
    shut: Mapping[Any, Fault]
    """Why nothing new is put in a region (by code) or a park (by key) today."""

    def resolve(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[CellFault]]:
        """The columns of the register for the values of a row, and names that nothing fits."""
        fields = {
            key: value for key, value in values.items() if key not in ("park", "region", "former_names")
        }
        faults: list[CellFault] = []
        code = fields.get("industry_code")
        if code is not None and code not in self.industries:
            message = _("没有 %(code)s 这个行业小类（GB/T 4754-2017）。", code=code)
            faults.append(CellFault("industry_code", "choice", "industry_unknown", message))
        if "park" in values:
            park = self.parks.get(folded(values["park"]))
            if park is None:
                message = _("没有叫“%(name)s”的园区。", name=values["park"])
                faults.append(CellFault("park", "choice", "park_unknown", message))
            else:
                fields["park_id"], fields["unit_id"] = park
        if "region" in values:
            region = self.regions.get(folded(values["region"]))
            if region is None:
                message = _("认不出地区“%(name)s”，请填六位区划代码或全称。", name=values["region"])
                faults.append(CellFault("region", "choice", "region_unknown", message))
            else:
                fields["region_code"] = region
        return fields, faults

    def shut_now(self, fields: Mapping[str, Any], *records: Row[Any] | None) -> list[CellFault]:
        """Regions and parks that are no more, unless the record, or one that it may be, lies there already."""
        return [
            CellFault(column, "choice", self.shut[fields[name]].code, str(self.shut[fields[name]].message))
            for name, column in (("park_id", "park"), ("region_code", "region"))
            if fields.get(name) in self.shut
            and fields[name] not in [getattr(record, name, None) for record in records]
        ]


def read(session: Session) -> Lookups:
    """Five statements."""
    industries = session.scalars(select(Industry.code).where(Industry.level == 4))
    known = _regions(session)
    after = places_today.successors(session)
    found: dict[Any, Fault | None] = {row.code: places_today.place_fault(_place(row), after) for row in known}
    regions = _words([row for row in known if found[row.code] is None])
    for word, code in _words([row for row in known if found[row.code] is not None]).items():
        regions.setdefault(word, code)
    for word, name in _ALSO.items():
        regions.setdefault(word, regions.get(name))
    lines = places.park_lines(session)
    found |= {number: places_today.line_fault(line) for number, line in lines.items()}
    return Lookups(
        frozenset(industries),
        _parks(session, lines),
        regions,
        {number: line.name for number, line in lines.items()},
        {row.code: row.full_name for row in known},
        {key: fault for key, fault in found.items() if fault is not None},
    )


def _regions(session: Session) -> Sequence[Any]:
    """Every region, the larger ones first."""
    columns = (Region.code, Region.name, Region.full_name, Region.level, Region.valid_from, Region.valid_to)
    return session.execute(select(*columns).order_by(Region.level, Region.code)).all()


def _place(row: Any) -> Place:
    return Place(row.code, row.full_name, row.valid_from, row.valid_to)


def _words(rows: Sequence[Any]) -> dict[str, str | None]:
    """Regions by code and by what tables write for them; None where two share a name."""
    regions: dict[str, str | None] = {}
    for row in rows:
        regions[row.code] = row.code
        short = next((row.name.removesuffix(end) for end in _ENDINGS if row.name.endswith(end)), row.name)
        for word in {row.name, row.full_name, short, *_with_endings(row.name, row.level)}:
            _claim(regions, word, row.code, row.level)
    return regions


def _with_endings(name: str, level: int) -> list[str]:
    return [f"{name}{'省' if level == 1 else '市'}"] if level < 3 else []


def _claim(regions: dict[str, str | None], word: str, code: str, level: int) -> None:
    """Provinces and cities come first; two counties of one name need the code or the whole name."""
    if len(word) < 2:
        return
    if word not in regions:
        regions[word] = code
    elif level == 3 and (regions[word] or "").endswith("00") is False and regions[word] != code:
        regions[word] = None


def _parks(session: Session, lines: Mapping[int, ParkLine]) -> dict[str, tuple[int, int | None]]:
    """Parks by code, name and short name; a closed one only where no other bears the word."""
    short = session.execute(select(Park.id, Park.short_name).order_by(Park.code)).all()
    called = [(lines[number], name) for number, name in short if number in lines]
    today = clock.today()
    found: dict[str, tuple[int, int | None]] = {}
    for line, name in sorted(called, key=lambda each: each[0].closed_on(today)):
        for word in filter(None, (line.code, line.name, name)):
            found.setdefault(folded(word), (line.id, places.committee(lines, line.id)))
    return found
