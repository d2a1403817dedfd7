"""Exports: a list written to a file, asked for, approved, made and fetched."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, secrets
from core.db import Base, Keyed, Versioned
from core.types import BIG, UtcDateTime


class Export(Keyed, Versioned, Base):
    """A list written to a file: who asked for what and why, who approved it, where the file is and how long.

    `password` opens the encrypted zip; empty for a plain file.
    """

    __tablename__ = "export"
    list_key: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    file_type: Mapped[str] = mapped_column(String(4))
    query: Mapped[str] = mapped_column(Text, default="")
    columns: Mapped[list[str]] = mapped_column(JSON)
    heading: Mapped[dict[str, Any]] = mapped_column(JSON)
    purpose: Mapped[str] = mapped_column(String(300))
    as_of: Mapped[date]
    account_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    wanted: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(String(300), default="")
    job_id: Mapped[int | None] = mapped_column(BIG)
    password: Mapped[str] = secrets.sealed("export.password", default="", server_default="")
    stored_as: Mapped[str | None] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BIG, default=0)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    downloads: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    __table_args__ = (
        CheckConstraint("file_type IN ('xlsx', 'csv')", name="known_type"),
        CheckConstraint(
            "state IN ('asked', 'refused', 'queued', 'done', 'failed', 'cancelled', 'gone')",
            name="known_state",
        ),
        Index("ix_export_state_asked_at", "state", "asked_at"),
    )
