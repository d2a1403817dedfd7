"""Reads of service cases: the list with what is late, one case with every clock. All take the actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import calendar, clock
from core.deadline_words import Arithmetic, arithmetic, short
from core.deadlines import Deadline, Light, Phase
from core.errors import NotFound
from core.permissions import Actor
from core.workdays import WorkCalendar
from crm.greencards import access, checklist
from crm.greencards.lifecycle import CHECKLIST_STEP
from crm.greencards.models import CaseStep, ServiceCase, StepPause, StepTerm
from crm.projects.models import Project


@dataclass(frozen=True)
class StepLine:
    """A step as pages show it: `label` its name, `state` where it is, `chip` what its clock says (or the state).

    `waits_for` are names of steps; `deadline` is None before it starts or without a term.
    """

    step: CaseStep
    label: str
    state: Any
    waits_for: list[str]
    deadline: Deadline | None
    chip: str
    tone: str
    working: Arithmetic | None

    @property
    def code(self) -> str:
        return self.step.code

    @property
    def late(self) -> bool:
        return self.deadline is not None and self.deadline.overdue

    @property
    def open_pause(self) -> StepPause | None:
        return next((rest for rest in self.step.pauses if rest.ended_at is None), None)


@dataclass(frozen=True)
class Row:
    """One case of the list: how far it is, what is under way, how many steps are late."""

    id: int
    public_id: str
    case_no: str
    project: str
    enterprise: str
    specialist: str
    status: str
    opened_on: date
    last_contact_on: date | None
    next_contact_on: date | None
    done: int
    total: int
    under_way: list[StepLine]
    late: int
    paused: int


def rows(session: Session, ids: Sequence[int], *, actor: Actor) -> dict[int, Row]:
    """The lines of a page, by key, as far as the actor may see them, with every clock. Three statements."""
    statement = (
        select(ServiceCase)
        .where(ServiceCase.id.in_(ids), access.case_visible_to(actor))
        .options(
            joinedload(ServiceCase.project).joinedload(Project.specialist),
            joinedload(ServiceCase.enterprise),
            selectinload(ServiceCase.steps).selectinload(CaseStep.pauses),
            selectinload(ServiceCase.steps).joinedload(CaseStep.owner),
        )
    )
    days, now = calendar.present(session), clock.now()
    return {case.id: _row(case, days, now) for case in session.scalars(statement).unique()}


def _row(case: ServiceCase, days: WorkCalendar, now: datetime) -> Row:
    lines = step_lines(case, days, now)
    done, total = checklist.progress(line.step.status for line in lines)
    return Row(
        id=case.id,
        public_id=case.public_id,
        case_no=case.case_no,
        project=case.project.name,
        enterprise=case.enterprise.name if case.enterprise else case.project.investor_name,
        specialist=case.specialist.name,
        status=case.status,
        opened_on=case.opened_on,
        last_contact_on=case.last_contact_on,
        next_contact_on=case.next_contact_on,
        done=done,
        total=total,
        under_way=[line for line in lines if line.step.status in ("running", "paused")],
        late=sum(line.late for line in lines if line.step.status == "running"),
        paused=sum(line.step.status == "paused" for line in lines),
    )


def get(session: Session, pid: str, *, actor: Actor) -> ServiceCase:
    """One case with everything its page shows. Raises NotFound, also for what is hidden."""
    return _one(session, ServiceCase.public_id == pid, actor)


def of_project(session: Session, project_id: int, *, actor: Actor) -> ServiceCase | None:
    try:
        return _one(session, ServiceCase.project_id == project_id, actor)
    except NotFound:
        return None


def _one(session: Session, clause: Any, actor: Actor) -> ServiceCase:
    found = session.scalars(
        select(ServiceCase)
        .where(clause, access.case_visible_to(actor))
        .options(
            joinedload(ServiceCase.project).joinedload(Project.specialist),
            joinedload(ServiceCase.enterprise),
            joinedload(ServiceCase.unit),
            selectinload(ServiceCase.members),
            selectinload(ServiceCase.steps).selectinload(CaseStep.pauses),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def step_of(session: Session, step_pid: str, *, actor: Actor) -> tuple[ServiceCase, CaseStep]:
    """A step and its whole case."""
    case_pid = session.scalar(
        select(ServiceCase.public_id)
        .join(CaseStep, CaseStep.case_id == ServiceCase.id)
        .where(CaseStep.public_id == step_pid, access.case_visible_to(actor))
    )
    if case_pid is None:
        raise NotFound()
    case = get(session, case_pid, actor=actor)
    return case, next(step for step in case.steps if step.public_id == step_pid)


def lines_of(session: Session, case: ServiceCase) -> list[StepLine]:
    """The checklist of a loaded case, every clock reckoned for this moment."""
    return step_lines(case, calendar.present(session), clock.now())


def step_lines(case: ServiceCase, days: WorkCalendar, now: datetime) -> list[StepLine]:
    states = {step.code: step.status for step in case.steps}
    titles = {step.code: step.title for step in case.steps}
    return [
        _line(step, [titles[code] for code in checklist.blocked_by(step.after, states)], days, now)
        for step in case.steps
    ]


def _line(step: CaseStep, waits_for: list[str], days: WorkCalendar, now: datetime) -> StepLine:
    found = None
    if step.status != "not_needed":
        found = checklist.deadline_of(
            promised_wd=step.promised_wd,
            legal_wd=step.legal_wd,
            started_at=step.started_at,
            done_at=step.done_at,
            pauses=step.pauses,
            calendar=days,
            now=now,
        )
    return StepLine(
        step=step,
        label=step.title,
        state=CHECKLIST_STEP.label_of(step.status),
        waits_for=waits_for if step.status == "waiting" else [],
        deadline=found,
        chip=short(found) if found else str(CHECKLIST_STEP.label_of(step.status)),
        tone=_tone(step.status, found),
        working=arithmetic(found, days) if found else None,
    )


def _tone(status: str, found: Deadline | None) -> str:
    """ok, late, warn, info or idle; a step that rests is grey, whoever's doing that is."""
    if status == "done":
        return "late" if found is not None and found.overdue else "ok"
    if status == "running" and found is not None:
        if found.light is Light.RED:
            return "late"
        return "idle" if found.phase is Phase.PAUSED else "warn" if found.light is Light.AMBER else "info"
    return "info" if status == "running" else "idle"


def terms(session: Session) -> dict[str, StepTerm]:
    """The legal days entered so far, by step."""
    return {term.code: term for term in session.scalars(select(StepTerm))}


def due_soon(session: Session, *, actor: Actor, limit: int = 30) -> Sequence[CaseStep]:
    """Running steps of the actor's own cases with a due day, the most overdue first: for 今天."""
    return session.scalars(
        select(CaseStep)
        .join(ServiceCase, ServiceCase.id == CaseStep.case_id)
        .join(Project, Project.id == ServiceCase.project_id)
        .where(
            Project.specialist_id == actor.account_id,
            ServiceCase.status == "open",
            CaseStep.status == "running",
            CaseStep.due_at.is_not(None),
        )
        .options(joinedload(CaseStep.case).joinedload(ServiceCase.project))
        .order_by(CaseStep.due_at)
        .limit(limit)
    ).all()
