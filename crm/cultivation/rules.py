"""From yearly figures and inputs to the values that a standard asks for. Pure functions (DOMAIN 13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core.criteria.model import Library, Metric, metrics_of, parts
from core.criteria.values import Plain, Value
from core.errors import Fault
from core.i18n import lazy as _l

FIGURES: Final = (
    "revenue_wan", "main_revenue_wan", "rd_expense_wan", "cost_wan", "total_assets_wan",
    "total_liabilities_wan", "net_profit_wan", "employees_end", "tech_staff", "rd_staff",
)  # fmt: skip
"""Metrics that stand in the register's yearly figures; everything else is an input of the assessment."""
PREVIOUS: Final = {"revenue_prev_wan": "revenue_wan", "main_revenue_prev_wan": "main_revenue_wan"}
"""Metrics of the year before."""

TARGET_METRICS: Final[Mapping[str, Any]] = {
    "revenue_wan": _l("营业收入（万元）"),
    "tax_paid_wan": _l("入库税金（万元）"),
    "rd_expense_wan": _l("研发费用（万元）"),
}
EXIT_LABELS: Final[Mapping[str, Any]] = {
    "promoted": _l("晋级"),
    "withdrawn": _l("退出"),
    "disqualified": _l("失格"),
}


@dataclass(frozen=True)
class YearFigures:
    """One source's figures of one year; later ones of the same year win, figure by figure."""

    year: int
    source: str
    figures: Mapping[str, Decimal | int | None]


@dataclass(frozen=True)
class Input:
    """A value entered for the assessment, as text."""

    metric: str
    year: int
    value: str
    source: str


def base_year(years: Iterable[YearFigures], on: date) -> int | None:
    """The last finished year for which figures stand; standards ask for the year before the application."""
    known = [item.year for item in years if item.year < on.year]
    return max(known, default=None)


def values_of(
    library: Library, years: Iterable[YearFigures], inputs: Iterable[Input], on: date
) -> dict[str, Value]:
    """What is known for a day: figures of the base year, of the year before, and the newest inputs.

    All figures of a ratio come from one year; a figure that this year lacks is missing, never nought.
    """
    rows = list(years)
    year = base_year(rows, on)
    values: dict[str, Value] = {}
    if year is not None:
        values.update(_figures(rows, year, {name: name for name in FIGURES}))
        values.update(_figures(rows, year - 1, PREVIOUS))
    known = {metric.code: metric for metric in library.metrics}
    for item in sorted(inputs, key=lambda each: each.year):
        metric = known.get(item.metric)
        if metric is None or item.metric in FIGURES or item.year > on.year:
            continue
        parsed = parsed_input(metric, item.value)
        if parsed is not None:
            values[item.metric] = Value(parsed, item.year, item.source)
    return values


def _figures(rows: Iterable[YearFigures], year: int, names: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for row in rows:
        if row.year == year:
            for metric, name in names.items():
                value = row.figures.get(name)
                if value is not None:
                    found[metric] = Value(Decimal(value), year, row.source)
    return found


def parsed_input(metric: Metric, text: str) -> Plain | None:
    """An input's text as the value of its metric; None when it is not one."""
    text = text.strip()
    if metric.kind == "flag":
        return {"true": True, "false": False}.get(text)
    if metric.kind == "choice":
        return text if text in metric.choices else None
    if metric.kind == "day":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def asked_for(library: Library, standard: str, on: date) -> list[Metric]:
    """The plain metrics that the version of a day needs, in order: ratios give way to their parts."""
    version = library.standard(standard).version_on(on)
    if version is None or version.rule is None:
        return []
    codes: dict[str, None] = {}
    for part in parts(version.rule):
        for code in metrics_of(part):
            metric = library.metric(code)
            for plain in (metric.ratio.of, metric.ratio.to) if metric.ratio else (code,):
                codes[plain] = None
    return [library.metric(code) for code in codes]


def input_faults(library: Library, values: Mapping[str, str]) -> list[Fault]:
    """What is wrong with entered texts, each at its field."""
    faults = []
    known = {metric.code: metric for metric in library.metrics}
    for code, text in values.items():
        metric = known.get(code)
        if metric is None:
            faults.append(Fault(code, "unknown_metric", _l("没有这个指标。")))
            continue
        parsed = parsed_input(metric, text)
        if parsed is None:
            faults.append(Fault(code, "not_a_value", _wrong(metric)))
        elif isinstance(parsed, Decimal) and parsed < 0 and code != "net_profit_wan":
            faults.append(Fault(code, "negative", _l("这一项不能是负数。")))
        elif isinstance(parsed, Decimal) and parsed > Decimal(10) ** 10:
            faults.append(Fault(code, "too_large", _l("数太大了，请核对单位。")))
        elif isinstance(parsed, Decimal) and metric.unit in ("人", "项") and parsed % 1:
            faults.append(Fault(code, "whole", _l("人数和项数要填整数。")))
    return faults


def _wrong(metric: Metric) -> Any:
    if metric.kind == "number":
        return _l("要填数字，不带单位。")
    if metric.kind == "day":
        return _l("要填日期，如 2026-03-05。")
    return _l("请从列出的选项里选。")
