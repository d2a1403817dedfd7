"""Versions of standards and terms as rows: what was in force on which day, who wrote it, who approved it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Keyed, Versioned
from core.types import BIG, UtcDateTime


class RuleVersion(Keyed, Versioned, Base):
    """One version of one standard of a book. A published one is never changed, only followed by another.

    `body` is the version as the engine reads it, without its code and its days.
    """

    __tablename__ = "rule_version"
    book: Mapped[str] = mapped_column(String(40))
    standard: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12), default="draft")
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    drafted_by: Mapped[int] = mapped_column(BIG)
    drafted_by_name: Mapped[str] = mapped_column(String(80), default="")
    submitted_by: Mapped[int | None] = mapped_column(BIG)
    decided_by: Mapped[int | None] = mapped_column(BIG)
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_note: Mapped[str] = mapped_column(Text, default="")
    based_on_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("rule_version.id"))
    dry_run_job_id: Mapped[int | None] = mapped_column(BIG)

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'published', 'dropped')", name="known_state"),
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="ends_after_it_begins"),
        Index("ix_rule_version_book_standard", "book", "standard", "effective_from"),
        Index(
            "uq_rule_version_published", "book", "standard", "code", unique=True,
            postgresql_where=text("state = 'published'"), sqlite_where=text("state = 'published'"),
        ),
    )  # fmt: skip
