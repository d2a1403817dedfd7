"""Messages as rows, what happened to each, where they may go, and what a person wants to hear."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, secrets
from core.db import Base, Keyed, Versioned
from core.types import BIG, UtcDateTime

STATES = ("waiting", "sending", "sent", "dead")
ENDPOINT_KINDS = ("webhook", "wecom", "dingtalk")


class Endpoint(Keyed, Versioned, Base):
    """A webhook or a group's robot. The address holds a key, so it is sealed as the secret is."""

    __tablename__ = "message_endpoint"
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))
    host: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = secrets.sealed("message_endpoint.address")
    secret: Mapped[str] = secrets.sealed("message_endpoint.secret", default="")
    events: Mapped[list[Any]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("kind IN ('webhook', 'wecom', 'dingtalk')", name="known_kind"),)


class Message(Keyed, Base):
    """One message to one person by one channel, or to one endpoint: a code and parameters, no words.

    `dedup` is event, receiver and channel: it makes a second announcement of the same event harmless.
    """

    __tablename__ = "outbox_message"
    event: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    url: Mapped[str] = mapped_column(String(300), default="")
    channel: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    endpoint_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("message_endpoint.id", ondelete="CASCADE"), index=True
    )
    dedup: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    not_before: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead')", name="known_state"),
        CheckConstraint("channel IN ('mail', 'webhook', 'wecom', 'dingtalk')", name="known_channel"),
        Index(
            "ix_outbox_message_open",
            "not_before",
            postgresql_where=text("state IN ('waiting', 'sending')"),
            sqlite_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("ix_outbox_message_state_id", "state", "id"),
        Index("ix_outbox_message_not_before_id", "not_before", "id"),
    )


class Attempt(Base):
    """One try to deliver a message: the log that an administrator reads."""

    __tablename__ = "outbox_attempt"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    message_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("outbox_message.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    sent: Mapped[bool]
    status: Mapped[int | None]
    detail: Mapped[str] = mapped_column(String(300), default="")
    millis: Mapped[int] = mapped_column(default=0)


class Preference(Versioned, Base):
    """What one person wants to hear, where and when. Events that are not named follow the default."""

    __tablename__ = "message_preference"
    account_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    mail: Mapped[str] = mapped_column(String(200), default="")
    channels: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    digest: Mapped[bool] = mapped_column(default=False)
