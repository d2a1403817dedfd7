"""Terms and thresholds of leads: versioned data (data/rules/lead_terms.json), never constants in code."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from core.deadlines import Term

PATH = Path(__file__).resolve().parents[2] / "data" / "rules" / "lead_terms.json"


@dataclass(frozen=True)
class LeadTerms:
    """One version. Terms in days or working days, money in 万元 and 万美元."""

    version: str
    effective_from: date
    respond: Term
    study: Term
    ruling: Term
    protection_months: int
    renewal_months: int
    renewal_times: int
    renewal_window_wd: int
    warn_days: int
    expire_days: int
    provincial_total_wan: Decimal
    provincial_foreign_usd_wan: Decimal


def parse(data: dict[str, Any]) -> LeadTerms:
    """One version of the file. Raises KeyError or ValueError when something is missing or odd."""
    terms, renewal, silence = data["terms"], data["renewal"], data["silence"]
    filing = data["provincial_filing"]
    return LeadTerms(
        version=data["version"],
        effective_from=date.fromisoformat(data["effective_from"]),
        respond=Term.parse(terms["respond"]["term"]),
        study=Term.parse(terms["study"]["term"]),
        ruling=Term.parse(terms["ruling"]["term"]),
        protection_months=int(data["protection_months"]["value"]),
        renewal_months=int(renewal["months"]),
        renewal_times=int(renewal["times"]),
        renewal_window_wd=int(renewal["window_wd"]),
        warn_days=int(silence["warn_days"]),
        expire_days=int(silence["expire_days"]),
        provincial_total_wan=Decimal(filing["total_wan"]),
        provincial_foreign_usd_wan=Decimal(filing["foreign_usd_wan"]),
    )


@cache
def versions() -> tuple[LeadTerms, ...]:
    """Every version, oldest first."""
    data = json.loads(PATH.read_text("utf-8"))
    return tuple(sorted((parse(item) for item in data["versions"]), key=lambda one: one.effective_from))


def on(day: date) -> LeadTerms:
    """The version in force on a day. Raises LookupError before the first."""
    found = [version for version in versions() if version.effective_from <= day]
    if not found:
        raise LookupError(f"no lead terms in force on {day}")
    return found[-1]
