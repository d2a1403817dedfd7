"""Announcing an event: one row for each person and channel, one for each endpoint, in the open transaction."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core import clock
from core.db import after_commit
from core.jobs import publisher
from core.outbox import rules, transport
from core.outbox.models import Endpoint, Message, Preference


def announce(
    session: Session,
    event: str,
    code: str,
    params: Mapping[str, Any],
    url: str,
    account_ids: Collection[int],
) -> list[int]:
    """Leave the messages of one event; who of the accounts wants a notice inside the application.

    `event` is unique for what happened: announcing it again adds nothing.
    """
    wanted = preferences(session, account_ids)
    mails = transport.present().mail is not None
    rows: list[dict[str, Any]] = []
    inside: list[int] = []
    now = clock.now()
    for account_id in sorted(set(account_ids)):
        chosen = wanted.get(account_id)
        channels = rules.channels_of(chosen.channels if chosen else None, code)
        if "app" in channels:
            inside.append(account_id)
        if mails and chosen is not None and chosen.mail and "mail" in channels and not chosen.digest:
            when = rules.not_before(now, chosen.quiet_from, chosen.quiet_until)
            rows.append(row(event, code, params, url, "mail", account_id=account_id, not_before=when))
    rows += [
        row(event, code, params, url, endpoint.kind, endpoint_id=endpoint.id, not_before=now)
        for endpoint in session.scalars(select(Endpoint).where(Endpoint.active.is_(True)))
        if "*" in endpoint.events or code in endpoint.events
    ]
    add(session, rows)
    return inside


def preferences(session: Session, account_ids: Collection[int]) -> dict[int, Preference]:
    found = session.scalars(select(Preference).where(Preference.account_id.in_(account_ids)))
    return {each.account_id: each for each in found}


def row(
    event: str,
    code: str,
    params: Mapping[str, Any],
    url: str,
    channel: str,
    *,
    account_id: int | None = None,
    endpoint_id: int | None = None,
    not_before: Any = None,
) -> dict[str, Any]:
    """The values of a message; its `dedup` is what makes it unique."""
    receiver = f"a{account_id}" if account_id is not None else f"e{endpoint_id}"
    return {
        "event": event,
        "code": code,
        "params": dict(params),
        "url": url,
        "channel": channel,
        "account_id": account_id,
        "endpoint_id": endpoint_id,
        "dedup": f"{event}:{receiver}:{channel}",
        "not_before": not_before or clock.now(),
    }


def add(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert messages that do not stand yet, and wake the relay after the commit."""
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for values in rows:
        session.execute(
            dialect.insert(Message).values(**values).on_conflict_do_nothing(index_elements=["dedup"])
        )
    after_commit(session, publisher.nudge)
