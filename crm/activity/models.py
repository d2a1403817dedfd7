"""Follow-ups, tasks and notes on any record, which is named by its kind and id."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.accounts.models import Account
from core.db import Base, Keyed, Stamped, Versioned
from core.types import BIG, UtcDateTime


class Followed:
    """What a record keeps of its follow-ups, so that lists sort by it without a join."""

    last_contact_on: Mapped[date | None]
    next_contact_on: Mapped[date | None]
    next_step: Mapped[str] = mapped_column(String(300), default="")


class FollowUp(Keyed, Versioned, Base):
    """A contact that counts: when, who on both sides, what was said, what comes next (DOMAIN 6).

    `files` are [public id, name] of attachments of the same record.
    """

    __tablename__ = "follow_up"
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BIG)
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    how: Mapped[str] = mapped_column(String(12))
    our_people: Mapped[list[Any]] = mapped_column(JSON, default=list)
    their_people: Mapped[list[Any]] = mapped_column(JSON, default=list)
    summary: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(String(300))
    next_on: Mapped[date | None]
    files: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    account_id: Mapped[int] = mapped_column(BIG, index=True)
    account_name: Mapped[str] = mapped_column(String(120))

    __table_args__ = (
        Index("ix_follow_up_kind_record_id_at", "kind", "record_id", "at"),
        CheckConstraint("how IN ('visit', 'host', 'call', 'online', 'meeting')", name="known_how"),
    )


class Task(Keyed, Versioned, Base):
    """Something to be done for a record, or a problem to be solved: one owner, one day.

    `subject` is what the record was called when the task was set.
    """

    __tablename__ = "task"
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BIG)
    sort: Mapped[str] = mapped_column(String(8), default="todo")
    title: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200), default="", server_default="")
    owner_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    owner_text: Mapped[str] = mapped_column(String(120), default="")
    due_on: Mapped[date]
    progress: Mapped[str] = mapped_column(Text, default="")
    progress_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    account_id: Mapped[int] = mapped_column(BIG)

    __table_args__ = (
        Index("ix_task_kind_record_id_due_on", "kind", "record_id", "due_on"),
        Index("ix_task_owner_id_done_at_due_on", "owner_id", "done_at", "due_on"),
        Index("ix_task_account_id_done_at_due_on", "account_id", "done_at", "due_on"),
        Index("ix_task_done_at_due_on", "done_at", "due_on"),
        CheckConstraint("sort IN ('todo', 'problem')", name="known_sort"),
    )

    owner: Mapped[Account | None] = relationship(foreign_keys=[owner_id])

    @property
    def open(self) -> bool:
        return self.done_at is None

    def days_late(self, today: date) -> int:
        """Days past the due day; 0 when done or not yet due."""
        return max(0, (today - self.due_on).days) if self.open else 0


class Note(Keyed, Stamped, Base):
    """A remark for colleagues; the enterprise never sees it."""

    __tablename__ = "note"
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BIG)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    account_id: Mapped[int] = mapped_column(BIG)
    account_name: Mapped[str] = mapped_column(String(120))

    __table_args__ = (Index("ix_note_kind_record_id_at", "kind", "record_id", "at"),)
