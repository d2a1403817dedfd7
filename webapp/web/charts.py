"""Small column charts as plain numbers for an SVG that the server draws: no script, no style attribute."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

WIDTH, TOP, BASE = 44, 18, 84
"""Width of a column's place, where the tallest begins and where all stand, in units of the drawing."""


@dataclass(frozen=True)
class Column:
    """One column: its place, and the words below and above it. `height` 0 with `missing` draws a gap."""

    x: int
    y: float
    height: float
    below: str
    value: Any
    missing: bool
    negative: bool


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    base: float
    columns: Sequence[Column]


def columns(points: Sequence[tuple[str, Decimal | int | None]]) -> Chart:
    """A chart of (label, value) in order. Values below nought hang from the line; None is a gap, never nought."""
    known = [Decimal(value) for _label, value in points if value is not None]
    high, low = max([Decimal(0), *known]), min([Decimal(0), *known])
    span = high - low or Decimal(1)
    room = Decimal(BASE - TOP)
    base = float(TOP + room * high / span) if high > low else float(BASE)
    made = []
    for number, (label, value) in enumerate(points):
        height = float(room * abs(Decimal(value)) / span) if value is not None else 0.0
        negative = value is not None and value < 0
        made.append(
            Column(
                x=number * WIDTH,
                y=round(base if negative else base - height, 1),
                height=round(height, 1),
                below=label,
                value=value,
                missing=value is None,
                negative=negative,
            )
        )
    return Chart(WIDTH * max(1, len(points)), BASE + 18, round(base, 1), made)
