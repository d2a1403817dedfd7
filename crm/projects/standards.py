"""Thresholds of admission and of projects: versioned data (data/rules/admission_rules.json)."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from core.deadlines import Term

PATH = Path(__file__).resolve().parents[2] / "data" / "rules" / "admission_rules.json"


@dataclass(frozen=True)
class Standards:
    """One version; money in 万元."""

    version: str
    effective_from: date
    filing_from_wan: Decimal
    filing_receipt: Term
    report_valid_months: int
    specialist_limit: int
    company_before_signing_days: int


def parse(data: dict[str, Any]) -> Standards:
    """One version of the file. Raises KeyError or ValueError when something is missing or odd."""
    return Standards(
        version=data["version"],
        effective_from=date.fromisoformat(data["effective_from"]),
        filing_from_wan=Decimal(data["tiers"]["filing_from_wan"]["value"]),
        filing_receipt=Term.parse(data["filing_receipt"]["term"]),
        report_valid_months=int(data["report_valid_months"]["value"]),
        specialist_limit=int(data["specialist_limit"]["value"]),
        company_before_signing_days=int(data["company_before_signing_days"]["value"]),
    )


@cache
def versions() -> tuple[Standards, ...]:
    """Every version, oldest first."""
    data = json.loads(PATH.read_text("utf-8"))
    return tuple(sorted((parse(item) for item in data["versions"]), key=lambda one: one.effective_from))


def on(day: date) -> Standards:
    """The version in force on a day. Raises LookupError before the first."""
    found = [version for version in versions() if version.effective_from <= day]
    if not found:
        raise LookupError(f"no project standards in force on {day}")
    return found[-1]
