"""Going back a stage: asked for by who handles the project, approved by another (DOMAIN appendix B2)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import lifecycle as lc
from core import step_requests
from core.accounts import queries as accounts
from core.accounts.models import Grant
from core.errors import Missing, NotPermitted, Refused
from core.i18n import lazy as _l
from core.permissions import Actor
from core.step_requests import StepRequest
from crm.projects import access
from crm.projects.facts import KIND, facts_of
from crm.projects.lifecycle import PROJECT
from crm.projects.models import Project
from crm.projects.service import reachable
from crm.projects.stages import ASKED_BY_STEP, StepInput, take

_DAYS = ("actual_on", "resume_expected_on")


def ask(
    session: Session, public_id: str, verb: str, given: StepInput, *, version: int | None, actor: Actor
) -> StepRequest:
    """Ask for a step that needs a second person; all that the step needs has to be there already."""
    project = reachable(session, public_id, access.VIEW, version, actor=actor)
    step = PROJECT.step(project.stage, verb)
    if step is not None and not access.covers(actor, step.permission, project):
        raise NotPermitted()
    said = {name: getattr(given, name) for name in ASKED_BY_STEP}
    passage = lc.ask(
        PROJECT, project.stage, verb, facts_of(session, project, **said), actor=actor, waivers=given.waivers
    )
    kept = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(given).items()
    }
    return step_requests.make(
        session, passage, kind=KIND, record_id=project.id, label=project.label, url=_url(project), given=kept,
        reason=given.reason, approvers=_approvers(session, project), actor=actor,
    )  # fmt: skip


def decide(
    session: Session,
    public_id: str,
    request_pid: str,
    approve: bool,
    note: str,
    *,
    version: int | None,
    actor: Actor,
) -> StepRequest:
    """Approve, which takes the step at once, or refuse. The project must stand where it stood when asked."""
    project = reachable(session, public_id, access.VIEW, None, actor=actor)
    request = step_requests.opened(session, request_pid, KIND, project.id, version)
    if not may_decide(request, project, actor):
        raise NotPermitted(_l("这份申请要由另一个有审批权的人批准。"))
    if approve and project.stage != request.source:
        raise Refused([Missing("stage", "moved_on", _l("申请以后项目又走了一步，请撤回重新申请。"))])
    step_requests.decide(session, request, approve, note, label=project.label, url=_url(project), actor=actor)
    if approve:
        given = _given(request.given)
        take(
            session, public_id, request.verb, given, version=None, actor=actor, asked_by=request.requested_by
        )
    return request


def withdraw(
    session: Session, public_id: str, request_pid: str, *, version: int | None, actor: Actor
) -> StepRequest:
    project = reachable(session, public_id, access.VIEW, None, actor=actor)
    request = step_requests.opened(session, request_pid, KIND, project.id, version)
    step_requests.withdraw(session, request, label=project.label, actor=actor)
    return request


def may_decide(request: StepRequest, project: Project, actor: Actor) -> bool:
    """Another person whose right to turn back reaches this project."""
    return actor.account_id != request.requested_by and access.covers(actor, access.TURN_BACK, project)


def waiting_for(session: Session, actor: Actor, limit: int = 20) -> Sequence[tuple[StepRequest, Project]]:
    """Open requests that this person may decide, the oldest first."""
    requests = {request.record_id: request for request in step_requests.open_ones(session, KIND, 200)}
    if not requests:
        return []
    statement = select(Project).where(Project.id.in_(requests), access.visible_to(actor))
    found = [(requests[project.id], project) for project in session.scalars(statement)]
    mine = [(request, project) for request, project in found if may_decide(request, project, actor)]
    return sorted(mine, key=lambda each: each[0].id)[:limit]


def _given(kept: dict[str, Any]) -> StepInput:
    days = {name: date.fromisoformat(kept[name]) if kept.get(name) else None for name in _DAYS}
    return StepInput(**{**kept, **days})


def _url(project: Project) -> str:
    return f"/projects/{project.public_id}#turning"


def _approvers(session: Session, project: Project) -> list[int]:
    """The heads of the project's unit and of those above it; others find it among what they have to do."""
    above = [unit.id for unit in accounts.units_above(session, project.unit)]
    statement = select(Grant.account_id).where(
        Grant.role == "unit_head", Grant.unit_id.in_([project.unit_id, *above])
    )
    return list(session.scalars(statement))
