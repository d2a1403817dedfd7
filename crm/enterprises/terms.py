"""The register's terms: size standards and how early an honour's end is announced, by version and effective day."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "data" / "rules" / "register_terms.json"


@dataclass(frozen=True)
class Step:
    """The lower limits of a size; both must be reached (DOMAIN 3)."""

    size: str
    employees: int
    revenue_wan: Decimal


@dataclass(frozen=True)
class SizeGroup:
    """The steps, the largest first, for the sections of GB/T 4754 that share them."""

    name: str
    sections: frozenset[str]
    steps: Sequence[Step]


@dataclass(frozen=True)
class Terms:
    """One version. `checked` is false until an administrator has compared the limits with the document."""

    version: str
    effective_from: date
    document: str
    checked: bool
    honour_warning_days: int
    size_groups: Sequence[SizeGroup]

    def group_of(self, section: str | None) -> SizeGroup | None:
        return next((group for group in self.size_groups if section in group.sections), None)


@cache
def versions(path: Path = FILE) -> tuple[Terms, ...]:
    """Every version, oldest first."""
    found = [
        Terms(
            version=item["version"],
            effective_from=date.fromisoformat(item["effective_from"]),
            document=item["document"],
            checked=item["checked"],
            honour_warning_days=item["honour_warning_days"],
            size_groups=tuple(
                SizeGroup(
                    group["name"],
                    frozenset(group["sections"]),
                    tuple(
                        Step(step["size"], step["employees"], Decimal(step["revenue_wan"]))
                        for step in group["steps"]
                    ),
                )
                for group in item["size_groups"]
            ),
        )
        for item in json.loads(path.read_text("utf-8"))
    ]
    return tuple(sorted(found, key=lambda item: item.effective_from))


def on(day: date) -> Terms:
    """The version in force on `day`; before the first one, the first."""
    known = versions()
    return next((item for item in reversed(known) if item.effective_from <= day), known[0])
