"""Requests of enterprises: the request itself, what was said about it, and when its clock stood still."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Versioned
from core.deadlines import Pause, Term, Timing
from core.deadlines import Unit as TermUnit
from core.secrets import sealed
from core.types import BIG, UtcDateTime
from crm.enterprises.models import Enterprise


class ServiceRequest(Keyed, Versioned, Base):
    """One request. `unit_id` is the desk of the place, `host_unit_id` who handles it.

    `queue_due_at` is the end of the clock that runs now (accepting, dispatching, signing, then completing);
    `due_at` that of completion, counted from acceptance whatever happens in between.
    """

    __tablename__ = "enterprise_request"
    req_no: Mapped[str] = mapped_column(String(40), unique=True)
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id"))
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    host_unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    handler_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    status: Mapped[str] = mapped_column(String(20), default="submitted")
    channel: Mapped[str] = mapped_column(String(12), default="platform")
    category: Mapped[str] = mapped_column(String(12))
    nature: Mapped[str] = mapped_column(String(12), default="help")
    urgency: Mapped[str] = mapped_column(String(10), default="normal")
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    contact_person: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = sealed("enterprise_request.contact_phone", default="")
    submitted_by: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    called_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queue_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    original_due_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    term_amount: Mapped[int | None]
    term_unit: Mapped[str | None] = mapped_column(String(2))
    extended_by: Mapped[int] = mapped_column(default=0)
    asked_days: Mapped[int | None]
    extension_count: Mapped[int] = mapped_column(default=0)
    return_count: Mapped[int] = mapped_column(default=0)
    redo_count: Mapped[int] = mapped_column(default=0)
    call_attempts: Mapped[int] = mapped_column(default=0)
    forced: Mapped[bool] = mapped_column(default=False)
    result_kind: Mapped[str | None] = mapped_column(String(12))
    result_text: Mapped[str] = mapped_column(Text, default="")
    solved: Mapped[str | None] = mapped_column(String(8))
    satisfaction: Mapped[int | None]
    rating_text: Mapped[str] = mapped_column(Text, default="")

    enterprise: Mapped[Enterprise] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    host_unit: Mapped[Unit | None] = relationship(foreign_keys=[host_unit_id])
    handler: Mapped[Account | None] = relationship(foreign_keys=[handler_id])
    messages: Mapped[list["RequestMessage"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", order_by="RequestMessage.id"
    )
    pauses: Mapped[list["RequestPause"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", order_by="RequestPause.id"
    )

    __table_args__ = (
        CheckConstraint(
            "status IN ('submitted', 'not_accepted', 'withdrawn', 'accepted', 'dispatched', 'return_pending',"
            " 'handling', 'waiting_enterprise', 'extend_pending', 'suspended', 'reviewing', 'completed',"
            " 'unreachable', 'unrated', 'evaluated', 'escalated', 'archived')",
            name="known_status",
        ),
        CheckConstraint(
            "result_kind IS NULL OR result_kind IN ('solved', 'partial', 'explained', 'unsolvable')",
            name="known_result",
        ),
        CheckConstraint("solved IS NULL OR solved IN ('yes', 'partly', 'no')", name="known_solved"),
        CheckConstraint("satisfaction IS NULL OR satisfaction IN (1, 2, 3)", name="known_satisfaction"),
        Index("ix_enterprise_request_unit_id_status_queue_due_at", "unit_id", "status", "queue_due_at"),
        Index("ix_enterprise_request_enterprise_id_submitted_at", "enterprise_id", "submitted_at"),
        Index("ix_enterprise_request_submitted_at_id", "submitted_at", "id"),
        Index("ix_enterprise_request_queue_due_at_id", "queue_due_at", "id"),
    )

    def timing(self) -> Timing | None:
        """The clock of completion; None before acceptance."""
        if self.accepted_at is None or self.term_amount is None or self.term_unit is None:
            return None
        return Timing(
            self.accepted_at,
            Term(self.term_amount, TermUnit(self.term_unit)),
            tuple(Pause(pause.began_at, pause.ended_at, pause.reason) for pause in self.pauses),
            self.extended_by,
            self.reviewed_at,
        )


class RequestMessage(Keyed, Base):
    """What was said: by the enterprise, to it, or among officials only (`internal`)."""

    __tablename__ = "request_message"
    request_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise_request.id", ondelete="CASCADE"), index=True
    )
    side: Mapped[str] = mapped_column(String(12))
    purpose: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    account_id: Mapped[int] = mapped_column(BIG)
    account_name: Mapped[str] = mapped_column(String(120))

    request: Mapped[ServiceRequest] = relationship(back_populates="messages")

    __table_args__ = (CheckConstraint("side IN ('enterprise', 'office', 'internal')", name="known_side"),)


class RequestPause(Keyed, Base):
    """A stretch during which the clock stood still; open to the enterprise (DOMAIN 2.3)."""

    __tablename__ = "request_pause"
    request_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise_request.id", ondelete="CASCADE"), index=True
    )
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(300))

    request: Mapped[ServiceRequest] = relationship(back_populates="pauses")

    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_it_begins"),
    )


class RequestRound(Keyed, Base):
    """A rating that led to the work being done again, kept as it was (redo is counted, not overwritten)."""

    __tablename__ = "request_round"
    request_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise_request.id", ondelete="CASCADE"), index=True
    )
    kept: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
