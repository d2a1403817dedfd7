"""When the calendar changes, the deadlines of open requests move with it, each with its audit row."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core import audit, calendar_changes, clock
from core.calendar_changes import Moved, Mover
from core.deadlines import reckon
from core.dirty import touch
from core.permissions import Actor
from core.workdays import WorkCalendar
from crm.service_requests import moves
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest

_MOST = 5000


def _open(session: Session) -> Iterable[ServiceRequest]:
    statement = (
        select(ServiceRequest)
        .where(ServiceRequest.due_at.is_not(None))
        .options(selectinload(ServiceRequest.pauses))
        .order_by(ServiceRequest.id)
        .limit(_MOST)
    )
    return [row for row in session.scalars(statement) if not REQUEST.closed(row.status)]


def preview(session: Session, days: WorkCalendar) -> Iterable[Moved]:
    """What another calendar would move; nothing is written."""
    for request in _open(session):
        timing = request.timing()
        if timing is not None and timing.stopped_at is None:
            due = reckon(timing, days, clock.now()).due_at
            if due != request.due_at:
                yield Moved(
                    f"{request.req_no} {request.title}", f"/requests/{request.public_id}", request.due_at, due
                )


def settle(session: Session, actor: Actor) -> int:
    """Write the deadlines of the present calendar down; how many moved."""
    changed = []
    for request in _open(session):
        timing = request.timing()
        if timing is None or timing.stopped_at is not None:
            continue
        before = request.due_at
        moves.set_clock(session, request)
        if request.due_at != before:
            changed.append(request.id)
            audit.record(
                "requests.recalculated", moves.KIND, request.id, actor=actor, label=request.req_no,
                changes={"due_at": (before, request.due_at)},
            )  # fmt: skip
    touch(moves.KIND, changed)
    return len(changed)


calendar_changes.register("requests", Mover(preview, settle))
