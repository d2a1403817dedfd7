"""The relay: claims due messages, sends each outside any transaction, notes what happened.

A claim is a lease with a fence, as a job's is: a worker that dies leaves its messages to the next one, and a
late one cannot mark what another has sent. What is on its way when a process is killed goes out again with
the same id: mail servers and receivers of webhooks know it by its Message-ID or its delivery id.
"""

import logging
import smtplib
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account
from core.db import db, unit_of_work
from core.outbox import calling, fetching, mail, rendering, rules, transport
from core.outbox.calling import Target
from core.outbox.models import Attempt, Endpoint, Message, Preference

log = logging.getLogger(__name__)

BATCH = 10
LEASE = timedelta(minutes=5)
DOWN = timedelta(minutes=1)
_busy = threading.Lock()


@dataclass(frozen=True)
class Held:
    """A message that this process may send until its lease ends."""

    id: int
    fence: int
    attempts: int
    destination: str


@dataclass(frozen=True)
class Outcome:
    """`final`: trying again cannot help. `down`: nobody answered, so its neighbours wait, too."""

    sent: bool
    status: int | None = None
    detail: str = ""
    final: bool = False
    down: bool = False
    millis: int = 0


def due(session: Session) -> bool:
    """Whether a message waits to be sent now."""
    return session.scalar(select(Message.id).where(_claimable()).limit(1)) is not None


def run() -> int:
    """Send everything that is due; how many were tried. Only one at a time in a process."""
    if not _busy.acquire(blocking=False):
        return 0
    try:
        tried, down = 0, set[str]()
        while held := claim():
            for each in held:
                if each.destination in down:
                    _put_back(each)
                    continue
                outcome = deliver(each)
                tried += 1
                if outcome.down:
                    down.add(each.destination)
                settle(each, outcome)
        return tried
    finally:
        _busy.release()


def claim(limit: int = BATCH) -> list[Held]:
    """Take due messages; two relays never take the same. Those that were tried too often are dead."""
    now = clock.now()
    with unit_of_work() as session:
        statement = (
            select(Message)
            .where(_claimable())
            .order_by(Message.not_before, Message.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        found = []
        for message in session.scalars(statement):
            if message.attempts >= rules.MOST_ATTEMPTS:
                message.state, message.error = "dead", message.error or "interrupted"
                continue
            message.state, message.lease_until = "sending", now + LEASE
            message.attempts += 1
            message.fence += 1
            place = f"e{message.endpoint_id}" if message.endpoint_id else message.channel
            found.append(Held(message.id, message.fence, message.attempts, place))
    return found


def deliver(held: Held) -> Outcome:
    """Send one message. Never raises: what goes wrong is the outcome."""
    began = time.monotonic()
    session = db.session()
    try:
        outcome = _send(session, session.get_one(Message, held.id))
    except Exception as error:
        log.exception("message_failed", extra={"message_id": held.id})
        outcome = Outcome(False, detail=type(error).__name__)
    finally:
        session.rollback()
    spent = int((time.monotonic() - began) * 1000)
    return Outcome(outcome.sent, outcome.status, outcome.detail, outcome.final, outcome.down, spent)


def settle(held: Held, outcome: Outcome) -> None:
    """Note the outcome; nothing changes when the lease has passed to another worker meanwhile."""
    now = clock.now()
    if outcome.sent:
        values: dict[str, object] = {"state": "sent", "sent_at": now, "error": ""}
    elif outcome.final or held.attempts >= rules.MOST_ATTEMPTS:
        values = {"state": "dead", "error": outcome.detail}
    else:
        values = {
            "state": "waiting", "error": outcome.detail, "not_before": now + rules.pause(held.attempts),
        }  # fmt: skip
    with unit_of_work() as session:
        kept = session.execute(
            update(Message)
            .where(Message.id == held.id, Message.fence == held.fence, Message.state == "sending")
            .values(lease_until=None, **values)
            .returning(Message.id)
        ).one_or_none()
        if kept is not None:
            session.add(
                Attempt(
                    message_id=held.id, sent=outcome.sent, status=outcome.status, detail=outcome.detail,
                    millis=outcome.millis,
                )
            )  # fmt: skip


def _put_back(held: Held) -> None:
    """Its neighbour just found nobody there: wait without counting a try."""
    with unit_of_work() as session:
        session.execute(
            update(Message)
            .where(Message.id == held.id, Message.fence == held.fence, Message.state == "sending")
            .values(
                state="waiting",
                lease_until=None,
                attempts=Message.attempts - 1,
                not_before=clock.now() + DOWN,
            )
        )


def _claimable() -> Any:
    now = clock.now()
    return or_(
        and_(Message.state == "waiting", Message.not_before <= now),
        and_(Message.state == "sending", Message.lease_until < now),
    )


def _send(session: Session, message: Message) -> Outcome:
    if message.channel == "mail":
        return _mail(session, message)
    endpoint = session.get(Endpoint, message.endpoint_id)
    if endpoint is None or not endpoint.active:
        return Outcome(False, detail="endpoint_off", final=True)
    there = transport.present()
    with rendering.in_language_of(None):
        letter = rendering.letter(session, message, None, there)
    target = Target(endpoint.kind, endpoint.address, endpoint.secret)
    session.rollback()
    try:
        reply = calling.call(letter, target, int(clock.now().timestamp()), there)
    except fetching.Refused as error:
        return Outcome(False, detail=f"address_{error}", final=True)
    except OSError as error:
        return Outcome(False, detail=type(error).__name__, down=True)
    if calling.accepted(endpoint.kind, reply):
        return Outcome(True, reply.status)
    return Outcome(False, reply.status, "refused_by_receiver")


def _mail(session: Session, message: Message) -> Outcome:
    there = transport.present()
    account = session.get(Account, message.account_id)
    chosen = session.get(Preference, message.account_id)
    if account is None or not account.active or chosen is None or not chosen.mail:
        return Outcome(False, detail="no_address", final=True)
    if there.mail is None:
        return Outcome(False, detail="no_mail_server", down=True)
    with rendering.in_language_of(account):
        letter = rendering.letter(session, message, account, there)
        made = mail.compose(letter, chosen.mail, account.name, there.mail)
    session.rollback()
    try:
        mail.send(made, there.mail, there.timeout)
    except (smtplib.SMTPException, OSError) as error:
        final = mail.is_final(error)
        down = not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
        status = getattr(error, "smtp_code", None)
        return Outcome(False, status, type(error).__name__, final, down)
    return Outcome(True)
