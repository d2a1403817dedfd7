"""Accounts, the organisation tree, role grants, sessions on the server, one-time links."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core import clock
from core.db import Base, Keyed, Stamped, Versioned
from core.secrets import sealed
from core.text import readings
from core.types import BIG, UtcDateTime

ACCOUNT, UNIT = "account", "unit"
"""How search documents and audit rows name these kinds of record."""

UNIT_KINDS = (
    "city", "bureau", "promotion_centre", "task_force", "group", "department", "zone", "service_centre",
)  # fmt: skip


class Unit(Keyed, Versioned, Base):
    """A unit of the organisation tree. `path` is `/1/4/9/`: the ids from the root to itself."""

    __tablename__ = "unit"
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), default="/", index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")

    __table_args__ = (CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),)


class Account(Keyed, Versioned, Base):
    """Somebody who can sign in: staff of a unit, or a user of an enterprise.

    `sort_key` is the reading of the name that lists sort by; it follows the name.
    """

    __tablename__ = "account"
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(200), default="", server_default="")
    kind: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = sealed("account.phone", default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    valid_to: Mapped[date | None]
    clearance: Mapped[str] = mapped_column(String(12), default="normal")
    language: Mapped[str] = mapped_column(String(5), default="zh")
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_signed_in_ip: Mapped[str] = mapped_column(String(64), default="")

    unit: Mapped[Unit | None] = relationship()
    grants: Mapped[list["Grant"]] = relationship(back_populates="account", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("kind IN ('staff', 'enterprise')", name="known_kind"),
        CheckConstraint("clearance IN ('normal', 'restricted')", name="known_clearance"),
        Index("ix_account_sort_key_id", "sort_key", "id"),
        Index("ix_account_last_signed_in_at_id", "last_signed_in_at", "id"),
    )

    @validates("name")
    def _read_name(self, _key: str, name: str) -> str:
        self.sort_key = readings.sort_key(name)
        return name


class Grant(Keyed, Stamped, Base):
    """A role held at a unit with a data scope: self, unit, below, chosen, all."""

    __tablename__ = "role_grant"
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"))
    scope: Mapped[str] = mapped_column(String(8))
    chosen_unit_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    account: Mapped[Account] = relationship(back_populates="grants")

    __table_args__ = (
        CheckConstraint("scope IN ('self', 'unit', 'below', 'chosen', 'all')", name="known_scope"),
    )


class GrantRequest(Keyed, Versioned, Base):
    """What one administrator asks for and another decides: a role over some units, or a clearance.

    `grant_id` is the grant that came of it, so that a page can say why somebody holds a role.
    """

    __tablename__ = "grant_request"
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="role")
    role: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"))
    scope: Mapped[str] = mapped_column(String(8), default="")
    chosen_unit_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    clearance: Mapped[str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(300))
    requested_by: Mapped[int] = mapped_column(BIG)
    requested_name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    decided_by: Mapped[int | None] = mapped_column(BIG)
    decided_name: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_note: Mapped[str] = mapped_column(String(300), default="")
    grant_id: Mapped[int | None] = mapped_column(
        BIG, ForeignKey("role_grant.id", ondelete="SET NULL"), index=True
    )

    account: Mapped[Account] = relationship()
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        CheckConstraint("kind IN ('role', 'clearance')", name="known_kind"),
        CheckConstraint("state IN ('open', 'approved', 'refused', 'withdrawn')", name="known_state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="decided_by_another"),
        CheckConstraint("decided_by IS NULL OR decided_by <> account_id", name="not_for_oneself"),
    )


class Deputy(Keyed, Versioned, Base):
    """Somebody who does an absent colleague's work from one day to another. It ends by its date alone."""

    __tablename__ = "deputy"
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    deputy_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    named_by: Mapped[int] = mapped_column(BIG)
    named_name: Mapped[str] = mapped_column(String(120))

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    deputy: Mapped[Account] = relationship(foreign_keys=[deputy_id])

    __table_args__ = (
        CheckConstraint("account_id <> deputy_id", name="not_oneself"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_it_began"),
    )


class Handover(Keyed, Versioned, Base):
    """All that somebody owns, laid out for colleagues: prepared by one, confirmed by another, moved at once."""

    __tablename__ = "handover"
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(12), default="open", index=True)
    prepared_by: Mapped[int] = mapped_column(BIG)
    prepared_name: Mapped[str] = mapped_column(String(120))
    confirmed_by: Mapped[int | None] = mapped_column(BIG)
    confirmed_name: Mapped[str] = mapped_column(String(120), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship()
    rows: Mapped[list["HandoverRow"]] = relationship(
        back_populates="handover", cascade="all, delete-orphan", order_by="HandoverRow.id"
    )

    __table_args__ = (
        CheckConstraint("state IN ('open', 'confirmed', 'withdrawn')", name="known_state"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> prepared_by", name="confirmed_by_another"),
    )


class HandoverRow(Keyed, Base):
    """One piece of open work and who takes it over, with the note that explains where it stands."""

    __tablename__ = "handover_row"
    handover_id: Mapped[int] = mapped_column(BIG, ForeignKey("handover.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    record_id: Mapped[int] = mapped_column(BIG)
    label: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(300), default="")
    receiver_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")

    handover: Mapped[Handover] = relationship(back_populates="rows")
    receiver: Mapped[Account] = relationship()

    __table_args__ = (UniqueConstraint("handover_id", "kind", "record_id"),)


class SessionRow(Base):
    """A signed-in browser. Only the hash of its token is kept; a revoked row is dead at once.

    `proved_at`: when its owner last proved again who he is. `confined`: what he must do before anything else.
    """

    __tablename__ = "session_row"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ip: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(300), default="")
    csrf_secret: Mapped[str] = mapped_column(String(64))
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confined: Mapped[str | None] = mapped_column(String(40))


class OneTimeLink(Base):
    """An invitation or a reset: single use, short-lived, only its hash is kept."""

    __tablename__ = "one_time_link"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_by: Mapped[int] = mapped_column(BIG)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """Every try at the door, for the limit by address."""

    __tablename__ = "sign_in_attempt"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    ip: Mapped[str] = mapped_column(String(64))
    username: Mapped[str] = mapped_column(String(80))
    succeeded: Mapped[bool]

    __table_args__ = (Index("ix_sign_in_attempt_ip_at", "ip", "at"),)
