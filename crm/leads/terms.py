"""Terms and thresholds of leads: a sheet of versions (shipped: data/rules/lead_terms.json), never constants in code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.criteria.sheets import Entry, Sheet, register
from core.deadlines import Term
from core.i18n import lazy as _l

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


def _odd(terms: LeadTerms) -> Sequence[Any]:
    if terms.warn_days >= terms.expire_days:
        return [_l("预警天数要小于失效天数。")]
    return []


_ENTRIES = (
    Entry("terms.respond.term", _l("响应时限"), "term", most=365),
    Entry("terms.study.term", _l("研判时限"), "term", most=365),
    Entry("terms.ruling.term", _l("争议裁定时限"), "term", most=365),
    Entry("protection_months.value", _l("首报首谈保护期"), unit=_l("个月"), least=1, most=60),
    Entry("renewal.months", _l("每次续期"), unit=_l("个月"), least=1, most=60),
    Entry("renewal.times", _l("可续期次数"), unit=_l("次"), most=10),
    Entry("renewal.window_wd", _l("续期窗口：届满前"), unit=_l("个工作日"), most=250),
    Entry("silence.warn_days", _l("无有效跟进几天预警"), unit=_l("天"), least=1, most=3650),
    Entry("silence.expire_days", _l("无有效跟进几天失效"), unit=_l("天"), least=1, most=3650),
    Entry("provincial_filing.total_wan", _l("省级首报备案：总投资起点"), "number", _l("万元")),
    Entry("provincial_filing.foreign_usd_wan", _l("省级首报备案：外资起点"), "number", _l("万美元")),
)
SHEET = register(
    Sheet(
        "lead_terms", _l("线索时限与首报首谈规则"),
        _l("新版从生效日起用于响应、研判、裁定、保护期和静默判断；已经算出的保护期不变。"),
        PATH, _ENTRIES, parse, rules=_odd,
    )
)  # fmt: skip
on = SHEET.on
"""The version in force on a day; before the first one, the first."""
