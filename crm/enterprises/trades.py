"""A firm's trade in GB/T 4754: its own class, or what the word of its stock exchange stands for."""

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "data" / "codes" / "listing_industries.csv"
GROUP = 3


@cache
def _words() -> dict[str, tuple[str, ...]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["industry"]: tuple(row["gbt4754"].split()) for row in csv.DictReader(file)}


def trade_of(industry_code: str | None, industry_text: str) -> tuple[str, ...]:
    """Prefixes of GB/T 4754 that a firm belongs to: the group of its class, else those of its word; may be empty.

    A word such as 元器件 covers several groups; the table says which.
    """
    if industry_code:
        return (industry_code[:GROUP],)
    return _words().get(industry_text.strip(), ())
