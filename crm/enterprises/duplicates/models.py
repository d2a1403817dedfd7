"""Pairs that may be one enterprise, and merges with all that is needed to undo them (DOMAIN 3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.db import Base, Keyed, Versioned
from core.types import BIG, UtcDateTime
from crm.enterprises.models import Enterprise


class Suspect(Keyed, Versioned, Base):
    """Two records that may be one. `first_id` is the smaller, so that a pair stands here once.

    A decision is kept with the pair: what was found to be two enterprises is not asked again.
    """

    __tablename__ = "enterprise_suspect"
    first_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), index=True)
    score: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(8), default="open")
    note: Mapped[str] = mapped_column(String(300), default="")
    decided_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    decided_name: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    first: Mapped[Enterprise] = relationship(foreign_keys=[first_id])
    second: Mapped[Enterprise] = relationship(foreign_keys=[second_id])

    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="smaller_first"),
        CheckConstraint("state IN ('open', 'later', 'distinct')", name="known_state"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_whole"),
        Index("ix_enterprise_suspect_state_score_id", "state", "score", "id"),
        Index("ix_enterprise_suspect_state_updated_at_id", "state", "updated_at", "id"),
    )


class Merge(Keyed, Versioned, Base):
    """One enterprise taken into another. What is gone stands here whole, so that it can come back.

    `absorbed` holds the columns of the record that is gone, `fields` the survivor's before and after,
    `moved` the keys of what went over, by mover, `dropped` whole rows that the survivor had already, `changed`
    columns of moved rows that had to give way. Values are encoded by `rows`.
    """

    __tablename__ = "enterprise_merge"
    survivor_id: Mapped[int] = mapped_column(BIG, index=True)
    survivor_pid: Mapped[str] = mapped_column(String(26))
    absorbed_id: Mapped[int] = mapped_column(BIG)
    absorbed_pid: Mapped[str] = mapped_column(String(26), index=True)
    absorbed_name: Mapped[str] = mapped_column(String(200))
    absorbed: Mapped[dict[str, Any]] = mapped_column(JSON)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    dropped: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    changed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int] = mapped_column(BIG)
    account_name: Mapped[str] = mapped_column(String(120))
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_name: Mapped[str] = mapped_column(String(120), default="")
    kept: Mapped[list[Any]] = mapped_column(JSON, default=list)
