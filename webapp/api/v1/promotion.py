"""Targets, leads and projects: records, and the deeds that other systems do most."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from flask import Response, request
from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from core.permissions import Actor
from crm.activity import access as activity
from crm.activity.rules import FollowUpValues
from crm.leads import access as lead_access
from crm.leads import progress as lead_progress
from crm.leads import queries as lead_queries
from crm.leads import service as leads
from crm.projects import access as project_access
from crm.projects import plan
from crm.projects import queries as project_queries
from crm.projects import service as projects
from crm.targets import access as target_access
from crm.targets import queries as target_queries
from crm.targets import service as targets
from webapp.api.v1 import people
from webapp.api.v1.door import bp, described
from webapp.api.v1.lists import record_url
from webapp.api.v1.once import create_once
from webapp.api.v1.records import At, RecordShape, Resource, Versioned, offer_deed, offer_record
from webapp.api.v1.shapes import Exact, Shape
from webapp.web.access import requires
from webapp.web.acting import acting

Named = Annotated[str | None, At("unit.name")]


class TargetRecord(RecordShape):
    enterprise: Annotated[str | None, At("enterprise.name")]
    node: Annotated[str | None, At("node.code")]
    product: str | None
    contact_status: str
    fit_points: str | None
    fit_known: str | None
    maturity: str | None
    reason: str | None
    unit: Named
    specialist: Annotated[str | None, At("specialist.name")]
    assigned_on: str | None
    first_contact_on: str | None


class LeadRecord(RecordShape):
    lead_no: str | None
    status: str
    source: str | None
    investor_name: str | None
    group_name: str | None
    content: str | None
    node: Annotated[str | None, At("node.code")]
    total_investment_wan: str | None
    fixed_investment_wan: str | None
    foreign_usd_wan: str | None
    unit: Named
    specialist: Annotated[str | None, At("specialist.name")]
    first_claimed_at: str | None
    protected_until: str | None
    respond_due_on: str | None
    study_due_on: str | None
    confidentiality: str


class ProjectRecord(RecordShape):
    project_no: str
    name: str
    stage: str
    stage_entered_on: str | None
    next_planned_on: str | None
    investor_name: str
    content: str | None
    node: Annotated[str | None, At("node.code")]
    total_investment_wan: str | None
    fixed_investment_wan: str | None
    received_wan: str | None
    admission_tier: str
    admission_state: str
    park: Annotated[str | None, At("park.name")]
    unit: Named
    specialist: Annotated[str | None, At("specialist.name")]
    summary: str | None


class NewLead(Shape):
    """A lead to be registered at once: the server's clock decides who was first."""

    investor_name: str = Field(min_length=2, max_length=200)
    content: str = Field(min_length=2, max_length=4000)
    source: str = Field(max_length=12)
    node: str = Field(max_length=30, description="code of a node of an industry-chain map")
    total_investment_wan: Exact = Field(ge=0)
    fixed_investment_wan: Exact | None = Field(None, ge=0)
    foreign_usd_wan: Exact | None = Field(None, ge=0)
    group_name: str = Field("", max_length=200)
    referrer: str = Field("", max_length=120)
    contact_person: str = Field("", max_length=80)
    contact_mobile: str = Field("", max_length=20, description="never answered; opened on the page only")
    site_intent: str = Field("", max_length=200)
    policy_ask: str = Field("", max_length=4000)


class NewFollowUp(Shape):
    """What was talked about with whom, and what comes next."""

    at: AwareDatetime
    how: str = Field(max_length=12)
    our_people: list[str] = Field(max_length=20)
    their_people: list[str] = Field(max_length=20)
    summary: str = Field(min_length=2, max_length=4000)
    next_step: str = Field(min_length=2, max_length=400)
    next_on: date | None = None

    def values(self) -> FollowUpValues:
        at: datetime = self.at
        return FollowUpValues(
            at, self.how, self.our_people, self.their_people, self.summary, self.next_step, self.next_on
        )


class LeadResponse(Versioned):
    specialist: str | None = Field(None, max_length=80, description="user name of the one responsible")


class Reasoned(Versioned):
    reason: str = Field(min_length=2, max_length=2000)


class Receipt(Shape):
    """Money that has arrived, by its voucher."""

    received_on: date
    amount_wan: Exact = Field(gt=0)
    nature: str = Field(max_length=12)
    voucher_no: str = Field(min_length=1, max_length=80)
    channel: str = Field("", max_length=120)


TARGETS = Resource(
    "targets", target_access.VIEW, lambda s, pid, who: target_queries.get(s, pid, actor=who), TargetRecord
)
LEADS = Resource(
    "leads", lead_access.VIEW, lambda s, pid, who: lead_queries.get(s, pid, actor=who), LeadRecord,
    lead_access.MONEY,
)  # fmt: skip
PROJECTS = Resource(
    "projects", project_access.VIEW, lambda s, pid, who: project_queries.get(s, pid, actor=who), ProjectRecord,
    project_access.MONEY,
)  # fmt: skip
for _resource in (TARGETS, LEADS, PROJECTS):
    offer_record(_resource)


@bp.post("/leads")
@requires(lead_access.REGISTER)
@described(tag="leads", body=NewLead, status=201, answer=LeadRecord)
def new_lead() -> Response:
    """Register a lead. Needs an Idempotency-Key."""
    values = request.context.json.model_dump()  # type: ignore[attr-defined]  # SpecTree's place

    def work(session: Session) -> tuple[dict[str, Any], str]:
        values["chain_node_id"] = people.node_id(session, values.pop("node"), "node")
        lead = leads.draft(session, values, actor=acting())
        leads.register(session, lead.public_id, version=lead.version, actor=acting())
        session.refresh(lead)
        return LEADS.values(lead), record_url("leads", lead.public_id)

    return create_once(work)


def _respond(session: Session, pid: str, given: LeadResponse, who: Actor) -> object:
    chosen = people.account_id(session, given.specialist, "specialist") if given.specialist else None
    return lead_progress.respond(session, pid, specialist_id=chosen, version=given.version, actor=who)


offer_deed(
    LEADS,
    "respond",
    lead_access.RESPOND,
    LeadResponse,
    _respond,
    "Respond within the term and name a specialist.",
)
offer_deed(
    LEADS, "terminate", lead_access.TERMINATE, Reasoned,
    lambda s, pid, given, who: lead_progress.terminate(s, pid, reason=given.reason, version=given.version, actor=who),
    "End a lead, with the reason.",
)  # fmt: skip


def _followed(resource: Resource, permission: str, verb: Any) -> None:
    def new() -> Response:
        given: NewFollowUp = request.context.json  # type: ignore[attr-defined]  # SpecTree's place
        pid = str((request.view_args or {})["pid"])

        def work(session: Session) -> tuple[dict[str, Any], str]:
            verb(session, pid, given.values(), actor=acting())
            return resource.values(resource.get(session, pid, acting())), record_url(resource.path, pid)

        return create_once(work)

    def followed(pid: str) -> Response:
        return new()

    followed.__doc__ = "Note a follow-up; answers the record. Needs an Idempotency-Key."
    view = described(tag=resource.path, body=NewFollowUp, status=201, answer=resource.shape)(followed)
    bp.add_url_rule(
        f"/{resource.path}/<pid>/follow-ups", f"{resource.path}_follow_up", requires(permission)(view),
        methods=["POST"],
    )  # fmt: skip


_followed(TARGETS, activity.FOLLOW, targets.follow_up)
_followed(LEADS, activity.FOLLOW, partial(leads.follow_up, version=None))
_followed(PROJECTS, activity.FOLLOW, partial(projects.follow_up, version=None))


@bp.post("/projects/<pid>/receipts")
@requires(project_access.FUND)
@described(tag="projects", body=Receipt, status=201, answer=ProjectRecord)
def new_receipt(pid: str) -> Response:
    """Book money that has arrived; answers the project. Needs an Idempotency-Key."""
    values = request.context.json.model_dump()  # type: ignore[attr-defined]  # SpecTree's place

    def work(session: Session) -> tuple[dict[str, Any], str]:
        plan.receive(session, pid, values, actor=acting())
        return PROJECTS.values(PROJECTS.get(session, pid, acting())), record_url("projects", pid)

    return create_once(work)
