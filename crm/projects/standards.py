"""Thresholds of admission and of projects: a sheet of versions (shipped: data/rules/admission_rules.json)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.criteria.sheets import Entry, Sheet, register
from core.deadlines import Term
from core.i18n import lazy as _l

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


_ENTRIES = (
    Entry("tiers.filing_from_wan.value", _l("非供地类备案起点：总投资"), "number", _l("万元"), least=1),
    Entry("filing_receipt.term", _l("备案回执时限"), "term", most=365),
    Entry("report_valid_months.value", _l("研判报告有效期"), unit=_l("个月"), least=1, most=120),
    Entry("specialist_limit.value", _l("每名专员在办项目上限"), unit=_l("个"), least=1, most=100),
    Entry(
        "company_before_signing_days.value", _l("项目公司最早可在签约前几天注册"), unit=_l("天"), most=3650
    ),
)
SHEET = register(
    Sheet(
        "admission_rules", _l("项目准入分级与项目规则"),
        _l("新版从生效日起用于判定准入档次、备案回执、报告有效期和专员负荷；已经办结的准入不变。"),
        PATH, _ENTRIES, parse,
    )
)  # fmt: skip
on = SHEET.on
"""The version in force on a day; before the first one, the first."""
