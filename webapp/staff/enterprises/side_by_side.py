"""Two enterprises field by field, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.i18n import _
from crm.enterprises.duplicates.choices import FIELDS
from crm.enterprises.duplicates.queries import Compared
from crm.enterprises.models import Enterprise
from crm.enterprises.rules import STATUS_LABELS
from webapp.staff.enterprises.duplicate_forms import MergeForm
from webapp.web import formats


@dataclass(frozen=True)
class Line:
    """One field: both values as people read them, whether they differ, whose is chosen."""

    name: str
    label: Any
    first: str
    second: str
    differs: bool
    side: str


def lines(found: Compared, form: MergeForm) -> list[Line]:
    """The fields that differ first, then those that both have alike; what neither has is left out."""
    differing = {each.name: each for each in found.differences}
    one, other = found.first.enterprise, found.second.enterprise
    rows = []
    for name, label in FIELDS.items():
        first, second = in_words(one, name), in_words(other, name)
        if not first and not second:
            continue
        side = form.side_of(name) or _proposed(form.keep.data, first, second)
        rows.append(Line(name, label, first, second, name in differing, side))
    return sorted(rows, key=lambda line: not line.differs)


def _proposed(keep: str | None, first: str, second: str) -> str:
    """The survivor's, unless it has none."""
    mine, theirs = (first, second) if keep == "first" else (second, first)
    other = "second" if keep == "first" else "first"
    return str(keep) if mine or not theirs else other


def in_words(enterprise: Enterprise, name: str) -> str:
    value = getattr(enterprise, name)
    if name == "park_id":
        return enterprise.park.name if enterprise.park else ""
    if name == "region_code":
        return enterprise.region.full_name if enterprise.region else ""
    if name == "industry_code":
        return f"{enterprise.industry.code} {enterprise.industry.name}" if enterprise.industry else ""
    return plain(name, value)


def plain(name: str, value: Any) -> str:
    """A value that needs no other table to be read."""
    if value is None or value == "":
        return ""
    if name == "reg_status":
        return str(STATUS_LABELS[value])
    if isinstance(value, bool):
        return str(_("是")) if value else ""
    if isinstance(value, Decimal):
        return formats.wan(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(map(str, value))
    return str(value)
