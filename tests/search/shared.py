"""Large corpora that the repository does not hold; tests that need them are skipped by name without them."""

import csv
import os
from pathlib import Path

import pytest

from search.document import Document

WHERE = "LIANZHAO_SHARED"


def file(name: str) -> Path:
    """`data/companies/<name>` below LIANZHAO_SHARED."""
    path = Path(os.environ.get(WHERE, "")) / "data" / "companies" / name
    if not os.environ.get(WHERE) or not path.exists():
        pytest.skip(f"needs {name}: {WHERE} is not set or does not hold it")
    return path


def rows(name: str) -> list[dict[str, str]]:
    """The lines of such a file."""
    with file(name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def firm(number: int, title: str, **more: tuple[str, ...] | str | int) -> Document:
    return Document("enterprise", number, f"P{number}", f"/enterprises/P{number}", title, ("pub",), **more)  # type: ignore[arg-type]  # the fields of the dataclass, by name


def listed() -> dict[str, Document]:
    """The listed companies by stock code: full, short and former names, products."""
    former: dict[str, list[str]] = {}
    for row in rows("renamed_pairs.csv"):
        former.setdefault(row["stock_code"], []).append(row["name_b"])
    found: dict[str, Document] = {}
    for number, row in enumerate(rows("listed_companies.csv"), start=1):
        shorts = (row["short_name_2026"], row["short_name_2021"])
        found[row["stock_code"]] = firm(
            number,
            row["full_name"],
            aliases=tuple(dict.fromkeys(name for name in shorts if name)),
            former=tuple(name for name in former.get(row["stock_code"], ()) if name != row["full_name"]),
            codes=(row["stock_code"],),
            region=row["area_2026"],
            industry=row["industry_ts"],
            body=row["main_products"],
        )
    return found
