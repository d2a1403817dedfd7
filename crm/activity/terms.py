"""How long a silence may last: after how many days the mark turns amber and red, by version and effective day."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.criteria.sheets import Entry, Sheet, register
from core.i18n import lazy as _l

PATH = Path(__file__).resolve().parents[2] / "data" / "rules" / "contact_terms.json"


@dataclass(frozen=True)
class Terms:
    """One version: days without a contact after which the mark turns amber, and red."""

    amber_days: int
    red_days: int


def parse(data: dict[str, Any]) -> Terms:
    """One version of the file. Raises KeyError or ValueError when something is missing or odd."""
    return Terms(int(data["amber_days"]), int(data["red_days"]))


def _odd(terms: Terms) -> Sequence[Any]:
    return [] if terms.amber_days < terms.red_days else [_l("变红的天数要多于变黄的天数。")]


_ENTRIES = (
    Entry("amber_days", _l("几天没联系变黄"), unit=_l("天"), least=1, most=3650),
    Entry("red_days", _l("几天没联系变红"), unit=_l("天"), least=1, most=3650),
)
SHEET = register(
    Sheet(
        "contact_terms", _l("多久没联系算久"),
        _l("企业、线索、项目、专班和培优名录的联系标记、筛选和“很久没联系”名单都按它；从生效日起用。"),
        PATH, _ENTRIES, parse, rules=_odd,
    )
)  # fmt: skip
on = SHEET.on
"""The version in force on a day; before the first one, the first."""
