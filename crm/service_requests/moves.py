"""What every verb shares: load within reach, gather facts, take a step of the table, speak, set the clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, calendar, clock, files
from core import lifecycle as lc
from core.accounts.models import Account
from core.clock import local
from core.db import load
from core.deadlines import Term, Timing, reckon
from core.deadlines import Unit as TermUnit
from core.dirty import touch
from core.errors import NotPermitted
from core.files import Received
from core.notify import notify
from core.permissions import Actor
from core.workdays import WorkCalendar
from crm.activity.service import Subject
from crm.enterprises import membership, speaking
from crm.service_requests import access, terms
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import RequestMessage, RequestPause, ServiceRequest

KIND = "service_request"
MESSAGE_KIND = "request_message"
FACTS = (
    "category", "nature", "urgency", "host_unit_id", "handler_id", "replied_at", "result_kind", "result_text",
    "solved", "satisfaction", "return_count", "extension_count", "redo_count", "call_attempts", "forced",
)  # fmt: skip
PAUSING = ("waiting_enterprise",)
SUSPENDED, HOLD_REVIEW = "suspend", "hold_review"


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: its stream and the name that its owner gave it. Pages hand on `Received` ones."""

    stream: IO[bytes]
    name: str


def taken(
    session: Session, public_id: str, permission: str, version: int | None, *, actor: Actor
) -> ServiceRequest:
    """The request, locked and fresh. Raises NotFound, NotPermitted or Conflict."""
    request = load(session, ServiceRequest, public_id, version, where=access.visible_to(actor))
    if not access.covers(actor, permission, request):
        raise NotPermitted()
    return request


def facts_of(session: Session, request: ServiceRequest, *, actor: Actor, **given: Any) -> dict[str, Any]:
    """What the table of steps asks for: the record's own values, counts in working days, and the form's."""
    days, today, rules = calendar.present(session), clock.today(), terms.present()

    def since(instant: datetime | None) -> int | None:
        return None if instant is None else days.count_workdays(local(instant).date(), today).days

    waiting = next((pause.began_at for pause in request.pauses if pause.ended_at is None), None)
    due_on = local(request.due_at).date() if request.due_at else None
    facts: dict[str, Any] = {
        **{name: getattr(request, name) for name in FACTS},
        "actor_id": actor.account_id,
        "actor_unit_id": actor.unit_id,
        "workdays_since_dispatch": since(request.dispatched_at),
        "workdays_since_completed": since(request.reviewed_at),
        "workdays_waiting": since(waiting),
        "workdays_before_due": None if due_on is None else days.count_workdays(today, due_on).days,
        "return_wd": rules.return_wd,
        "answer_wd": rules.answer_wd,
        "rating_wd": rules.rating_wd,
        "max_extensions": rules.max_extensions,
        "max_extra_days": rules.max_extra_days,
        "ask_before_wd": rules.ask_before_wd,
    }
    return {**facts, **given}


def step(
    session: Session,
    request: ServiceRequest,
    verb: str,
    *,
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Take a step: refused with everything that is missing, or changed, audited and set to its clock."""
    facts = facts_of(session, request, actor=actor, **(given or {}))
    passage = lc.check(REQUEST, request.status, verb, facts, actor=actor)
    before, request.status = request.status, passage.target
    set_clock(session, request)
    audit.record(
        f"requests.{verb}",
        KIND,
        request.id,
        actor=actor,
        label=f"{request.req_no} {request.title}",
        changes={"status": (before, passage.target)} if before != passage.target else {},
        reason=reason,
    )


def say(
    session: Session,
    request: ServiceRequest,
    text: str,
    *,
    actor: Actor,
    purpose: str,
    side: str = "office",
    uploads: Iterable[Upload | Received] = (),
) -> RequestMessage:
    """Add a message with its attachments. `internal` ones stay among officials."""
    message = RequestMessage(
        side=side, purpose=purpose, text=text.strip(), account_id=actor.account_id, account_name=actor.name
    )
    request.messages.append(message)
    session.flush()
    for upload in uploads:
        received = upload if isinstance(upload, Received) else files.receive(upload.stream, upload.name)
        files.attach(session, received, kind=MESSAGE_KIND, record_id=message.id, actor=actor)
    return message


def finish(session: Session, request: ServiceRequest) -> ServiceRequest:
    session.flush()
    touch(KIND, [request.id])
    return request


def set_clock(session: Session, request: ServiceRequest) -> None:
    """Write down when the present clock ends, so that lists can sort and filter by it."""
    days, now, rules = calendar.present(session), clock.now(), terms.present()
    timing = request.timing()
    if timing is not None:
        deadline = reckon(timing, days, now)
        request.due_at, request.original_due_on = deadline.due_at, deadline.original_due_on
        request.provisional = deadline.provisional
    request.queue_due_at = _queue_due(request, days, now, rules)


def _queue_due(
    request: ServiceRequest, days: WorkCalendar, now: datetime, rules: terms.ServiceTerms
) -> datetime | None:
    if request.status in PAUSING:
        return None
    if request.status == "suspended":
        looked = [said.at for said in request.messages if said.purpose in (SUSPENDED, HOLD_REVIEW)]
        term = Term(rules.suspension_days, TermUnit.DAYS)
        return reckon(Timing(max(looked), term), days, now).due_at if looked else None
    started: tuple[datetime | None, Term]
    if request.status == "submitted":
        started = request.submitted_at, rules.accept
    elif request.status == "accepted":
        started = request.accepted_at, rules.dispatch
    elif request.status in ("dispatched", "return_pending"):
        started = request.dispatched_at, rules.sign
    elif request.status in ("completed", "unreachable"):
        started = request.reviewed_at, Term(rules.rating_wd, TermUnit.WORKDAYS)
    else:
        return request.due_at
    begun, term = started
    return None if begun is None else reckon(Timing(begun, term), days, now).due_at


def pause(request: ServiceRequest, reason: str, began_at: datetime, ended_at: datetime | None = None) -> None:
    """Stop the clock. Only for the reasons of DOMAIN 2.3; the enterprise sees them."""
    request.pauses.append(RequestPause(began_at=began_at, ended_at=ended_at, reason=reason[:300]))


def resume(request: ServiceRequest, now: datetime) -> None:
    """Let the clock run again."""
    for stretch in request.pauses:
        if stretch.ended_at is None:
            stretch.ended_at = now


def tell_enterprise(session: Session, request: ServiceRequest, code: str) -> None:
    """Leave a notice with every account of the enterprise."""
    accounts = membership.accounts_of(session, request.enterprise_id)
    notify(session, accounts, code, {"title": request.title}, f"/portal/requests/{request.public_id}")


def tell_unit(session: Session, request: ServiceRequest, unit_id: int | None, code: str) -> None:
    """Leave a notice with the officials of a unit."""
    if unit_id is None:
        return
    accounts = session.scalars(
        select(Account.id).where(
            Account.unit_id == unit_id, Account.kind == "staff", Account.active.is_(True)
        )
    )
    notify(session, list(accounts), code, {"title": request.title}, f"/requests/{request.public_id}")


def subject_of(request: ServiceRequest) -> Subject:
    """The request as follow-ups and tasks know it; its own clocks say when it is late."""
    spoken = speaking.spoken_with(request.enterprise_id)
    return Subject(KIND, request.id, f"{request.req_no} {request.title}", request.unit_id, None, spoken)
