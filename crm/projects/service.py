"""A project's beginning, its essentials and its people. Verbs never commit."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clock, numbering, places_today
from core import lifecycle as lc
from core.accounts import queries as people
from core.accounts.models import Account, Unit
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.notify import notify, words
from core.permissions import Actor, ensure_cleared, require
from core.text import readings
from crm.activity import service as activity
from crm.activity.models import FollowUp
from crm.activity.rules import FollowUpValues
from crm.enterprises import speaking
from crm.leads import access as lead_access
from crm.leads import progress as lead_progress
from crm.leads.models import Lead
from crm.projects import access, rules, standards
from crm.projects.facts import AMOUNTS, EDITABLE, KIND, facts_of, tier_now
from crm.projects.lifecycle import PROJECT, STAGES, forward_from
from crm.projects.models import Milestone, Project

words("projects.specialist", _l("您是项目“%(name)s”的专员。"), _l("指定为项目专员"))


def create_from_lead(
    session: Session,
    lead_pid: str,
    values: Mapping[str, Any],
    *,
    specialist_id: int | None,
    lead_version: int | None,
    actor: Actor,
) -> Project:
    """Make a lead in negotiation a project: one specialist, the lead's history, the lead closed with it."""
    require(actor, access.CREATE)
    lead = load(session, Lead, lead_pid, lead_version, where=lead_access.visible_to(actor))
    project = _begun(lead, _specialist(session, lead.unit_id, specialist_id))
    _ensure_open(session, project, values)
    _apply(project, {**_from_lead(lead), **access.MONEY.allowed(actor, values)})
    _ensure_label(session, project, values.get("confidentiality"), actor)
    lead_progress.mark_converted(session, lead, actor=actor)
    project.project_no = _number(session, lead.unit_id)
    session.add(project)
    met = lead.last_contact_on or clock.today()
    project.milestones = [
        Milestone(stage=stage, actual_on=met if stage == "negotiating" else None) for stage in STAGES
    ]
    session.flush()
    _inherit(session, lead, project, actor=actor)
    audit.record(
        "projects.created", KIND, project.id, actor=actor, label=project.label,
        changes={"lead_no": (None, lead.lead_no), "specialist_id": (None, project.specialist_id)},
    )  # fmt: skip
    _tell_specialist(session, project, actor)
    touch(KIND, [project.id])
    return project


def _inherit(session: Session, lead: Lead, project: Project, *, actor: Actor) -> None:
    activity.inherit(session, ("lead", lead.id), subject_of(project), actor=actor)
    project.next_step = lead.next_step
    session.flush()
    audit.changes_of(project)


def _begun(lead: Lead, specialist_id: int) -> Project:
    return Project(
        unit_id=lead.unit_id,
        lead_id=lead.id,
        investor_id=lead.investor_id,
        investor_name=lead.investor_name,
        stage="negotiating",
        stage_entered_on=clock.today(),
        received_wan=Decimal(0),
        specialist_id=specialist_id,
    )


def _from_lead(lead: Lead) -> dict[str, Any]:
    names = (
        "content", "chain_node_id", "total_investment_wan", "fixed_investment_wan", "land_sqm", "factory_sqm",
        "est_output_wan", "est_tax_wan", "energy_tce", "confidentiality",
    )  # fmt: skip
    return {**{name: getattr(lead, name) for name in names}, "jobs": lead.est_jobs}


def update(
    session: Session,
    public_id: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    reason: str = "",
) -> Project:
    """Change essentials or what the gates ask for; what a passed stage required cannot be blanked."""
    project = reachable(session, public_id, access.EDIT, version, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    allowed = access.MONEY.allowed(actor, values, project)
    wanted = {name: value for name, value in allowed.items() if name in EDITABLE}
    _ensure_open(session, project, wanted)
    _apply(project, wanted)
    _ensure_label(session, project, wanted.get("confidentiality"), actor)
    changes = audit.changes_of(project)
    passed = [entry.verb for entry in project.stage_log if entry.verb != "rollback"]
    waived = {name: text for entry in project.stage_log for name, text in entry.waivers.items()}
    facts = facts_of(session, project)
    touched = {name: facts.get(name) for name in changes if name in facts}
    lc.check_edit(PROJECT, passed, project.stage, touched, facts, excused=waived)
    session.flush()
    audit.record(
        "projects.changed", KIND, project.id, actor=actor, label=project.label, changes=changes, reason=reason
    )
    touch(KIND, [project.id])
    return project


def _ensure_open(session: Session, project: Project, values: Mapping[str, Any]) -> None:
    """A park that is closed takes no new project. Raises Invalid."""
    park_id = values.get("park_id")
    if park_id != project.park_id and (fault := places_today.park_fault(session, park_id)):
        raise Invalid(fault)


def summarise(session: Session, public_id: str, text: str, *, version: int | None, actor: Actor) -> Project:
    """The specialist's one sentence: where it stands, what holds it up."""
    project = reachable(session, public_id, access.EDIT, version, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    if len(text.strip()) < 4:
        raise Invalid(Fault("summary", "required", _l("请用一句话写明进展和卡点。")))
    project.summary, project.summary_by, project.summary_on = text.strip()[:300], actor.name, clock.today()
    changes = {name: pair for name, pair in audit.changes_of(project).items() if name == "summary"}
    session.flush()
    audit.record("projects.summarised", KIND, project.id, actor=actor, label=project.label, changes=changes)
    touch(KIND, [project.id])
    return project


def change_specialist(
    session: Session,
    public_id: str,
    specialist_id: int | None,
    handover: str,
    *,
    version: int | None,
    actor: Actor,
) -> Project:
    """Hand the project to another specialist, with a handover note (DOMAIN 8)."""
    project = reachable(session, public_id, access.SPECIALIST, version, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    if len(handover.strip()) < 4:
        raise Invalid(Fault("handover", "required", _l("变更专员要写交接内容。")))
    before = project.specialist_id
    project.specialist_id = _specialist(session, project.unit_id, specialist_id, now=before)
    _ensure_label(session, project, None, actor)
    session.flush()
    audit.record(
        "projects.specialist_changed", KIND, project.id, actor=actor, label=project.label,
        changes={"specialist_id": (before, project.specialist_id)}, reason=handover.strip(),
    )  # fmt: skip
    _tell_specialist(session, project, actor)
    touch(KIND, [project.id])
    return project


def follow_up(
    session: Session, public_id: str, values: FollowUpValues, *, version: int | None, actor: Actor
) -> FollowUp:
    """Note a contact with the investor or the company."""
    project = reachable(session, public_id, access.EDIT, version, actor=actor)
    lc.ensure_open(PROJECT, project.stage)
    made = activity.follow_up(session, subject_of(project), values, actor=actor)
    audit.changes_of(project)
    return made


def subject_of(project: Project) -> activity.Subject:
    spoken = speaking.spoken_with(project.company_id or project.investor_id)
    return activity.Subject(KIND, project.id, project.label, project.unit_id, project, spoken)


def reachable(
    session: Session, public_id: str, permission: str, version: int | None, *, actor: Actor
) -> Project:
    """The project, locked, if it may be seen and the permission covers it. NotFound, NotPermitted, Conflict."""
    project = load(session, Project, public_id, version, where=access.visible_to(actor))
    if not access.covers(actor, permission, project):
        raise NotPermitted()
    return project


def plan_next(project: Project) -> None:
    """Keep the planned day of the next stage on the record, so that lists sort by lateness."""
    step = forward_from(project.stage)
    milestone = project.milestone(step.to) if step else None
    project.next_planned_on = milestone.planned_on if milestone else None


def _apply(project: Project, values: Mapping[str, Any]) -> None:
    for name in EDITABLE:
        if name in values:
            setattr(project, name, values[name])
    faults = rules.amount_faults({name: getattr(project, name) for name in AMOUNTS}, AMOUNTS)
    if not (project.name or "").strip():
        faults.append(Fault("name", "required", _l("请写项目名称。")))
    elif project.name.strip() == (project.investor_name or "").strip():
        faults.append(Fault("name", "only_company", _l("项目名称不能只写公司名，请写明建设内容。")))
    if not (project.content or "").strip():
        faults.append(Fault("content", "required", _l("请写建设内容。")))
    if faults:
        raise Invalid(faults)
    project.sort_key = readings.sort_key(project.name)[:200]
    project.case_by_case = bool(project.case_by_case)
    project.land_mode = project.land_mode or "none"
    if (project.admission_state or "drafting") == "drafting":
        project.admission_tier = tier_now(project).tier.value
        project.standards_version = standards.on(clock.today()).version


def _ensure_label(session: Session, project: Project, wanted: str | None, actor: Actor) -> None:
    """Nobody labels a project above his own clearance, or above that of its specialist."""
    ensure_cleared(wanted, actor.clearance)
    with session.no_autoflush:
        specialist = session.get_one(Account, project.specialist_id)
    ensure_cleared(project.confidentiality, specialist.clearance, "specialist_id")


def _specialist(session: Session, unit_id: int, specialist_id: int | None, *, now: int | None = None) -> int:
    """Exactly one, of the unit's active staff, and not with more projects than he may have in hand."""
    if specialist_id is None:
        raise Invalid(Fault("specialist_id", "required", _l("没有专员就不能立项：请选一位专员。")))
    if specialist_id not in {account.id for account in people.staff_below(session, unit_id)}:
        raise Invalid(Fault("specialist_id", "not_of_unit", _l("专员要从本单位在岗人员里选。")))
    limit = standards.on(clock.today()).specialist_limit
    if specialist_id != now and load_of(session, [specialist_id]).get(specialist_id, 0) >= limit:
        message = _l("这位专员在办项目已到上限 %(limit)s 个，请另选一位。", limit=limit)
        raise Invalid(Fault("specialist_id", "too_many", message))
    return specialist_id


def load_of(session: Session, account_ids: list[int]) -> dict[int, int]:
    """Projects in hand by specialist; those that run at capacity or have ended do not count."""
    closed = (*PROJECT.closed_codes(), "at_capacity")
    statement = (
        select(Project.specialist_id, func.count())
        .where(Project.specialist_id.in_(account_ids), Project.stage.not_in(closed))
        .group_by(Project.specialist_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _tell_specialist(session: Session, project: Project, actor: Actor) -> None:
    if project.specialist_id != actor.account_id:
        url = f"/projects/{project.public_id}"
        notify(session, [project.specialist_id], "projects.specialist", {"name": project.name}, url)


def _number(session: Session, unit_id: int) -> str:
    code = session.scalar(select(Unit.code).where(Unit.id == unit_id)) or "XM"
    return numbering.take(session, "XM", code.split("-")[0], clock.today().year)
