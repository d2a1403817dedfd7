"""Steps from stage to stage, the gate that lists what is missing, and the planned days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock
from core import lifecycle as lc
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotPermitted, Refused
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.enterprises import access as enterprise_access
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise
from crm.projects import access, rules
from crm.projects.facts import KIND, facts_of
from crm.projects.lifecycle import PROJECT, STAGES, forward_from
from crm.projects.models import Milestone, Project, StageLog
from crm.projects.service import plan_next, reachable

ASKED_BY_STEP = ("actual_on", "reason", "approval", "resume_expected_on", "lost_to", "release_doc_no")
"""Facts that the form of the step itself asks for; all others stand on the record."""


@dataclass(frozen=True)
class StepInput:
    """What a person says when taking a step."""

    actual_on: date | None = None
    reason: str = ""
    approval: str = ""
    resume_expected_on: date | None = None
    lost_to: str = ""
    release_doc_no: str = ""
    waivers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GateItem:
    """One line of the checklist: done, or missing with the field where it is entered."""

    ok: bool
    text: Any
    field: str | None = None
    waivable: bool = False


@dataclass(frozen=True)
class Gate:
    """The step to the next stage with everything it demands."""

    verb: str
    label: Any
    target: str
    items: tuple[GateItem, ...]
    permitted: bool

    @property
    def missing(self) -> tuple[GateItem, ...]:
        return tuple(item for item in self.items if not item.ok)

    @property
    def done(self) -> tuple[GateItem, ...]:
        return tuple(item for item in self.items if item.ok)


def gate(session: Session, project: Project, *, actor: Actor) -> Gate | None:
    """The gate before the next stage; None when there is none."""
    step = forward_from(project.stage)
    if step is None:
        return None
    facts = facts_of(session, project)
    given = {**facts, "actual_on": clock.today(), "previous_on": None}
    offer = next(each for each in lc.offers(PROJECT, project.stage, given, actor=actor) if each.step == step)
    missing = {(gap.field, gap.code) for gap in offer.missing}
    absent = {name for name, _code in missing}
    items = [GateItem(False, gap.message, gap.field, gap.waivable) for gap in offer.missing]
    items += [
        GateItem(True, need.label, need.field)
        for need in step.all_needs()
        if need.field not in absent | {"actual_on"} and (need.when is None or need.when(facts))
        and not lc.blank(facts.get(need.field))
    ]  # fmt: skip
    permitted = offer.permitted and access.covers(actor, access.ADVANCE, project)
    return Gate(step.verb, step.label, step.to, tuple(items), permitted)


def take(
    session: Session, public_id: str, verb: str, given: StepInput, *, version: int | None, actor: Actor,
    asked_by: int | None = None,
) -> Project:  # fmt: skip
    """Take a step. Raises Refused with everything that is missing, also for a step out of turn.

    A step that another person must have asked for (`crm.projects.turning`) names him in `asked_by`.
    """
    project = reachable(session, public_id, access.VIEW, version, actor=actor)
    _reach(project, verb, actor)
    facts = facts_of(session, project, **_said(given))
    passage = lc.check(
        PROJECT, project.stage, verb, facts, actor=actor, waivers=given.waivers, asked_by=asked_by
    )
    if passage.step.kind is lc.StepKind.FORWARD:
        _reach_stage(session, project, passage.target, given, actor=actor)
    project.previous_state = project.stage if verb == "pause" else None
    for name in ("resume_expected_on", "lost_to", "release_doc_no"):
        if getattr(given, name):
            setattr(project, name, getattr(given, name))
    if PROJECT.closed(passage.target):
        project.end_reason = given.reason.strip()
    if verb == "rollback":
        _forget_day(project, passage.source)
    before, project.stage, project.stage_entered_on = project.stage, passage.target, clock.today()
    plan_next(project)
    _log(project, verb, before, given, passage, actor=actor)
    session.flush()
    audit.changes_of(project)
    audit.record(
        f"projects.{verb}", KIND, project.id, actor=actor, label=project.label, reason=given.reason.strip(),
        changes={"stage": (before, project.stage), **_shown(given)},
    )  # fmt: skip
    touch(KIND, [project.id])
    return project


def move(
    session: Session, public_id: str, target: str, given: StepInput, *, version: int | None, actor: Actor
) -> Project:
    """Take whatever step leads to `target`; a stage out of turn is refused with the turn it has to take."""
    project = reachable(session, public_id, access.VIEW, None, actor=actor)
    for step in PROJECT.steps_from(project.stage):
        if step.to == target:
            return take(session, public_id, step.verb, given, version=version, actor=actor)
    following = forward_from(project.stage)
    label = PROJECT.label_of(following.to) if following else PROJECT.label_of(project.stage)
    message = _l(
        "阶段只能依次推进：从“%(here)s”只能到“%(next)s”。", here=PROJECT.label_of(project.stage), next=label
    )
    raise Refused([Missing("stage", "not_from_here", message)])


def plan_days(
    session: Session,
    public_id: str,
    days: Mapping[str, date | None],
    reason: str,
    *,
    version: int | None,
    actor: Actor,
) -> Project:
    """Set the planned day of each stage. Moving a day that stood needs a reason; the old one is audited."""
    project = reachable(session, public_id, access.EDIT, version, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    stood = {each.stage: each.planned_on for each in project.milestones}
    wanted = {stage: days.get(stage, stood.get(stage)) for stage in STAGES}
    faults = rules.planned_day_faults(wanted)
    moved = {
        stage: (stood.get(stage), wanted[stage]) for stage in STAGES if stood.get(stage) != wanted[stage]
    }
    if any(before is not None for before, _after in moved.values()) and len(reason.strip()) < 4:
        faults.append(Fault("reason", "required", _l("改已定的计划日要写事由。")))
    if faults:
        raise Invalid(faults)
    for stage, (_before, after) in moved.items():
        milestone_of(project, stage).planned_on = after
    plan_next(project)
    project.updated_at = clock.now()
    session.flush()
    audit.changes_of(project)
    audit.record(
        "projects.planned", KIND, project.id, actor=actor, label=project.label, reason=reason.strip(),
        changes={f"planned_{stage}": pair for stage, pair in moved.items()},
    )  # fmt: skip
    touch(KIND, [project.id])
    return project


def milestone_of(project: Project, stage: str) -> Milestone:
    """The row of a stage, made where the project lacks it."""
    found = project.milestone(stage)
    if found is None:
        found = Milestone(stage=stage)
        project.milestones.append(found)
    return found


def _reach(project: Project, verb: str, actor: Actor) -> None:
    step = PROJECT.step(project.stage, verb)
    if step is not None and not access.covers(actor, step.second or step.permission, project):
        raise NotPermitted()


def _said(given: StepInput) -> dict[str, Any]:
    return {name: getattr(given, name) for name in ASKED_BY_STEP}


def _shown(given: StepInput) -> dict[str, tuple[Any, Any]]:
    said = {**_said(given), "reason": ""}
    shown: dict[str, tuple[Any, Any]] = {name: (None, value) for name, value in said.items() if value}
    if given.waivers:
        shown["waivers"] = (None, dict(given.waivers))
    return shown


def _reach_stage(session: Session, project: Project, target: str, given: StepInput, *, actor: Actor) -> None:
    milestone_of(project, target).actual_on = given.actual_on
    if target == "signed":
        project.signed_on = given.actual_on
    if target == "registered":
        project.company_id = _company(session, project, actor=actor)


def _company(session: Session, project: Project, *, actor: Actor) -> int | None:
    """The project company in the register: found by its code, entered when it is new."""
    found = session.scalars(select(Enterprise).where(Enterprise.uscc == project.company_uscc)).first()
    if found is not None:
        _settle(session, found, project, actor=actor)
        return found.id
    if not actor.can(enterprise_access.CREATE):
        return None
    values = {
        "name": project.company_name,
        "uscc": project.company_uscc,
        "region_code": project.company_region_code,
        "founded_on": project.company_registered_on,
        "park_id": project.park_id,
        "source": project.project_no,
    }
    return enterprises.create(session, values, actor=actor).id


def _settle(session: Session, company: Enterprise, project: Project, *, actor: Actor) -> None:
    """A company that no park has taken yet belongs to the project's park; else no desk of the place would
    see what it asks for."""
    homeless = company.unit_id is None and company.park_id is None
    if homeless and project.park_id is not None and enterprise_access.can_edit(actor, company):
        values = {"park_id": project.park_id}
        enterprises.update(
            session,
            company.public_id,
            values,
            version=company.version,
            actor=actor,
            reason=project.project_no,
        )


def _forget_day(project: Project, stage: str) -> None:
    """The stage that is left backwards has not been reached; the day stays in the log."""
    milestone = project.milestone(stage)
    if milestone is not None:
        milestone.actual_on = None
    if stage == "signed":
        project.signed_on = None


def _log(
    project: Project, verb: str, before: str, given: StepInput, passage: lc.Passage, *, actor: Actor
) -> None:
    milestone = project.milestone(passage.target)
    project.stage_log.append(
        StageLog(
            verb=verb, source=before, target=passage.target, at=clock.now(), account_id=actor.account_id,
            account_name=actor.name, planned_on=milestone.planned_on if milestone else None,
            actual_on=given.actual_on, reason=given.reason.strip(), approval=given.approval.strip(),
            waivers=dict(passage.waived),
        )
    )  # fmt: skip
