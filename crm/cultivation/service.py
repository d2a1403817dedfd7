"""Verbs of an assessment: enter what is missing, judge and keep the answer. Never commit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.cultivation import access, assessment, roster, rules, standards
from crm.cultivation.models import AssessmentInput, Evaluation
from crm.enterprises import figures as yearly
from crm.enterprises.models import Enterprise


def record_inputs(
    session: Session,
    enterprise_pid: str,
    values: Mapping[str, str],
    *,
    year: int,
    source: str,
    actor: Actor,
) -> int:
    """Enter values that a standard asks for; blank ones are left alone. Returns how many were kept.

    Yearly figures go into the register (so that there is one truth), the rest are assessment inputs.
    Raises Invalid with a fault at every wrong field.
    """
    enterprise = _enterprise(session, enterprise_pid, actor)
    given = {code: text.strip() for code, text in values.items() if text and text.strip()}
    source = source.strip()
    _check(given, year, source)
    _record_years(session, enterprise_pid, given, year, source, actor)
    changes = {
        code: pair
        for code, text in given.items()
        if code not in (*rules.FIGURES, *rules.PREVIOUS)
        and (pair := _keep(session, enterprise, code, text, year, source, actor)) is not None
    }
    session.flush()
    if changes:
        label = enterprise.name
        audit.record(
            "cultivation.inputs_entered",
            "enterprise",
            enterprise.id,
            actor=actor,
            label=label,
            changes=changes,
        )
    touch("enterprise", [enterprise.id])
    return len(given)


def _check(given: Mapping[str, str], year: int, source: str) -> None:
    faults = rules.input_faults(standards.library(), given)
    if not source:
        faults.append(Fault("source", "required", _l("请写明数据从哪里来。")))
    if not 1980 <= year <= clock.today().year:
        faults.append(Fault("year", "range", _l("年度要在 1980 年到今年之间。")))
    if not given:
        faults.append(Fault(None, "nothing", _l("还没有填任何数。")))
    if faults:
        raise Invalid(faults)


def _record_years(
    session: Session, enterprise_pid: str, given: Mapping[str, str], year: int, source: str, actor: Actor
) -> None:
    """Figures of the year, and those that a standard asks for of the year before."""
    figures = {code: text for code, text in given.items() if code in rules.FIGURES}
    previous = {rules.PREVIOUS[code]: text for code, text in given.items() if code in rules.PREVIOUS}
    for of_year, found in ((year, figures), (year - 1, previous)):
        if found:
            numbers = {code: _number(code, text) for code, text in found.items()}
            yearly.record_year(session, enterprise_pid, of_year, source, numbers, actor=actor)


def _number(code: str, text: str) -> Decimal | int:
    number = Decimal(text.replace(",", ""))
    return number if code.endswith("_wan") else int(number)


def _keep(
    session: Session, enterprise: Enterprise, code: str, text: str, year: int, source: str, actor: Actor
) -> tuple[Any, Any] | None:
    """Insert or replace one input; what it was before and is now, or None when nothing changed."""
    row = session.scalars(
        select(AssessmentInput).where(
            AssessmentInput.enterprise_id == enterprise.id,
            AssessmentInput.metric == code,
            AssessmentInput.year == year,
        )
    ).one_or_none()
    before = row.value if row else None
    if row is None:
        row = AssessmentInput(enterprise_id=enterprise.id, metric=code, year=year)
        session.add(row)
    row.value, row.source, row.entered_by = text, source, actor.account_id
    return None if before == text else (before, text)


def evaluate(
    session: Session, enterprise_pid: str, standard: str, *, on: date | None = None, actor: Actor
) -> Evaluation:
    """Judge by the version of the day and keep the answer with its values. A self-assessment, no recognition."""
    enterprise = _enterprise(session, enterprise_pid, actor)
    if standard not in standards.labels():
        raise Invalid(Fault("standard", "unknown", _l("没有这个标准。")))
    day = on or clock.today()
    answer, year = assessment.judge(session, enterprise.id, standard, day)
    met, not_met, missing = standards.counts(answer)
    row = Evaluation(
        enterprise_id=enterprise.id,
        standard=standard,
        version_code=answer.version.code if answer.version else None,
        on=day,
        base_year=year,
        verdict=answer.verdict.value,
        total=answer.score.total if answer.score else None,
        total_high=answer.score.total_high if answer.score else None,
        met_count=met,
        not_met_count=not_met,
        missing_count=missing,
        snapshot=standards.snapshot(answer),
        account_id=actor.account_id,
        account_name=actor.name,
    )
    session.add(row)
    session.flush()
    audit.record(
        "cultivation.evaluated",
        "enterprise",
        enterprise.id,
        actor=actor,
        label=f"{enterprise.name} {standard}",
        changes={"verdict": (None, row.verdict), "version": (None, row.version_code)},
    )
    if (entry := roster.open_entry(session, enterprise.id)) is not None:
        touch(roster.KIND, [entry.id])
    return row


def _enterprise(session: Session, pid: str, actor: Actor) -> Enterprise:
    require(actor, access.EVALUATE)
    enterprise = load(session, Enterprise, pid, where=access.enterprises_visible_to(actor))
    if not access.can_evaluate(actor, enterprise):
        raise NotPermitted()
    return enterprise
