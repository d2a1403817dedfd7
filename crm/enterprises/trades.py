"""A firm's trade in GB/T 4754: its own class, or what the word of its stock exchange stands for."""

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parents[2] / "data" / "codes" / "listing_industries.csv"
GROUP = 3
_FIRST_DIVISIONS = (
    (1, "A"), (6, "B"), (13, "C"), (44, "D"), (47, "E"), (51, "F"), (53, "G"), (61, "H"), (63, "I"), (66, "J"),
    (70, "K"), (71, "L"), (73, "M"), (76, "N"), (80, "O"), (83, "P"), (84, "Q"), (86, "R"), (91, "S"), (97, "T"),
)  # fmt: skip


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


def section_of(code: str) -> str:
    """The section (门类) that a code of GB/T 4754-2017 belongs to: 3974 → C."""
    if code[:1].isalpha():
        return code[0]
    division = int(code[:2])
    return [letter for first, letter in _FIRST_DIVISIONS if first <= division][-1]
