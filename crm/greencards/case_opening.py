"""Opening a service case: the task force from the project's people, the checklist from the template."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, numbering
from core.accounts.models import Account, Unit
from core.dirty import follows, touch
from core.permissions import Actor
from crm.activity.service import Subject
from crm.enterprises import speaking
from crm.greencards import checklist
from crm.greencards.models import CaseStep, GreenCard, ServiceCase, StepTerm, TaskForceMember
from crm.projects.models import Project

KIND = "service_case"


@follows("project")
def cards_and_cases(session: Session, project_ids: Sequence[int]) -> Iterable[tuple[str, int]]:
    """The documents that carry a project's name, people and label; two statements by index."""
    cards = select(GreenCard.id).where(GreenCard.project_id.in_(project_ids))
    yield from (("green_card", number) for number in session.scalars(cards))
    cases = select(ServiceCase.id).where(ServiceCase.project_id.in_(project_ids))
    yield from ((KIND, number) for number in session.scalars(cases))


def ensure(session: Session, project: Project, enterprise_id: int | None, *, actor: Actor) -> ServiceCase:
    """The project's case; opened when there is none yet."""
    case = session.scalars(select(ServiceCase).where(ServiceCase.project_id == project.id)).one_or_none()
    if case is not None:
        return case
    unit = session.get(Unit, project.unit_id)
    case = ServiceCase(
        case_no=numbering.take(session, "ZB", unit.code if unit else "SLS", clock.today().year),
        project_id=project.id,
        enterprise_id=enterprise_id,
        unit_id=project.unit_id,
        opened_on=clock.today(),
    )
    case.project = project
    case.members = _members(session, project, unit)
    case.steps = _steps(session, project)
    session.add(case)
    session.flush()
    audit.record("greencards.case_opened", KIND, case.id, actor=actor, label=f"{case.case_no} {project.name}")
    touch(KIND, [case.id])
    return case


def _members(session: Session, project: Project, unit: Unit | None) -> list[TaskForceMember]:
    """Leader, lead unit and specialist, as far as the project names them and a telephone is known."""
    people: list[tuple[str, Account | None]] = [
        ("leader", project.leader),
        ("specialist", project.specialist),
    ]
    members = [
        TaskForceMember(
            duty=duty,
            name=account.name,
            unit_text=account.title or (account.unit.name if account.unit else ""),
            phone=account.phone,
            account_id=account.id,
        )
        for duty, account in people
        if account is not None and account.phone
    ]
    if unit is not None and unit.phone:
        members.append(
            TaskForceMember(
                duty="lead_unit", name=unit.short_name or unit.name, unit_text=unit.name, phone=unit.phone
            )
        )
    return members


def _steps(session: Session, project: Project) -> list[CaseStep]:
    """The template's steps; what the project has taken already is done, on the day that it says."""
    template = checklist.template()
    stages = {step.project_stage for step in template if step.project_stage}
    days = {stage: project.actual_on(stage) for stage in stages}
    days["signed"] = days.get("signed") or project.signed_on
    taken = checklist.carried_over(template, days)
    terms = {term.code: term for term in session.scalars(select(StepTerm))}
    steps = []
    for position, each in enumerate(template, 1):
        term, before = terms.get(each.code), taken.get(each.code)
        steps.append(
            CaseStep(
                code=each.code,
                title=each.title,
                position=position,
                after=list(each.after),
                owner_text=each.owner,
                evidence_hint=each.evidence,
                legal_wd=term.legal_wd if term else None,
                legal_basis=term.legal_basis if term else "",
                promised_wd=each.promised_wd,
                status="done" if before else "waiting",
                started_at=_noon(before.on) if before else None,
                done_at=_noon(before.on) if before else None,
                carried="" if before is None else "later" if before.inferred else "stage",
            )
        )
    return steps


def _noon(day: date) -> datetime:
    """A day as an instant: noon in Shanghai, so that it is the same day everywhere that matters."""
    return datetime.combine(day, time(12), tzinfo=clock.SHANGHAI)


def subject_of(case: ServiceCase) -> Subject:
    """The case as follow-ups and tasks know it; it keeps its own last and next contact."""
    label = f"{case.case_no} {case.project.name}"
    return Subject(KIND, case.id, label, case.unit_id, case, speaking.spoken_with(case.enterprise_id))
