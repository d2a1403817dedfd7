"""What cannot be solved now is suspended with the head's signature and looked at every thirty days; what is
not solved after a second time is taken to the level above (DOMAIN 11). Verbs never commit."""

from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.notify import words
from core.permissions import Actor
from crm.service_requests import access, moves
from crm.service_requests.models import ServiceRequest

words("requests.suspended", _l("您的诉求暂时无法解决，已挂账，每 30 天复核一次：%(title)s"))
words("requests.resumed", _l("挂账的诉求已恢复办理：%(title)s"))
words("requests.escalated", _l("诉求已提级督办：%(title)s"))


def suspend(
    session: Session, public_id: str, *, version: int | None, reason: str, approval: str, actor: Actor
) -> ServiceRequest:
    """Suspend with the number of the paper that the head has signed; the enterprise is told."""
    request = moves.taken(session, public_id, access.DECIDE, version, actor=actor)
    given = {"reason": reason, "approval": approval}
    moves.say(
        session,
        request,
        f"{reason.strip()}（{approval.strip()}）",
        actor=actor,
        purpose=moves.SUSPENDED,
        side="internal",
    )
    moves.step(
        session, request, "suspend", actor=actor, given=given, reason=f"{reason.strip()} {approval.strip()}"
    )
    moves.tell_enterprise(session, request, "requests.suspended")
    return moves.finish(session, request)


def review(
    session: Session, public_id: str, *, version: int | None, conclusion: str, actor: Actor
) -> ServiceRequest:
    """The thirty days are over: say why it stays suspended; the next thirty begin."""
    request = moves.taken(session, public_id, access.DECIDE, version, actor=actor)
    moves.say(session, request, conclusion, actor=actor, purpose=moves.HOLD_REVIEW, side="internal")
    moves.step(
        session,
        request,
        "review_suspension",
        actor=actor,
        given={"conclusion": conclusion},
        reason=conclusion,
    )
    return moves.finish(session, request)


def take_up(session: Session, public_id: str, *, version: int | None, actor: Actor) -> ServiceRequest:
    """The hindrance is gone: it is handled again."""
    request = moves.taken(session, public_id, access.DECIDE, version, actor=actor)
    moves.step(session, request, "resume", actor=actor)
    moves.tell_enterprise(session, request, "requests.resumed")
    moves.tell_unit(session, request, request.host_unit_id, "requests.resumed")
    return moves.finish(session, request)


def escalate(
    session: Session, public_id: str, *, version: int | None, reason: str, actor: Actor
) -> ServiceRequest:
    """Done again and still not solved: the level above follows it."""
    request = moves.taken(session, public_id, access.DISPATCH, version, actor=actor)
    moves.step(session, request, "escalate", actor=actor, given={"reason": reason}, reason=reason)
    moves.say(session, request, reason, actor=actor, purpose="escalate", side="internal")
    moves.tell_unit(session, request, request.host_unit_id, "requests.escalated")
    return moves.finish(session, request)


def conclude(
    session: Session, public_id: str, *, version: int | None, conclusion: str, actor: Actor
) -> ServiceRequest:
    """What the supervision came to; the record is archived."""
    request = moves.taken(session, public_id, access.DECIDE, version, actor=actor)
    moves.step(session, request, "conclude", actor=actor, given={"conclusion": conclusion}, reason=conclusion)
    moves.say(session, request, conclusion, actor=actor, purpose="conclude", side="internal")
    return moves.finish(session, request)
