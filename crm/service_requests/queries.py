"""Every read of requests with a shape: the queue, one request, what waits for the enterprise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import calendar, clock
from core.accounts.models import Unit
from core.clock import local
from core.deadline_words import Arithmetic, arithmetic, short
from core.deadlines import Deadline, Light, Phase, Timing, reckon
from core.errors import NotFound
from core.files import Attachment
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from crm.service_requests import access, rules, terms
from crm.service_requests.models import RequestMessage, ServiceRequest
from crm.service_requests.moves import MESSAGE_KIND, PAUSING

QUEUE_LIMIT = 200


@dataclass(frozen=True)
class Row:
    """A line of the queue."""

    public_id: str
    title: str
    enterprise: str
    category: Any
    urgency: str
    status: str
    due: str
    tone: str


@dataclass(frozen=True)
class Group:
    """Requests that are due together, with how many there are."""

    code: str
    label: Any
    rows: Sequence[Row]


@dataclass(frozen=True)
class Message:
    """What was said, with its files."""

    record: RequestMessage
    files: Sequence[Attachment]


def statement(actor: Actor) -> Select[Any]:
    return select(ServiceRequest).where(access.visible_to(actor))


def get(session: Session, public_id: str, *, actor: Actor) -> ServiceRequest:
    """One request with what its page shows. Raises NotFound for what is hidden, too."""
    found: ServiceRequest | None = session.scalars(
        statement(actor)
        .where(ServiceRequest.public_id == public_id)
        .options(
            joinedload(ServiceRequest.enterprise),
            joinedload(ServiceRequest.unit),
            joinedload(ServiceRequest.host_unit),
            joinedload(ServiceRequest.handler),
            selectinload(ServiceRequest.pauses),
            selectinload(ServiceRequest.messages),
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def messages(session: Session, request: ServiceRequest, *, actor: Actor) -> list[Message]:
    """What was said, oldest first; an enterprise never gets what officials say among themselves."""
    shown = [row for row in request.messages if actor.kind != "enterprise" or row.side != "internal"]
    attached: dict[int, list[Attachment]] = {}
    if shown:
        rows = session.scalars(
            select(Attachment)
            .where(Attachment.kind == MESSAGE_KIND, Attachment.record_id.in_([row.id for row in shown]))
            .order_by(Attachment.id)
        )
        for row in rows:
            attached.setdefault(row.record_id, []).append(row)
    return [Message(row, attached.get(row.id, ())) for row in shown]


def attachment(session: Session, public_id: str, *, actor: Actor) -> Attachment:
    """A file of a message that the actor may read. Raises NotFound otherwise."""
    found = session.execute(
        select(Attachment, RequestMessage.side)
        .join(RequestMessage, RequestMessage.id == Attachment.record_id)
        .join(ServiceRequest, ServiceRequest.id == RequestMessage.request_id)
        .where(Attachment.public_id == public_id, Attachment.kind == MESSAGE_KIND, access.visible_to(actor))
    ).one_or_none()
    if found is None or (actor.kind == "enterprise" and found.side == "internal"):
        raise NotFound()
    kept: Attachment = found.Attachment
    return kept


def clock_of(session: Session, request: ServiceRequest) -> tuple[Deadline, Arithmetic] | None:
    """The completion clock with its arithmetic; None before acceptance."""
    timing = request.timing()
    if timing is None:
        return None
    days = calendar.present(session)
    deadline = reckon(timing, days, clock.now())
    return deadline, arithmetic(deadline, days)


def acceptance_clock(session: Session, request: ServiceRequest) -> tuple[Deadline, Arithmetic] | None:
    """The clock of acceptance while nobody has accepted yet."""
    if request.status != "submitted":
        return None
    days = calendar.present(session)
    deadline = reckon(
        Timing(request.submitted_at, terms.on(clock.local(request.submitted_at).date()).accept),
        days,
        clock.now(),
    )
    return deadline, arithmetic(deadline, days)


def due_of(session: Session, request: ServiceRequest) -> tuple[str, str] | None:
    """The short word on the clock that runs now, with its tone: (剩 3 个工作日, idle)."""
    words, tone = due_words(request, clock.now(), calendar.present(session))
    return (words, tone) if words else None


def queue(session: Session, view: str, *, actor: Actor) -> list[Group]:
    """The desk's queue, most pressing first, grouped by when things are due; at most 200 rows."""
    rows = session.execute(
        select(ServiceRequest, Enterprise.name, Enterprise.short_name)
        .join(Enterprise, Enterprise.id == ServiceRequest.enterprise_id)
        .where(access.visible_to(actor), ServiceRequest.status.in_(rules.VIEWS[view]))
        .options(selectinload(ServiceRequest.pauses))
        .order_by(*_order(view))
        .limit(QUEUE_LIMIT)
    ).all()
    days, now = calendar.present(session), clock.now()
    until = rules.soon_until(days, clock.today())
    grouped: dict[str, list[Row]] = {}
    for request, name, short_name in rows:
        due_at = local(request.queue_due_at) if request.queue_due_at else None
        group = "waiting" if request.status in PAUSING else rules.group_of(due_at, local(now), until)
        if view == "done":
            group = "done"
        due, tone = due_words(request, now, days)
        grouped.setdefault(group, []).append(
            Row(
                request.public_id, request.title, short_name or name, rules.CATEGORIES[request.category],
                request.urgency, request.status, due, tone,
            )
        )  # fmt: skip
    labels = {**rules.GROUPS, "done": rules.VIEW_LABELS["done"]}
    return [Group(code, labels[code], grouped[code]) for code in labels if code in grouped]


def counts(session: Session, *, actor: Actor) -> dict[str, int]:
    """How many requests each view of the queue holds, in one statement."""
    rows = session.execute(
        select(ServiceRequest.status, func.count())
        .where(access.visible_to(actor))
        .group_by(ServiceRequest.status)
    )
    found = {row[0]: row[1] for row in rows}
    return {view: sum(found.get(code, 0) for code in codes) for view, codes in rules.VIEWS.items()}


def waiting_for_enterprise(session: Session, *, actor: Actor) -> list[ServiceRequest]:
    """What an enterprise has to do: bring papers, rate."""
    return list(
        session.scalars(
            statement(actor)
            .where(ServiceRequest.status.in_(("waiting_enterprise", *rules.RATEABLE)))
            .order_by(ServiceRequest.updated_at)
            .limit(20)
        )
    )


def open_of(session: Session, enterprise_id: int, *, actor: Actor, limit: int = 10) -> list[ServiceRequest]:
    """The latest requests of one enterprise, for its record page."""
    return list(
        session.scalars(
            statement(actor)
            .where(ServiceRequest.enterprise_id == enterprise_id)
            .order_by(ServiceRequest.submitted_at.desc())
            .limit(limit)
        )
    )


def pressing(session: Session, *, actor: Actor, limit: int = 20) -> list[ServiceRequest]:
    """What is late or due before the day ends, the most overdue first."""
    tonight = calendar.present(session).closing(clock.today())
    return list(
        session.scalars(
            statement(actor)
            .where(ServiceRequest.status.in_(rules.WORKING), ServiceRequest.queue_due_at <= tonight)
            .options(joinedload(ServiceRequest.enterprise))
            .order_by(ServiceRequest.queue_due_at)
            .limit(limit)
        )
    )


def host_choices(session: Session, request: ServiceRequest) -> list[tuple[int, str]]:
    """Units that a request can be given to: everything active below the same root."""
    root = request.unit.path.split("/")[1]
    units = session.scalars(
        select(Unit).where(Unit.active.is_(True), Unit.path.startswith(f"/{root}/")).order_by(Unit.path)
    )
    return [(unit.id, unit.name) for unit in units]


def _order(view: str) -> tuple[Any, ...]:
    if view == "done":
        return (ServiceRequest.submitted_at.desc(), ServiceRequest.id.desc())
    return (ServiceRequest.queue_due_at.is_(None), ServiceRequest.queue_due_at, ServiceRequest.id)


def due_words(request: ServiceRequest, now: datetime, days: Any) -> tuple[str, str]:
    """The short word on time of a line, and its tone."""
    timing = _running(request)
    if timing is None:
        return "", "idle"
    deadline = reckon(timing, days, now)
    tone = {Light.RED: "late", Light.AMBER: "warn", Light.GREEN: "idle"}[deadline.light]
    if deadline.phase is Phase.STOPPED and tone == "idle":
        tone = "ok"
    return short(deadline), tone


def _running(request: ServiceRequest) -> Timing | None:
    """The clock that runs in the present state."""
    limits = terms.present()
    if request.status == "submitted":
        return Timing(request.submitted_at, limits.accept)
    if request.status == "accepted" and request.accepted_at:
        return Timing(request.accepted_at, limits.dispatch)
    if request.status in ("dispatched", "return_pending") and request.dispatched_at:
        return Timing(request.dispatched_at, limits.sign)
    return request.timing()
