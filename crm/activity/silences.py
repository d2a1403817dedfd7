"""How long nobody has spoken to a record: as a filter of lists, alike for every kind that keeps its last contact."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from core import clock
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Option
from crm.activity import terms


def _options(_asking: Asking) -> Sequence[Option]:
    days = terms.on(clock.today())
    amber, red = {"days": days.amber_days}, {"days": days.red_days}
    return (
        ("green", _l("%(days)s 天内联系过", **amber)),
        ("amber", _l("%(amber)s 到 %(red)s 天没联系", amber=days.amber_days, red=days.red_days)),
        ("red", _l("超过 %(days)s 天没联系", **red)),
        ("grey", _l("从没联系过")),
        ("silent", _l("很久没联系（含从没联系过）")),
    )


def field(last: Any, *, quick: bool = False) -> Choice:
    """The filter over a column of last contact; `silent` is red or never."""

    def where(values: tuple[str, ...], _asking: Asking) -> ColumnElement[bool]:
        today = clock.today()
        days = terms.on(today)
        amber, red = today - timedelta(days=days.amber_days), today - timedelta(days=days.red_days)
        clauses = {
            "green": last >= amber,
            "amber": last.between(red, amber - timedelta(days=1)),
            "red": last < red,
            "grey": last.is_(None),
            "silent": or_(last.is_(None), last < red),
        }
        return or_(*[clauses[value] for value in values])

    return Choice("contact", _l("联系情况"), ops=("in",), quick=quick, options=_options, where=where)
