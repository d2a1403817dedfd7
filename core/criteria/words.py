"""Thresholds, values and distances in words: "研发占比差 0.4 个百分点，研发费用约需增 86 万元"."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any, Final

from core.criteria.model import Band, Compare, Library, Metric, Source
from core.criteria.values import Plain, Values
from core.i18n import _
from core.i18n import lazy as _l

SOURCES: Final[Mapping[Source, Any]] = {
    "V": _l("已核对原文"),
    "S": _l("立项文件"),
    "P": _l("建议值"),
    "M": _l("凭记忆，待核对"),
}
"""What the letters of the files mean; nobody is shown a letter."""

_SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "==": "=", "in": "∈"}


def plain(number: Decimal, places: int = 2) -> str:
    """At most `places` decimals, without empty ones, thousands in groups: 12,345.6."""
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(metric: Metric, value: Plain | None) -> str:
    """A value with its unit; empty when there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, Decimal):
        return plain(value) + _unit(metric)
    if isinstance(value, date):
        return value.isoformat()
    return metric.choices.get(value, value)


def threshold(metric: Metric, part: Compare) -> str:
    """ "≥ 3%", "= 是", "属于 工业、现代农业"."""
    if isinstance(part.value, tuple):
        return str(_("属于 %(choices)s", choices="、".join(metric.choices[code] for code in part.value)))
    return f"{_SIGNS[part.op]} {shown(metric, part.value)}"


def band_words(metric: Metric, band: Band) -> str:
    """ "3%–5%：15 分" with the lower bound included and the upper excluded."""
    unit = _unit(metric)
    values = {
        "low": "" if band.min is None else plain(band.min) + unit,
        "high": "" if band.max is None else plain(band.max) + unit,
        "points": plain(band.points),
    }
    if band.min is None:
        return str(_("低于 %(high)s：%(points)s 分", **values))
    if band.max is None:
        return str(_("%(low)s 以上：%(points)s 分", **values))
    return str(_("%(low)s 至不足 %(high)s：%(points)s 分", **values))


def distance(library: Library, metric: Metric, values: Values, have: Decimal, want: Decimal) -> str:
    """How far `have` is from `want`, and for a ratio roughly what its upper part would have to change by."""
    gap = _amount(metric, abs(want - have))
    change = _change(library, metric, values, want)
    if change is None:
        return str(_("差 %(gap)s", gap=gap))
    part, amount, more = change
    words = {"gap": gap, "part": part, "amount": amount}
    if more:
        return str(_("差 %(gap)s，%(part)s约需增 %(amount)s", **words))
    return str(_("超出 %(gap)s，%(part)s约需减 %(amount)s", **words))


def _change(library: Library, metric: Metric, values: Values, want: Decimal) -> tuple[str, str, bool] | None:
    if metric.ratio is None:
        return None
    top, base = values.get(metric.ratio.of), values.get(metric.ratio.to)
    if (
        top is None
        or base is None
        or not isinstance(top.value, Decimal)
        or not isinstance(base.value, Decimal)
    ):
        return None
    share = want + 100 if metric.ratio.kind == "growth" else want
    needed = base.value * share / 100 - top.value
    part = library.metric(metric.ratio.of)
    return part.label, _amount(part, abs(needed)), needed > 0


def _amount(metric: Metric, amount: Decimal) -> str:
    """An amount never understated: whole from ten upwards and for what is counted, else two decimals."""
    counted = metric.unit in ("人", "项", "个", "件", "家")
    places = 0 if counted or (amount >= 10 and metric.unit != "%") else 2
    rounded = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING)
    unit = _(" 个百分点") if metric.unit == "%" else f" {metric.unit}".rstrip()
    return f"{plain(rounded)}{unit}"


def _unit(metric: Metric) -> str:
    return "%" if metric.unit == "%" else f" {metric.unit}".rstrip()
