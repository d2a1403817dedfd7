"""Jobs as rows: the row is the truth, the broker only delivers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, Keyed
from core.types import BIG, UtcDateTime

STATES = ("queued", "running", "done", "failed", "cancelled", "dead")


class Job(Keyed, Base):
    """One piece of work. `fence` grows with every claim, so that a late finisher is known."""

    __tablename__ = "job"
    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200), default="")
    queue: Mapped[str] = mapped_column(String(20), default="default")
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    account_id: Mapped[int] = mapped_column(BIG)
    periodic: Mapped[str | None] = mapped_column(String(60))
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    run_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    progress_done: Mapped[int] = mapped_column(BIG, default=0)
    progress_total: Mapped[int] = mapped_column(BIG, default=0)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'dead')", name="known_state"
        ),
        Index("ix_job_account_id_id", "account_id", "id"),
        Index("ix_job_state_id", "state", "id"),
        Index("ix_job_kind_id", "kind", "id"),
        Index("ix_job_periodic_id", "periodic", "id"),
        Index("ix_job_state_queue", "state", "queue"),
        Index(
            "ix_job_open",
            "state",
            "lease_until",
            postgresql_where=text("state IN ('queued', 'running')"),
            sqlite_where=text("state IN ('queued', 'running')"),
        ),
    )
