"""How long nobody has spoken to a record: as a filter of lists, alike for every kind that keeps its last contact."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from core import clock
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Option
from crm.activity.rules import AMBER_DAYS, RED_DAYS

SILENCES: tuple[Option, ...] = (
    ("green", _l("30 天内联系过")),
    ("amber", _l("30 到 60 天没联系")),
    ("red", _l("超过 60 天没联系")),
    ("grey", _l("从没联系过")),
    ("silent", _l("很久没联系（含从没联系过）")),
)


def field(last: Any, *, quick: bool = False) -> Choice:
    """The filter over a column of last contact; `silent` is red or never."""

    def where(values: tuple[str, ...], _asking: Asking) -> ColumnElement[bool]:
        today = clock.today()
        amber, red = today - timedelta(days=AMBER_DAYS), today - timedelta(days=RED_DAYS)
        clauses = {
            "green": last >= amber,
            "amber": last.between(red, amber - timedelta(days=1)),
            "red": last < red,
            "grey": last.is_(None),
            "silent": or_(last.is_(None), last < red),
        }
        return or_(*[clauses[value] for value in values])

    return Choice("contact", _l("联系情况"), ops=("in",), quick=quick, options=SILENCES, where=where)
