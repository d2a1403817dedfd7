"""Bulk runs: what was done to many records at once, with before-values."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Keyed, Versioned
from core.types import BIG


class BulkRun(Keyed, Versioned, Base):
    """One thing done to many records of a list: by whom, with which values, on which selection."""

    __tablename__ = "bulk_run"
    list_key: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(200))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    query: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    total: Mapped[int] = mapped_column(default=0)
    job_id: Mapped[int | None] = mapped_column(BIG)
    undoes_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("bulk_run.id"), unique=True)

    __table_args__ = (CheckConstraint("state IN ('waiting', 'done', 'cancelled')", name="known_state"),)


class BulkItem(Base):
    """One record of a run and what became of it; `before` and `after` serve the undo."""

    __tablename__ = "bulk_item"
    run_id: Mapped[int] = mapped_column(BIG, ForeignKey("bulk_run.id", ondelete="CASCADE"), primary_key=True)
    record_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    label: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'changed', 'same', 'refused')", name="known_state"),
        Index("ix_bulk_item_run_id_state", "run_id", "state"),
    )
