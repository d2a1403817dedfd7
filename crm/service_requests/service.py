"""Taking a request in: submit, accept, decline, dispatch, sign, send back, withdraw. Verbs never commit."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, numbering
from core.accounts.models import Unit
from core.deadlines import Term
from core.errors import Fault, Invalid, NotFound
from core.files import Received
from core.i18n import lazy as _l
from core.notify import words
from core.permissions import Actor, require
from crm.enterprises.models import Enterprise
from crm.service_requests import access, moves, rules, terms
from crm.service_requests.models import ServiceRequest
from crm.service_requests.moves import KIND, Upload

words("requests.submitted", _l("新诉求待受理：%(title)s"), _l("新诉求待受理"))
words("requests.accepted", _l("您的诉求已受理：%(title)s"), _l("诉求受理了"), to="enterprise")
words("requests.declined", _l("您的诉求未受理：%(title)s"), _l("诉求未受理"), to="enterprise")
words("requests.dispatched", _l("诉求派给你单位，请签收：%(title)s"), _l("诉求派到本单位"))
words("requests.sent_back", _l("承办单位申请退单：%(title)s"), _l("承办单位申请退单"))


def submit(
    session: Session, values: Mapping[str, Any], uploads: Iterable[Upload | Received] = (), *, actor: Actor
) -> ServiceRequest:
    """An enterprise's user puts in a request: numbered, its acceptance clock started, the desk told.

    `values`: title, category, nature, content, contact_person, contact_phone. Raises Invalid with every
    fault at once, also for a file that cannot be kept.
    """
    require(actor, access.OWN_SUBMIT)
    if actor.enterprise_id is None:
        raise NotFound()
    if faults := rules.submission_faults(values):
        raise Invalid(faults)
    enterprise = session.get_one(Enterprise, actor.enterprise_id)
    unit = _desk_of(session, enterprise)
    now = clock.now()
    request = ServiceRequest(
        enterprise_id=enterprise.id,
        unit_id=unit.id,
        title=str(values["title"]).strip(),
        content=str(values["content"]).strip(),
        category=values["category"],
        nature=values["nature"],
        contact_person=str(values.get("contact_person") or ""),
        contact_phone=str(values.get("contact_phone") or ""),
        submitted_by=actor.account_id,
        submitted_at=now,
        status="submitted",
        req_no=numbering.take(session, "SQ", unit.code, clock.local(now).year),
    )
    session.add(request)
    session.flush()
    moves.say(
        session, request, request.content, actor=actor, purpose="submit", side="enterprise", uploads=uploads
    )
    moves.set_clock(session, request)
    audit.record("requests.submit", KIND, request.id, actor=actor, label=f"{request.req_no} {request.title}")
    moves.tell_unit(session, request, unit.id, "requests.submitted")
    return moves.finish(session, request)


def accept(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    category: str,
    nature: str,
    urgency: str,
    actor: Actor,
) -> ServiceRequest:
    """Take a request on. From now on the completion clock runs, by its nature (DOMAIN 11)."""
    request = moves.taken(session, public_id, access.ACCEPT, version, actor=actor)
    _known(
        category=(category, rules.CATEGORIES),
        nature=(nature, rules.NATURES),
        urgency=(urgency, rules.URGENCIES),
    )
    given = {"category": category, "nature": nature, "urgency": urgency}
    term = terms.present().close_for(nature)
    request.accepted_at = clock.now()
    _set_term(request, term)
    moves.step(session, request, "accept", actor=actor, given=given)
    request.category, request.nature, request.urgency = category, nature, urgency
    moves.tell_enterprise(session, request, "requests.accepted")
    return moves.finish(session, request)


def decline(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    reason: str,
    other_channel: str,
    actor: Actor,
) -> ServiceRequest:
    """Not to be taken on: the legal reason and where else to turn are told to the enterprise."""
    request = moves.taken(session, public_id, access.ACCEPT, version, actor=actor)
    given = {"reason": reason, "other_channel": other_channel}
    moves.step(session, request, "decline", actor=actor, given=given, reason=reason)
    request.queue_due_at = None
    moves.say(session, request, f"{reason.strip()}\n{other_channel.strip()}", actor=actor, purpose="decline")
    moves.tell_enterprise(session, request, "requests.declined")
    return moves.finish(session, request)


def dispatch(
    session: Session, public_id: str, *, version: int | None, host_unit_id: int, note: str = "", actor: Actor
) -> ServiceRequest:
    """Give a request to the unit that handles it. Dispatching anew does not start the clock again."""
    request = moves.taken(session, public_id, access.DISPATCH, version, actor=actor)
    unit = session.get(Unit, host_unit_id)
    if unit is None or not unit.active:
        raise Invalid(Fault("host_unit_id", "unknown", _l("请选承办单位。")))
    before, request.host_unit_id = request.host_unit_id, unit.id
    request.handler_id = None
    request.dispatched_at = clock.now()
    moves.step(session, request, "dispatch", actor=actor)
    audit.record(
        "requests.host_set", KIND, request.id, actor=actor, changes={"host_unit_id": (before, unit.id)}
    )
    if note.strip():
        moves.say(session, request, note, actor=actor, purpose="dispatch", side="internal")
    moves.tell_unit(session, request, unit.id, "requests.dispatched")
    return moves.finish(session, request)


def sign(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """The handling unit takes it up; who signs is the handler."""
    request = moves.taken(session, public_id, access.SIGN, version, actor=actor)
    moves.step(session, request, "sign", actor=actor)
    request.signed_at, request.handler_id = clock.now(), actor.account_id
    return moves.finish(session, request)


def send_back(
    session: Session,
    public_id: str,
    *,
    version: int | None,
    reason: str,
    suggested_unit: str,
    actor: Actor,
) -> ServiceRequest:
    """Ask the desk to give it to somebody else: once, within a working day, with grounds."""
    request = moves.taken(session, public_id, access.SIGN, version, actor=actor)
    given = {"reason": reason, "suggested_unit": suggested_unit}
    moves.step(session, request, "send_back", actor=actor, given=given, reason=reason)
    request.return_count += 1
    moves.say(
        session, request, f"{reason.strip()}\n{suggested_unit.strip()}", actor=actor, purpose="send_back",
        side="internal",
    )  # fmt: skip
    moves.tell_unit(session, request, request.unit_id, "requests.sent_back")
    return moves.finish(session, request)


def agree_return(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """Take a request back from its unit, to be dispatched anew; the completion clock runs on."""
    request = moves.taken(session, public_id, access.DISPATCH, version, actor=actor)
    moves.step(session, request, "agree_return", actor=actor)
    request.host_unit_id = request.handler_id = None
    return moves.finish(session, request)


def force(
    session: Session, public_id: str, *, version: int | None, reason: str, actor: Actor
) -> ServiceRequest:
    """Rule that the unit must handle it; it cannot be sent back again."""
    request = moves.taken(session, public_id, access.DISPATCH, version, actor=actor)
    moves.step(session, request, "force", actor=actor, given={"reason": reason}, reason=reason)
    request.forced, request.dispatched_at = True, clock.now()
    moves.set_clock(session, request)
    moves.say(session, request, reason, actor=actor, purpose="force", side="internal")
    moves.tell_unit(session, request, request.host_unit_id, "requests.dispatched")
    return moves.finish(session, request)


def withdraw(
    session: Session, public_id: str, *, version: int | None, reason: str, actor: Actor
) -> ServiceRequest:
    """The enterprise takes its request back."""
    request = moves.taken(session, public_id, access.OWN_WITHDRAW, version, actor=actor)
    moves.resume(request, clock.now())
    moves.step(session, request, "withdraw", actor=actor, given={"reason": reason}, reason=reason)
    request.queue_due_at = None
    moves.say(session, request, reason, actor=actor, purpose="withdraw", side="enterprise")
    return moves.finish(session, request)


def _desk_of(session: Session, enterprise: Enterprise) -> Unit:
    """The unit that looks after the enterprise; the city itself for one that nobody has taken yet."""
    if enterprise.unit_id is not None:
        return session.get_one(Unit, enterprise.unit_id)
    return session.scalars(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1)).one()


def _set_term(request: ServiceRequest, term: Term) -> None:
    request.term_amount, request.term_unit = term.amount, term.unit.value


def _known(**chosen: tuple[str, Mapping[str, Any]]) -> None:
    faults = [
        Fault(name, "unknown", _l("请选一项。"))
        for name, (value, known) in chosen.items()
        if value not in known
    ]
    if faults:
        raise Invalid(faults)
