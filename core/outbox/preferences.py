"""One person's choices: by which channels he hears of what, quiet hours, digest, mail address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.errors import Conflict, Fault, Invalid
from core.fields import texts
from core.fields.errors import FieldError
from core.i18n import lazy as _l
from core.outbox.models import Preference
from core.permissions import Actor

CHANNELS = ("app", "mail")


@dataclass(frozen=True)
class Choice:
    """`channels` names every event: code → where it is heard, possibly nowhere."""

    mail: str
    channels: Mapping[str, Sequence[str]]
    quiet_from: time | None
    quiet_until: time | None
    digest: bool


def of(session: Session, account_id: int) -> Preference:
    """What stands, or the defaults of somebody who has chosen nothing yet (version 0, not saved)."""
    found = session.get(Preference, account_id)
    return found or Preference(account_id=account_id, mail="", channels={}, digest=False, version=0)


def save(session: Session, choice: Choice, *, version: int | None, actor: Actor) -> Preference:
    """Keep one's own choices. Raises Invalid for a wrong address or half a pair of quiet hours, or Conflict."""
    mail = _address(choice.mail)
    if (choice.quiet_from is None) is not (choice.quiet_until is None):
        name = "quiet_from" if choice.quiet_from is None else "quiet_until"
        raise Invalid(Fault(name, "required", _l("安静时段要填起、止两个时间，或都不填。")))
    if choice.digest and not mail:
        raise Invalid(Fault("mail", "required", _l("要收每日汇总，请填邮箱。")))
    locked = select(Preference).where(Preference.account_id == actor.account_id).with_for_update()
    found = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if (found.version if found else 0) != (version or 0):
        raise Conflict(present=found)
    if found is None:
        found = Preference(account_id=actor.account_id)
        session.add(found)
    found.mail = mail
    found.channels = {
        code: [each for each in CHANNELS if each in chosen] for code, chosen in choice.channels.items()
    }
    found.quiet_from, found.quiet_until, found.digest = choice.quiet_from, choice.quiet_until, choice.digest
    changes = audit.changes_of(found)
    for secret in ("mail", "account_id"):
        changes.pop(secret, None)
    audit.record(
        "messages.preferences_changed",
        "account",
        actor.account_id,
        actor=actor,
        label=actor.name,
        changes=changes,
    )
    return found


def _address(text: str) -> str:
    try:
        return texts.email(text) or ""
    except FieldError as error:
        raise Invalid(Fault("mail", "mail", str(error))) from error
