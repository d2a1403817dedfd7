"""The register's terms: size standards and how early an honour's end is announced, by version and effective day."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.criteria.sheets import Entry, Sheet, register
from core.i18n import lazy as _l

PATH = Path(__file__).resolve().parents[2] / "data" / "rules" / "register_terms.json"


@dataclass(frozen=True)
class Step:
    """The lower limits of a size; both must be reached (DOMAIN 3)."""

    size: str
    employees: int
    revenue_wan: Decimal


@dataclass(frozen=True)
class SizeGroup:
    """The steps, the largest first, for the sections of GB/T 4754 that share them."""

    name: str
    sections: frozenset[str]
    steps: Sequence[Step]


@dataclass(frozen=True)
class Terms:
    """One version. `checked`: two people have compared the limits with the document; what ships is from memory."""

    version: str
    effective_from: date
    document: str
    checked: bool
    honour_warning_days: int
    size_groups: Sequence[SizeGroup]

    def group_of(self, section: str | None) -> SizeGroup | None:
        return next((group for group in self.size_groups if section in group.sections), None)


@cache
def _from_memory() -> frozenset[str]:
    """Versions that ship unchecked; one that was drafted and approved on the page of standards is none of them."""
    return frozenset(item["version"] for item in json.loads(PATH.read_text("utf-8")) if not item["checked"])


def parse(data: dict[str, Any]) -> Terms:
    """One version of the file. Raises KeyError or ValueError when something is missing or odd."""
    return Terms(
        version=data["version"],
        effective_from=date.fromisoformat(data["effective_from"]),
        document=data["document"],
        checked=data["version"] not in _from_memory(),
        honour_warning_days=int(data["honour_warning_days"]),
        size_groups=tuple(_group(group) for group in data["size_groups"]),
    )


def _group(group: dict[str, Any]) -> SizeGroup:
    steps = (
        Step(each["size"], int(each["employees"]), Decimal(each["revenue_wan"])) for each in group["steps"]
    )
    return SizeGroup(group["name"], frozenset(group["sections"]), tuple(steps))


def _odd(terms: Terms) -> Sequence[Any]:
    for group in terms.size_groups:
        for larger, smaller in zip(group.steps, group.steps[1:], strict=False):
            if larger.employees <= smaller.employees or larger.revenue_wan <= smaller.revenue_wan:
                return [_l("大一档的下限要高于小一档。")]
    return []


_STEPS: Final = "size_groups.0.steps"
_PEOPLE, _WAN = _l("人"), _l("万元")
_ENTRIES = (
    Entry("honour_warning_days", _l("资质到期前几天提示"), unit=_l("天"), least=1, most=730),
    Entry(f"{_STEPS}.0.employees", _l("工业大型：从业人员下限"), unit=_PEOPLE, least=1, most=1_000_000),
    Entry(f"{_STEPS}.0.revenue_wan", _l("工业大型：营业收入下限"), "number", _WAN, least=1),
    Entry(f"{_STEPS}.1.employees", _l("工业中型：从业人员下限"), unit=_PEOPLE, least=1, most=1_000_000),
    Entry(f"{_STEPS}.1.revenue_wan", _l("工业中型：营业收入下限"), "number", _WAN, least=1),
    Entry(f"{_STEPS}.2.employees", _l("工业小型：从业人员下限"), unit=_PEOPLE, least=1, most=1_000_000),
    Entry(f"{_STEPS}.2.revenue_wan", _l("工业小型：营业收入下限"), "number", _WAN, least=1),
)
SHEET = register(
    Sheet(
        "register_terms", _l("企业划型标准和资质提示"),
        _l("随产品发布的数值凭记忆录入，未核对原文；照原文起草新版、由另一人批准，即为已核对。"
           "别的行业门类没有录入，不划型。已登记的规模在年度数据变动时按新版重算。"),
        PATH, _ENTRIES, parse, pick=lambda data: data, rules=_odd,
    )
)  # fmt: skip
on = SHEET.on
"""The version in force on a day; before the first one, the first."""
