"""Names in a sheet to the keys of the register: parks, regions, industries. Read once for one import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.fields.texts import folded
from core.i18n import _
from core.imports.columns import CellFault
from core.places import Park, Region
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


def read(session: Session) -> Lookups:
    """Three statements."""
    industries = session.scalars(select(Industry.code).where(Industry.level == 4))
    region_rows = session.execute(select(Region.code, Region.name, Region.full_name, Region.level)).all()
    regions: dict[str, str | None] = {}
    for row in sorted(region_rows, key=lambda row: row.level):
        regions[row.code] = row.code
        short = next((row.name.removesuffix(end) for end in _ENDINGS if row.name.endswith(end)), row.name)
        for word in {row.name, row.full_name, short, *_with_endings(row.name, row.level)}:
            _claim(regions, word, row.code, row.level)
    for word, name in _ALSO.items():
        regions.setdefault(word, regions.get(name))
    parks, park_names = _parks(session)
    return Lookups(
        frozenset(industries), parks, regions, park_names, {row.code: row.full_name for row in region_rows}
    )


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


def _parks(session: Session) -> tuple[dict[str, tuple[int, int | None]], dict[int, str]]:
    rows = session.execute(
        select(Park.id, Park.code, Park.name, Park.short_name, Park.parent_id, Park.unit_id)
    ).all()
    by_id = {row.id: row for row in rows}
    found: dict[str, tuple[int, int | None]] = {}
    for row in rows:
        runs = row
        while runs.unit_id is None and runs.parent_id in by_id:
            runs = by_id[runs.parent_id]
        for word in (row.code, row.name, row.short_name):
            if word:
                found.setdefault(folded(word), (row.id, runs.unit_id))
    return found, {row.id: row.name for row in rows}
