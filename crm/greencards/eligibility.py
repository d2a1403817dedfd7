"""Whether a project may have a card: criteria as data, each line explained. Pure (DOMAIN 9, cases T36)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from core.criteria import store
from core.criteria.evaluation import evaluate
from core.criteria.model import Library
from core.criteria.outcome import Answer, Branch, Line, Verdict
from core.criteria.values import Value
from core.i18n import _
from core.i18n import lazy as _l
from crm.greencards.rules import STANDARD_OF

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "rules" / "greencard_criteria.json"

OTHER_DOOR: Final = "other_door"
"""A line of a threshold that is meant for another kind of project: it does not apply, it is not failed."""


@dataclass(frozen=True)
class ProjectFacts:
    """What a card asks of a project. Money in 万元 and 万美元; `foreign_usd_wan` None: no foreign investment."""

    industry_group: str
    contract_investment_wan: Decimal | None
    agreement_kind: str | None
    signed_on: date | None
    started_on: date | None
    foreign_usd_wan: Decimal | None = None


BOOK: Final = "greencards"
store.register(store.Book(BOOK, _l("绿卡门槛"), FILE))


def library() -> Library:
    """The thresholds as they stand now."""
    return store.library(BOOK)


def industry_choices() -> list[tuple[str, str]]:
    return list(library().metric("industry_group").choices.items())


def judge(kind: str, facts: ProjectFacts, on: date) -> Answer:
    """The answer by the version in force on a day. `kind` is project or living."""
    return evaluate(library(), STANDARD_OF[kind], values_of(facts), on)


def values_of(facts: ProjectFacts) -> dict[str, Value]:
    contract, works = _("项目合同"), _("项目开工记录")
    foreign = facts.foreign_usd_wan is not None
    values = {
        "industry_group": Value(facts.industry_group, source=_("绿卡申报")),
        "formal_contract": Value(facts.agreement_kind == "contract", source=contract),
        "construction_started": Value(facts.started_on is not None, source=works),
        "foreign_invested": Value(foreign, source=_("绿卡申报")),
    }
    if facts.contract_investment_wan is not None:
        values["contract_investment_wan"] = Value(facts.contract_investment_wan, source=contract)
    if facts.signed_on is not None:
        values["signed_on"] = Value(facts.signed_on, source=contract)
    if facts.foreign_usd_wan is not None:
        values["foreign_direct_wan_usd"] = Value(facts.foreign_usd_wan, source=_("绿卡申报"))
    return values


def snapshot(answer: Answer) -> dict[str, Any]:
    """The answer as plain data, kept with the card: what decided on that day, whatever changes later."""
    return {
        "verdict": answer.verdict.value,
        "version": answer.version.code if answer.version else None,
        "authority": answer.version.authority if answer.version else "",
        "on": answer.on.isoformat(),
        "groups": [_group(part) for part in answer.branch.parts] if answer.branch else [],
    }


def _group(branch: Branch) -> dict[str, Any]:
    """A part of the rule with its lines; of alternatives, those meant for others are marked as such."""
    if branch.kind == "any":
        lines = [line for door in branch.parts for line in _door(door)]
    else:
        lines = [_line(line, line.verdict.value) for line in branch.all_lines()]
    return {
        "label": branch.label or (branch.lines[0].label if branch.lines else ""),
        "verdict": branch.verdict.value,
        "any": branch.kind == "any",
        "lines": lines,
    }


def _door(door: Branch) -> list[dict[str, Any]]:
    """One alternative: its amount counts only where its kind of project is this one."""
    kind_line, *rest = list(door.all_lines())
    meant = kind_line.verdict is not Verdict.NOT_MET
    verdict = door.verdict.value if meant else OTHER_DOOR
    return [_line(line, verdict, label=door.label, basis=kind_line.value) for line in rest]


def _line(line: Line, verdict: str, *, label: str = "", basis: str = "") -> dict[str, Any]:
    return {
        "id": line.id,
        "label": label or line.label,
        "basis": basis,
        "verdict": verdict,
        "value": line.value,
        "source": line.source,
        "threshold": line.threshold,
        "distance": line.distance if verdict == Verdict.NOT_MET.value else "",
        "note": line.note,
    }


def words(kept: dict[str, Any]) -> str:
    """Why a card may not be given, in one sentence; empty when it may."""
    if kept.get("verdict") == Verdict.MET.value:
        return ""
    if kept.get("verdict") == Verdict.NOT_ENTERED.value:
        return str(_("这一天没有现行的发卡门槛，不能判定。"))
    lines = [line for group in kept.get("groups", []) for line in group["lines"]]
    failed = [line["label"] for line in lines if line["verdict"] == Verdict.NOT_MET.value]
    absent = [line["label"] for line in lines if line["verdict"] == Verdict.MISSING.value]
    if failed:
        return str(_("不符合发卡门槛：%(lines)s。", lines="、".join(dict.fromkeys(failed))))
    if absent:
        return str(_("缺数据，不能判定：%(lines)s。", lines="、".join(dict.fromkeys(absent))))
    return str(_("不在发卡产业范围，也不是外商直接投资项目。"))
