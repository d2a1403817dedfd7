"""Accounts, the organisation tree, role grants, sessions on the server, one-time links."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.db import Base, Keyed, Stamped, Versioned
from core.secrets import sealed
from core.types import BIG, UtcDateTime

UNIT_KINDS = (
    "city", "bureau", "promotion_centre", "task_force", "group", "department", "zone", "park",
    "service_centre",
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
    """Somebody who can sign in: staff of a unit, or a user of an enterprise."""

    __tablename__ = "account"
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    title: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = sealed("account.phone", default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(5), default="zh")
    failed_count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_signed_in_ip: Mapped[str] = mapped_column(String(64), default="")

    unit: Mapped[Unit | None] = relationship()
    grants: Mapped[list["Grant"]] = relationship(back_populates="account", cascade="all, delete-orphan")

    __table_args__ = (CheckConstraint("kind IN ('staff', 'enterprise')", name="known_kind"),)


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


class SessionRow(Base):
    """A signed-in browser. Only the hash of its token is kept; a revoked row is dead at once."""

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
