"""The size class of an enterprise, and why: its section of GB/T 4754, people and revenue against the standard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from core.i18n import lazy as _l
from crm.enterprises import terms
from crm.enterprises.models import Enterprise
from crm.enterprises.rules import SIZE_LABELS
from crm.enterprises.terms import Step, Terms
from crm.enterprises.trades import section_of, trade_of


class Figures(Protocol):
    """What a year's row says of size."""

    @property
    def year(self) -> int: ...
    @property
    def revenue_wan(self) -> Decimal | None: ...
    @property
    def employees_end(self) -> int | None: ...


@dataclass(frozen=True)
class Size:
    """`size` is None when it cannot be told; `reason` says in either case what it rests on or what is missing."""

    size: str | None
    reason: Any
    year: int | None = None


def section(industry_code: str | None, industry_text: str) -> str | None:
    """The section of the trade; None when it is unknown, or its word covers several sections."""
    found = {section_of(code) for code in trade_of(industry_code, industry_text)}
    return found.pop() if len(found) == 1 else None


def year_of(rows: Sequence[Figures]) -> tuple[int | None, Decimal | None, int | None]:
    """The latest year with revenue or people: (year, revenue, people), the newest row of each figure winning."""
    told = [row for row in rows if row.revenue_wan is not None or row.employees_end is not None]
    if not told:
        return None, None, None
    year = max(row.year for row in told)
    of_year = [row for row in told if row.year == year]
    revenue = [row.revenue_wan for row in of_year if row.revenue_wan is not None]
    people = [row.employees_end for row in of_year if row.employees_end is not None]
    return year, revenue[-1] if revenue else None, people[-1] if people else None


def derive(trade: str | None, rows: Sequence[Figures], rule: Terms) -> Size:
    """The size by the figures of the latest year. `trade` is the section of GB/T 4754."""
    if trade is None:
        return Size(None, _l("没有行业代码，不能划型。"))
    group = rule.group_of(trade)
    if group is None:
        return Size(None, _l("划型标准里还没有录入这个行业门类（%(section)s）。", section=trade))
    year, revenue, people = year_of(rows)
    if year is None:
        return Size(None, _l("没有营业收入和年末从业人员，不能划型。"))
    if revenue is None:
        return Size(None, _l("缺 %(year)s 年营业收入，不能划型。", year=year), year)
    if people is None:
        return Size(None, _l("缺 %(year)s 年末从业人员，不能划型。", year=year), year)
    at = next(
        number
        for number, step in enumerate(group.steps)
        if people >= step.employees and revenue >= step.revenue_wan
    )
    step, above = group.steps[at], group.steps[at - 1] if at else None
    return Size(step.size, _reason(year, people, revenue, step, above), year)


def _reason(year: int, people: int, revenue: Decimal, step: Step, above: Step | None) -> Any:
    given = {
        "year": year,
        "people": f"{people:,}",
        "revenue": f"{revenue:,.2f}",
        "size": SIZE_LABELS[step.size],
        "at_people": f"{step.employees:,}",
        "at_revenue": f"{step.revenue_wan:,}",
    }
    if above is None:
        return _l(
            "%(year)s 年从业 %(people)s 人、营收 %(revenue)s 万元，"
            "达到%(size)s下限（%(at_people)s 人且 %(at_revenue)s 万元）。",
            **given,
        )
    given |= {
        "above": SIZE_LABELS[above.size],
        "above_people": f"{above.employees:,}",
        "above_revenue": f"{above.revenue_wan:,}",
    }
    return _l(
        "%(year)s 年从业 %(people)s 人、营收 %(revenue)s 万元，"
        "没有同时达到%(above)s下限（%(above_people)s 人且 %(above_revenue)s 万元），划为%(size)s。",
        **given,
    )


def of(enterprise: Enterprise, today: date) -> Size:
    """The size of a record by its yearly figures, with the reason."""
    trade = section(enterprise.industry_code, enterprise.industry_text or "")
    return derive(trade, enterprise.years, terms.on(today))


def renew(enterprise: Enterprise, today: date) -> None:
    """Let the record follow its figures; where they say nothing, what is known stays."""
    enterprise.size_class = of(enterprise, today).size or enterprise.size_class
