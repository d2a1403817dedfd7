"""Opening a masked number is counted: beyond so many a day the security administrators are told."""

from datetime import datetime, time
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clock, notify
from core.accounts import policy
from core.accounts.models import Grant
from core.accounts.separation import SECURITY_ADMINISTRATOR
from core.i18n import lazy as _l
from core.permissions import Actor

ACTION: Final = "%\\_revealed"

notify.words("security.many_reveals", _l("%(who)s今天看了超过 %(count)s 个号码，请核实用途。"))


def record(
    session: Session, action: str, kind: str, record_id: int, *, actor: Actor, label: str, reason: str
) -> None:
    """The audit row of one opening (`action` ends in `_revealed`), and the notice when a day has too many."""
    limit = policy.current(session).reveals_a_day
    if _today(session, actor) == limit:
        told = session.scalars(select(Grant.account_id).where(Grant.role == SECURITY_ADMINISTRATOR))
        params = {"who": actor.name, "count": limit}
        notify.notify(session, told.all(), "security.many_reveals", params, "/admin/accounts")
    audit.record(action, kind, record_id, actor=actor, label=label, reason=reason)


def _today(session: Session, actor: Actor) -> int:
    start = datetime.combine(clock.today(), time(), clock.SHANGHAI)
    statement = select(func.count()).where(
        audit.AuditEntry.account_id == actor.account_id,
        audit.AuditEntry.at >= start,
        audit.AuditEntry.action.like(ACTION, escape="\\"),
    )
    return session.scalar(statement) or 0
