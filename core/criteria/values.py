"""What is known about somebody: a value with its year and source, or nothing. Ratios are worked out here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.criteria.model import Library, Metric

Plain = Decimal | bool | str | date


@dataclass(frozen=True)
class Value:
    """A known value. `source` says where it stands, `year` of which year it is."""

    value: Plain
    year: int | None = None
    source: str = ""


Values = Mapping[str, Value]
"""Metric code → value; what is absent is missing, never nought."""


def value_of(metric: Metric, values: Values) -> Value | None:
    """The value of a metric: given, or worked out from the two that make its ratio.

    None when a part is missing or the base is nought or negative: such a ratio says nothing.
    """
    given = values.get(metric.code)
    if given is not None or metric.ratio is None:
        return given
    top, base = values.get(metric.ratio.of), values.get(metric.ratio.to)
    if (
        top is None
        or base is None
        or not isinstance(top.value, Decimal)
        or not isinstance(base.value, Decimal)
    ):
        return None
    if base.value <= 0:
        return None
    share = (top.value - base.value if metric.ratio.kind == "growth" else top.value) * 100 / base.value
    return Value(share, top.year, top.source)


def absent_parts(library: Library, metric: Metric, values: Values) -> tuple[str, ...]:
    """Which metrics would have to be filled in before this one is known."""
    if value_of(metric, values) is not None:
        return ()
    if metric.ratio is None:
        return (metric.code,)
    absent = tuple(code for code in (metric.ratio.of, metric.ratio.to) if code not in values)
    return absent or (metric.ratio.to,)


def number(value: int | str | float | Decimal) -> Decimal:
    """A plain number as an exact Decimal; a float by its shortest writing."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
