"""Verbs of a service case: the steps of its checklist with their clocks, terms, closing. Never commit."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, calendar, clock, lifecycle
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotFound, NotPermitted, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.greencards import access, checklist, rules
from crm.greencards.case_opening import KIND
from crm.greencards.lifecycle import CASE, CHECKLIST_STEP
from crm.greencards.models import CaseStep, GreenCard, ServiceCase, StepPause, StepTerm
from crm.greencards.task_force import owners_of

SATISFACTION = {3: _l("满意"), 2: _l("基本满意"), 1: _l("不满意")}
_MOST_DAYS = 365


def start(session: Session, step_pid: str, *, version: int, actor: Actor) -> CaseStep:
    """Begin a step; refused, with their names, while steps that it depends on are not done."""
    step = _step(session, step_pid, version, actor)
    states = {each.code: each.status for each in step.case.steps}
    titles = {each.code: each.title for each in step.case.steps}
    waiting = [titles[code] for code in checklist.blocked_by(step.after, states)]
    _take(step, "start", {"blocked_by": waiting}, actor)
    step.started_at = clock.now()
    return _done(session, step, "start", actor)


def pause(
    session: Session, step_pid: str, *, version: int, cause: str, reason: str, actor: Actor
) -> CaseStep:
    """Let a step rest: who is waited for, and why. The clock stops only for causes that the rules name."""
    step = _step(session, step_pid, version, actor)
    known = checklist.CAUSES.get(cause)
    _take(step, "pause", {"cause": known and known.code, "reason": reason}, actor)
    assert known is not None
    step.pauses.append(
        StepPause(
            cause=known.code,
            party=known.party,
            stops_clock=known.stops_clock,
            reason=reason,
            began_at=clock.now(),
            account_name=actor.name,
        )
    )
    return _done(session, step, "pause", actor, reason=reason)


def resume(session: Session, step_pid: str, *, version: int, actor: Actor) -> CaseStep:
    step = _step(session, step_pid, version, actor)
    _take(step, "resume", {}, actor)
    for rest in step.pauses:
        if rest.ended_at is None:
            rest.ended_at = clock.now()
    return _done(session, step, "resume", actor)


def finish(session: Session, step_pid: str, *, version: int, evidence: str, actor: Actor) -> CaseStep:
    """A step is done when there is something to show for it."""
    step = _step(session, step_pid, version, actor)
    _take(step, "finish", {"evidence": evidence}, actor)
    step.done_at = clock.now()
    step.evidence = evidence
    return _done(session, step, "finish", actor)


def skip(session: Session, step_pid: str, *, version: int, reason: str, actor: Actor) -> CaseStep:
    """A step that this project does not need, with the reason."""
    step = _step(session, step_pid, version, actor)
    _take(step, "skip", {"reason": reason}, actor)
    step.note = reason
    return _done(session, step, "skip", actor, reason=reason)


def reopen_step(session: Session, step_pid: str, *, version: int, reason: str, actor: Actor) -> CaseStep:
    """Send a step back to the start; refused while later steps that rest on it are under way."""
    step = _step(session, step_pid, version, actor)
    later = checklist.depends_on(step.code, {each.code: each.after for each in step.case.steps})
    begun = [each.title for each in step.case.steps if each.code in later and each.started_at is not None]
    if begun:
        message = _("“%(steps)s”已经开始，要先退回它们。", steps="、".join(begun))
        raise Refused([Missing(None, "later_steps_begun", message)])
    _take(step, "reopen", {"reason": reason}, actor)
    step.started_at = step.done_at = None
    step.evidence = step.carried = ""
    step.pauses.clear()
    return _done(session, step, "reopen", actor, reason=reason)


def promise(
    session: Session,
    step_pid: str,
    *,
    version: int,
    promised_wd: int | None,
    owner_text: str,
    owner_id: int | None = None,
    actor: Actor,
) -> CaseStep:
    """Confirm or change the promised days of a step (no longer a proposal), and who answers for it: a unit, and
    the one of its people (or of the task force) whose open work the step is."""
    step = _step(session, step_pid, version, actor)
    faults = []
    if promised_wd is not None and not 1 <= promised_wd <= _MOST_DAYS:
        faults.append(Fault("promised_wd", "range", _l("承诺时限要在 1 到 365 个工作日之间。")))
    if promised_wd is not None and step.legal_wd is not None and promised_wd > step.legal_wd:
        faults.append(Fault("promised_wd", "over_legal", _l("承诺时限不能长于法定时限。")))
    if not owner_text.strip():
        faults.append(Fault("owner_text", "required", _l("请填写责任单位。")))
    if owner_id is not None and owner_id not in {one.id for one in owners_of(session, step.case)}:
        faults.append(Fault("owner_id", "not_of_case", _l("责任人要从承办单位或专班里选。")))
    if faults:
        raise Invalid(faults)
    step.promised_wd, step.owner_text, step.owner_id = promised_wd, owner_text.strip(), owner_id
    step.promised_proposed = False
    return _done(session, step, "promise", actor)


def set_term(session: Session, code: str, *, legal_wd: int, legal_basis: str, actor: Actor) -> StepTerm:
    """Enter the legal days of a kind of step with their source; open cases follow. Administrators only."""
    require(actor, access.TERMS)
    title = next((each.title for each in checklist.template() if each.code == code), None)
    if title is None:
        raise NotFound()
    faults = []
    if not 1 <= legal_wd <= _MOST_DAYS:
        faults.append(Fault("legal_wd", "range", _l("法定时限要在 1 到 365 个工作日之间。")))
    if len(legal_basis.strip()) < 4:
        faults.append(Fault("legal_basis", "required", _l("请写明依据的法律、法规或文件条款。")))
    if faults:
        raise Invalid(faults)
    term = session.scalars(select(StepTerm).where(StepTerm.code == code).with_for_update()).one_or_none()
    if term is None:
        term = StepTerm(code=code, legal_wd=legal_wd, legal_basis=legal_basis)
        session.add(term)
    term.legal_wd, term.legal_basis = legal_wd, legal_basis.strip()
    changes = audit.changes_of(term)
    session.flush()
    audit.record("greencards.term_set", "step_term", term.id, actor=actor, label=title, changes=changes)
    _follow(session, code, term)
    return term


def _follow(session: Session, code: str, term: StepTerm) -> None:
    """Steps that are not finished take the legal days; a running clock is reckoned anew."""
    unfinished = select(CaseStep).where(CaseStep.code == code, CaseStep.status.not_in(checklist.FINISHED))
    days = calendar.present(session)
    for step in session.scalars(unfinished):
        step.legal_wd, step.legal_basis = term.legal_wd, term.legal_basis
        step.due_at = due_at(step, days)


def close(
    session: Session,
    pid: str,
    *,
    version: int,
    production_on: date | None,
    satisfaction: int | None,
    evaluation: str,
    archive_no: str,
    actor: Actor,
) -> ServiceCase:
    """Production, the enterprise's word and the archive number close a case; cards then end a year on."""
    case = _case(session, pid, version, actor, access.CLOSE)
    if satisfaction is not None and satisfaction not in SATISFACTION:
        raise Invalid(Fault("satisfaction", "unknown", _l("请从列出的选项里选。")))
    if production_on is not None and production_on > clock.today():
        raise Invalid(Fault("production_on", "future", _l("投产日不能晚于今天。")))
    facts = {
        "steps_open": sum(each.status not in checklist.FINISHED for each in case.steps),
        "production_on": production_on,
        "satisfaction": satisfaction,
        "archive_no": archive_no,
    }
    passage = lifecycle.check(CASE, case.status, "close", facts, actor=actor)
    case.status, case.closed_on = passage.target, clock.today()
    case.production_on, case.satisfaction = production_on, satisfaction
    case.evaluation, case.archive_no = evaluation, archive_no
    if production_on is not None:
        _end_cards(session, case, production_on, actor)
    return _case_done(session, case, "greencards.case_closed", actor)


def _end_cards(session: Session, case: ServiceCase, production_on: date, actor: Actor) -> None:
    """A card is good until a year after production (DOMAIN 9, a proposal that the approval confirmed)."""
    cards = select(GreenCard).where(
        GreenCard.project_id == case.project_id, GreenCard.status.in_(("valid", "suspended"))
    )
    for card in session.scalars(cards):
        card.valid_to = rules.year_after(production_on)
        changes = audit.changes_of(card)
        session.flush()
        audit.record(
            "greencards.end_set",
            "green_card",
            card.id,
            actor=actor,
            label=card.card_no or "",
            changes=changes,
        )
        touch("green_card", [card.id])


def reopen(session: Session, pid: str, *, version: int, reason: str, actor: Actor) -> ServiceCase:
    case = _case(session, pid, version, actor, access.CLOSE)
    passage = lifecycle.check(CASE, case.status, "reopen", {"reason": reason}, actor=actor)
    case.status, case.closed_on = passage.target, None
    return _case_done(session, case, "greencards.case_reopened", actor, reason)


def due_at(step: CaseStep, days: Any) -> datetime | None:
    """When a running step falls due; None while it rests, has no term or is finished."""
    if step.status != "running":
        return None
    found = checklist.deadline_of(
        promised_wd=step.promised_wd,
        legal_wd=step.legal_wd,
        started_at=step.started_at,
        done_at=step.done_at,
        pauses=step.pauses,
        calendar=days,
        now=clock.now(),
    )
    return found.due_at if found else None


def _case(session: Session, pid: str, version: int, actor: Actor, permission: str) -> ServiceCase:
    case = load(session, ServiceCase, pid, version, where=access.case_visible_to(actor))
    if not access.may_work(actor, case, permission):
        raise NotPermitted()
    return case


def _step(session: Session, step_pid: str, version: int, actor: Actor) -> CaseStep:
    step = load(session, CaseStep, step_pid, version, where=CaseStep.case.has(access.case_visible_to(actor)))
    if not access.may_work(actor, step.case):
        raise NotPermitted()
    lifecycle.ensure_open(CASE, step.case.status)
    return step


def _take(step: CaseStep, verb: str, facts: dict[str, Any], actor: Actor) -> None:
    step.status = lifecycle.check(CHECKLIST_STEP, step.status, verb, facts, actor=actor).target


def _done(session: Session, step: CaseStep, verb: str, actor: Actor, *, reason: str = "") -> CaseStep:
    step.due_at = due_at(step, calendar.present(session))
    changes = audit.changes_of(step)
    session.flush()
    audit.record(
        f"greencards.step_{verb}",
        KIND,
        step.case_id,
        actor=actor,
        label=step.title,
        changes=changes,
        reason=reason,
    )
    touch(KIND, [step.case_id])
    return step


def _case_done(
    session: Session, case: ServiceCase, action: str, actor: Actor, reason: str = ""
) -> ServiceCase:
    changes = audit.changes_of(case)
    session.flush()
    audit.record(action, KIND, case.id, actor=actor, label=case.case_no, changes=changes, reason=reason)
    touch(KIND, [case.id])
    return case
