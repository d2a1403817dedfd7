"""After completion: rating, call-back, doing it again, the archive. Verbs never commit."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, calendar, clock
from core.clock import local
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.notify import words
from core.permissions import SYSTEM, Actor
from crm.service_requests import access, moves, rules, terms
from crm.service_requests.models import RequestRound, ServiceRequest
from crm.service_requests.moves import KIND

words("requests.redo", _l("企业未认可，退回重办：%(title)s"), _l("诉求退回重办"))


def rate(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    solved: str,
    satisfaction: int | None,
    text: str = "",
    actor: Actor,
) -> ServiceRequest:
    """The enterprise says whether it is solved and whether it is content."""
    request = moves.taken(session, public_id, access.OWN_RATE, version, actor=actor)
    _judged(session, request, "rate", solved, satisfaction, text, actor=actor)
    request.rated_at = clock.now()
    return moves.finish(session, request)


def call_back(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    solved: str,
    satisfaction: int | None,
    called_person: str,
    text: str = "",
    actor: Actor,
) -> ServiceRequest:
    """Somebody who has not handled it asks by telephone. Raises NotPermitted for the handler (T24)."""
    request = moves.taken(session, public_id, access.CALL_BACK, version, actor=actor)
    if not access.may_call_back(actor, request):
        raise NotPermitted(_l("回访由非承办单位做，承办人和承办单位不能回访自己的件。"))
    _judged(
        session, request, "call_back", solved, satisfaction, text, actor=actor, called_person=called_person
    )
    request.called_back_at = clock.now()
    moves.say(session, request, called_person, actor=actor, purpose="call_back", side="internal")
    return moves.finish(session, request)


def miss_call(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """Nobody answered. The third time makes it "not reached", which counts in no denominator."""
    request = moves.taken(session, public_id, access.CALL_BACK, version, actor=actor)
    if not access.may_call_back(actor, request):
        raise NotPermitted(_l("回访由非承办单位做，承办人和承办单位不能回访自己的件。"))
    request.call_attempts += 1
    if request.call_attempts >= 3:
        moves.step(session, request, "not_reached", actor=actor)
    else:
        audit.record("requests.call_missed", KIND, request.id, actor=actor, label=request.req_no)
    return moves.finish(session, request)


def redo(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """Not solved or not content: the work is done again, once; the first rating is kept."""
    request = moves.taken(session, public_id, access.DISPATCH, version, actor=actor)
    reason = request.rating_text or str(rules.SOLVED.get(request.solved or "", ""))
    moves.step(session, request, "redo", actor=actor, given={"reason": reason}, reason=reason)
    session.add(
        RequestRound(
            request_id=request.id,
            kept={
                "solved": request.solved,
                "satisfaction": request.satisfaction,
                "text": request.rating_text,
                "result_kind": request.result_kind,
                "result_text": request.result_text,
            },
        )
    )
    request.redo_count += 1
    now = clock.now()
    moves.pause(request, str(_l("已办结，等企业评价")), request.reviewed_at or now, now)
    request.solved = request.satisfaction = request.result_kind = None
    request.reviewed_at = request.completed_at = request.rated_at = None
    moves.set_clock(session, request)
    moves.tell_unit(session, request, request.host_unit_id, "requests.redo")
    return moves.finish(session, request)


def archive(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """Nothing more is expected; the record is locked."""
    request = moves.taken(session, public_id, access.REVIEW, version, actor=actor)
    moves.step(session, request, "archive", actor=actor)
    request.queue_due_at = None
    return moves.finish(session, request)


def lapse_unrated(session: Session) -> int:
    """Mark as unrated what the enterprise has not rated in time; silence is never contentment."""
    days, today = calendar.present(session), clock.today()
    limit = terms.present().rating_wd
    waiting = session.scalars(
        select(ServiceRequest).where(
            ServiceRequest.status.in_(rules.RATEABLE), ServiceRequest.queue_due_at < clock.now()
        )
    )
    count = 0
    for request in list(waiting):
        since = local(request.reviewed_at).date() if request.reviewed_at else today
        if days.count_workdays(since, today).days > limit:
            moves.step(session, request, "lapse", actor=SYSTEM)
            request.queue_due_at = None
            moves.finish(session, request)
            count += 1
    return count


def close_unanswered(session: Session) -> int:
    """Close what the enterprise was asked about and has not answered in time, as explained, never as solved."""
    days, today = calendar.present(session), clock.today()
    limit = terms.present().answer_wd
    count = 0
    asked = select(ServiceRequest).where(ServiceRequest.status == "waiting_enterprise")
    for request in list(session.scalars(asked)):
        since = next((stretch.began_at for stretch in request.pauses if stretch.ended_at is None), None)
        if since is None or days.count_workdays(local(since).date(), today).days <= limit:
            continue
        now = clock.now()
        request.result_kind = "explained"
        request.result_text = str(
            _l("请企业补充材料后五个工作日没有收到，按解释说明办结。需要时可重新提出。")
        )
        request.completed_at = request.reviewed_at = now
        moves.step(session, request, "close_unanswered", actor=SYSTEM)
        moves.resume(request, now)
        moves.set_clock(session, request)
        moves.say(session, request, request.result_text, actor=SYSTEM, purpose="complete")
        moves.tell_enterprise(session, request, "requests.completed")
        moves.finish(session, request)
        count += 1
    return count


def recompute(session: Session) -> int:
    """Work out every running clock anew, after days were entered into the calendar; each move is audited."""
    running = select(ServiceRequest).where(
        ServiceRequest.status.in_((*rules.WORKING, "reviewing")), ServiceRequest.due_at.is_not(None)
    )
    moved = 0
    for request in list(session.scalars(running)):
        before = (request.due_at, request.provisional)
        moves.set_clock(session, request)
        if before != (request.due_at, request.provisional):
            changes = {"due_at": (before[0], request.due_at)}
            label = f"{request.req_no} {request.title}"
            audit.record(
                "requests.due_moved", KIND, request.id, actor=SYSTEM, label=label, changes=changes,
                reason=str(_l("工作日历更新后重算")),
            )  # fmt: skip
            moves.finish(session, request)
            moved += 1
    return moved


def _judged(
    session: Session,
    request: ServiceRequest,
    verb: str,
    solved: str,
    satisfaction: int | None,
    text: str,
    *,
    actor: Actor,
    called_person: str = "",
) -> None:
    faults = []
    if solved and solved not in rules.SOLVED:
        faults.append(Fault("solved", "unknown", _l("请选一项。")))
    if satisfaction is not None and satisfaction not in rules.SATISFACTION:
        faults.append(Fault("satisfaction", "unknown", _l("请选一项。")))
    if faults:
        raise Invalid(faults)
    given = {"solved": solved, "satisfaction": satisfaction, "called_person": called_person}
    moves.step(session, request, verb, actor=actor, given=given)
    request.solved, request.satisfaction, request.rating_text = solved, satisfaction, text.strip()
    request.queue_due_at = None
