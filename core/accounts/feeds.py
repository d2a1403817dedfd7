"""A person's calendar feed: an address for a calendar program, with a token that can be taken back at any time."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from core import audit, clock
from core.accounts.models import Account
from core.accounts.tokens import SEEN_EVERY, hash_of
from core.db import Base, Keyed, Stamped
from core.permissions import Actor
from core.types import BIG, UtcDateTime

KIND: Final = "calendar_feed"
PREFIX: Final = "lzc_"
LONGEST: Final = 100


class CalendarFeed(Keyed, Stamped, Base):
    """One address of one account; only a hash of its token is kept. `named` shows names of enterprises and projects."""

    __tablename__ = "calendar_feed"
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    named: Mapped[bool] = mapped_column(default=False)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Holder:
    """A living feed and whose it is. `stale` says that "last used" is due to be written."""

    feed: CalendarFeed
    account: Account
    stale: bool


def living(session: Session, account_id: int) -> CalendarFeed | None:
    """The feed that a person has opened and not taken back."""
    statement = (
        select(CalendarFeed)
        .where(CalendarFeed.account_id == account_id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def open_(session: Session, *, named: bool, actor: Actor) -> str:
    """A new address for oneself; an earlier one ends. The token is shown once and never again."""
    _end(session, actor)
    text = PREFIX + secrets.token_urlsafe(32)
    made = CalendarFeed(account_id=actor.account_id, token_hash=hash_of(text), named=named)
    session.add(made)
    session.flush()
    audit.record("calendar.feed_opened", KIND, made.id, actor=actor, changes={"named": (None, named)})
    return text


def revoke(session: Session, *, actor: Actor) -> bool:
    """End one's own address at once; whether there was one."""
    return _end(session, actor)


def _end(session: Session, actor: Actor) -> bool:
    feed = living(session, actor.account_id)
    if feed is None:
        return False
    feed.revoked_at = clock.now()
    audit.record("calendar.feed_revoked", KIND, feed.id, actor=actor)
    return True


def resolve(session: Session, text: str) -> Holder | None:
    """The living feed behind a token, of an account that is active."""
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        return None
    statement = (
        select(CalendarFeed, Account)
        .join(Account, Account.id == CalendarFeed.account_id)
        .options(joinedload(Account.unit), joinedload(Account.grants))
        .where(CalendarFeed.token_hash == hash_of(text), CalendarFeed.revoked_at.is_(None))
    )
    found = session.execute(statement).unique().one_or_none()
    if found is None or not found[1].active:
        return None
    feed, account = found
    stale = feed.last_used_at is None or clock.now() - feed.last_used_at > SEEN_EVERY
    return Holder(feed, account, stale)


def used(session: Session, feed_id: int) -> None:
    """Write "last used"; at most every five minutes, by the caller's choice of `stale`."""
    session.execute(update(CalendarFeed).where(CalendarFeed.id == feed_id).values(last_used_at=clock.now()))
