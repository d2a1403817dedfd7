"""Cards, cases, requests and the roster: records, and the deeds of a hotline or a department's own system."""

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from core.permissions import Actor
from crm.cultivation import access as roster_access
from crm.cultivation import queries as roster_queries
from crm.greencards import access as card_access
from crm.greencards import case_queries
from crm.greencards import queries as card_queries
from crm.service_requests import access as request_access
from crm.service_requests import handling, queries
from crm.service_requests import service as requests
from webapp.api.v1 import people
from webapp.api.v1.records import At, RecordShape, Resource, Versioned, offer_deed, offer_record

Unit = Annotated[str | None, At("unit.name")]
Firm = Annotated[str | None, At("enterprise.name")]


class CardRecord(RecordShape):
    card_no: str | None
    kind: str
    status: str
    project: Annotated[str | None, At("project.name")]
    enterprise: Firm
    unit: Unit
    grade: str | None
    applied_on: str | None
    issued_on: str | None
    valid_to: str | None
    basis_version: str


class CaseRecord(RecordShape):
    case_no: str
    status: str
    project: Annotated[str | None, At("project.name")]
    enterprise: Firm
    unit: Unit
    opened_on: str | None
    production_on: str | None
    closed_on: str | None


class RequestRecord(RecordShape):
    request_no: Annotated[str | None, At("req_no")]
    title: str
    content: str
    status: str
    category: str | None
    nature: str | None
    urgency: str | None
    enterprise: Firm
    host_unit: Annotated[str | None, At("host_unit.name")]
    submitted_at: str | None
    accepted_at: str | None
    due_at: str | None
    completed_at: str | None
    result_kind: str | None
    result_text: str | None
    solved: str | None
    satisfaction: int | None


class RosterRecord(RecordShape):
    enterprise: Firm
    pool: Annotated[str | None, At("pool.name")]
    step: Annotated[str | None, At("step.name")]
    standard: str
    unit: Unit
    entered_on: str | None
    left_on: str | None


class Acceptance(Versioned):
    category: str = Field(max_length=24)
    nature: str = Field(max_length=24)
    urgency: str = Field(max_length=12)


class Dispatch(Versioned):
    host_unit: str = Field(max_length=20, description="code of the unit that handles it")
    note: str = Field("", max_length=1000)


class Reply(Versioned):
    text: str = Field(min_length=2, max_length=4000)


class Completion(Versioned):
    result_kind: Literal["solved", "partial", "explained", "unsolvable"]
    result_text: str = Field(min_length=2, max_length=4000)


CARDS = Resource(
    "greencards", card_access.VIEW, lambda s, pid, who: card_queries.get(s, pid, actor=who), CardRecord
)
CASES = Resource(
    "cases", card_access.VIEW_CASE, lambda s, pid, who: case_queries.get(s, pid, actor=who), CaseRecord
)
REQUESTS = Resource(
    "requests", request_access.VIEW, lambda s, pid, who: queries.get(s, pid, actor=who), RequestRecord
)
ROSTER = Resource(
    "cultivation",
    roster_access.VIEW,
    lambda s, pid, who: roster_queries.entry(s, pid, actor=who),
    RosterRecord,
)
for _resource in (CARDS, CASES, REQUESTS, ROSTER):
    offer_record(_resource)


def _accept(session: Session, pid: str, given: Acceptance, who: Actor) -> Any:
    return requests.accept(
        session, pid, version=given.version, category=given.category, nature=given.nature,
        urgency=given.urgency, actor=who,
    )  # fmt: skip


def _dispatch(session: Session, pid: str, given: Dispatch, who: Actor) -> Any:
    unit_id = people.unit_id(session, given.host_unit, "host_unit")
    return requests.dispatch(
        session, pid, version=given.version, host_unit_id=unit_id, note=given.note, actor=who
    )


def _sign(session: Session, pid: str, given: Versioned, who: Actor) -> Any:
    return requests.sign(session, pid, version=given.version, actor=who)


def _reply(session: Session, pid: str, given: Reply, who: Actor) -> Any:
    return handling.reply(session, pid, version=given.version, text=given.text, uploads=(), actor=who)


def _complete(session: Session, pid: str, given: Completion, who: Actor) -> Any:
    return handling.complete(
        session, pid, version=given.version, result_kind=given.result_kind, result_text=given.result_text,
        actor=who,
    )  # fmt: skip


offer_deed(
    REQUESTS, "accept", request_access.ACCEPT, Acceptance, _accept, "Accept a request; its clock starts."
)
offer_deed(
    REQUESTS, "dispatch", request_access.DISPATCH, Dispatch, _dispatch, "Send it to the unit that handles it."
)
offer_deed(REQUESTS, "sign", request_access.SIGN, Versioned, _sign, "Sign for a dispatched request.")
offer_deed(REQUESTS, "reply", request_access.HANDLE, Reply, _reply, "Answer the enterprise.")
offer_deed(
    REQUESTS,
    "complete",
    request_access.COMPLETE,
    Completion,
    _complete,
    "Say how it ended; a review follows.",
)
