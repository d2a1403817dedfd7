"""Working on a request: reply, note, ask, supplement, extend, complete, review. Verbs never commit."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core import audit, clock
from core.errors import Fault, Invalid
from core.files import Received
from core.i18n import lazy as _l
from core.notify import words
from core.permissions import Actor
from crm.service_requests import access, moves, rules
from crm.service_requests.models import RequestMessage, ServiceRequest
from crm.service_requests.moves import KIND, Upload

words("requests.replied", _l("您的诉求有答复：%(title)s"), _l("诉求有答复"), to="enterprise")
words("requests.asked", _l("请补充材料：%(title)s"), _l("要补充材料"), to="enterprise")
words("requests.supplemented", _l("企业已补充材料：%(title)s"), _l("企业补充了材料"))
words("requests.to_review", _l("诉求待审核：%(title)s"), _l("诉求待审核"))
words("requests.completed", _l("您的诉求已办结，请评价：%(title)s"), _l("诉求办结，请评价"), to="enterprise")

MAX_TEXT = 4000


def reply(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    text: str,
    uploads: Iterable[Upload | Received] = (),
    actor: Actor,
) -> ServiceRequest:
    """Answer the enterprise; it sees this at once. The first answer is the first contact."""
    request = moves.taken(session, public_id, access.HANDLE, version, actor=actor)
    moves.step(session, request, "reply", actor=actor, given={"text": text})
    now = clock.now()
    request.first_contact_at = request.first_contact_at or now
    request.replied_at = now
    moves.say(session, request, text, actor=actor, purpose="reply", uploads=uploads)
    moves.tell_enterprise(session, request, "requests.replied")
    return moves.finish(session, request)


def note(
    session: Session, public_id: str, *, text: str, uploads: Iterable[Upload | Received] = (), actor: Actor
) -> RequestMessage:
    """A remark among officials; whoever sees the request may leave one while it is open."""
    request = moves.taken(session, public_id, access.VIEW, None, actor=actor)
    if not text.strip():
        raise Invalid(Fault("text", "missing", _l("请写内容。")))
    message = moves.say(session, request, text, actor=actor, purpose="note", side="internal", uploads=uploads)
    audit.record("requests.note", KIND, request.id, actor=actor, label=request.req_no)
    return message


def ask_enterprise(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    text: str,
    uploads: Iterable[Upload | Received] = (),
    actor: Actor,
) -> ServiceRequest:
    """Ask for papers; the clock stands still until they come (the reason is shown to the enterprise)."""
    request = moves.taken(session, public_id, access.HANDLE, version, actor=actor)
    moves.pause(request, text, clock.now())
    moves.step(session, request, "ask_enterprise", actor=actor, given={"text": text})
    request.first_contact_at = request.first_contact_at or clock.now()
    moves.say(session, request, text, actor=actor, purpose="ask", uploads=uploads)
    moves.tell_enterprise(session, request, "requests.asked")
    return moves.finish(session, request)


def supplement(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    text: str,
    uploads: Iterable[Upload | Received] = (),
    actor: Actor,
) -> ServiceRequest:
    """The enterprise brings what was asked for; the clock runs on."""
    request = moves.taken(session, public_id, access.OWN_REPLY, version, actor=actor)
    moves.resume(request, clock.now())
    moves.step(session, request, "supplement", actor=actor, given={"text": text})
    moves.say(session, request, text, actor=actor, purpose="supplement", side="enterprise", uploads=uploads)
    moves.tell_unit(session, request, request.host_unit_id, "requests.supplemented")
    return moves.finish(session, request)


def ask_extension(
    session: Session, public_id: str, *, version: int | None, extra_days: int, reason: str, actor: Actor
) -> ServiceRequest:
    """Ask for more working days: once, and at least one working day before the term ends (T20)."""
    request = moves.taken(session, public_id, access.HANDLE, version, actor=actor)
    given = {"extra_days": extra_days, "reason": reason}
    moves.step(session, request, "ask_extension", actor=actor, given=given, reason=reason)
    request.asked_days = extra_days
    moves.say(session, request, reason, actor=actor, purpose="extension", side="internal")
    return moves.finish(session, request)


def grant_extension(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """Grant the days that were asked for; the enterprise is told the new day."""
    request = moves.taken(session, public_id, access.DECIDE, version, actor=actor)
    before = request.due_at
    request.extended_by += request.asked_days or 0
    moves.step(session, request, "grant_extension", actor=actor)
    request.extension_count += 1
    request.asked_days = None
    audit.record(
        "requests.due_moved", KIND, request.id, actor=actor, label=request.req_no,
        changes={"due_at": (before, request.due_at)},
    )  # fmt: skip
    moves.tell_enterprise(session, request, "requests.replied")
    return moves.finish(session, request)


def refuse_extension(
    session: Session, public_id: str, *, version: int | None, reason: str, actor: Actor
) -> ServiceRequest:
    """The term stays; the one chance to ask is not used up by a refusal."""
    request = moves.taken(session, public_id, access.DECIDE, version, actor=actor)
    moves.step(session, request, "refuse_extension", actor=actor, given={"reason": reason}, reason=reason)
    request.asked_days = None
    moves.say(session, request, reason, actor=actor, purpose="extension", side="internal")
    return moves.finish(session, request)


def complete(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    result_kind: str,
    result_text: str,
    actor: Actor,
) -> ServiceRequest:
    """Say what came of it and hand it to the review. An explanation is never counted as a solution."""
    request = moves.taken(session, public_id, access.COMPLETE, version, actor=actor)
    if result_kind and result_kind not in rules.RESULTS:
        raise Invalid(Fault("result_kind", "unknown", _l("请选一项。")))
    given = {"result_kind": result_kind, "result_text": result_text}
    moves.step(session, request, "complete", actor=actor, given=given)
    request.result_kind, request.result_text = result_kind, result_text.strip()
    request.completed_at = clock.now()
    moves.tell_unit(session, request, request.unit_id, "requests.to_review")
    return moves.finish(session, request)


def pass_review(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """Another person than the handler passes the work; the completion clock stops here (DOMAIN 11)."""
    request = moves.taken(session, public_id, access.REVIEW, version, actor=actor)
    request.reviewed_at = clock.now()
    moves.step(session, request, "pass_review", actor=actor)
    moves.say(session, request, request.result_text, actor=actor, purpose="complete")
    moves.tell_enterprise(session, request, "requests.completed")
    return moves.finish(session, request)


def back(
    session: Session, public_id: str, *, version: int | None, reason: str, actor: Actor
) -> ServiceRequest:
    """Send the work back to the handler; the clock never stopped."""
    request = moves.taken(session, public_id, access.REVIEW, version, actor=actor)
    moves.step(session, request, "back", actor=actor, given={"reason": reason}, reason=reason)
    request.completed_at = None
    moves.say(session, request, reason, actor=actor, purpose="back", side="internal")
    return moves.finish(session, request)
