"""Pools and steps as rows, the roster with its yearly targets, assessment inputs, kept evaluations (DOMAIN 13)."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Stamped, Versioned
from core.types import BIG, scaled
from crm.activity.models import Followed
from crm.enterprises.models import Enterprise


class CultivationPool(Base):
    """A pool (库): a row, so that a city names its own and orders them."""

    __tablename__ = "cultivation_pool"
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    entry_rule: Mapped[str] = mapped_column(String(200), default="")
    standard: Mapped[str] = mapped_column(String(24), default="")
    source: Mapped[str] = mapped_column(String(200), default="")


class CultivationStep(Base):
    """A step (台阶): the rise from one pool into the next."""

    __tablename__ = "cultivation_step"
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    from_pool: Mapped[str] = mapped_column(String(16), ForeignKey("cultivation_pool.code"))
    to_pool: Mapped[str] = mapped_column(String(16), ForeignKey("cultivation_pool.code"))
    source: Mapped[str] = mapped_column(String(200), default="")


class RosterEntry(Keyed, Versioned, Followed, Base):
    """An enterprise in a pool, on the step that it is climbing. One open entry per enterprise."""

    __tablename__ = "roster_entry"
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    open_enterprise_id: Mapped[int | None] = mapped_column(BIG, unique=True)
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    pool_code: Mapped[str] = mapped_column(String(16), ForeignKey("cultivation_pool.code"), index=True)
    step_code: Mapped[str | None] = mapped_column(String(16), ForeignKey("cultivation_step.code"))
    standard: Mapped[str] = mapped_column(String(24))
    entered_on: Mapped[date]
    leader_text: Mapped[str] = mapped_column(String(80), default="")
    specialist_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    plan_text: Mapped[str] = mapped_column(Text, default="")
    left_on: Mapped[date | None]
    exit_kind: Mapped[str | None] = mapped_column(String(12))
    exit_reason: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(String(300), default="", server_default="")

    enterprise: Mapped[Enterprise] = relationship()
    unit: Mapped[Unit | None] = relationship()
    pool: Mapped[CultivationPool] = relationship()
    step: Mapped[CultivationStep | None] = relationship()
    specialist: Mapped[Account | None] = relationship()
    targets: Mapped[list["RosterTarget"]] = relationship(
        back_populates="entry", cascade="all, delete-orphan", order_by="RosterTarget.year, RosterTarget.id"
    )

    __table_args__ = (
        CheckConstraint(
            "exit_kind IS NULL OR exit_kind IN ('promoted', 'withdrawn', 'disqualified')", name="known_exit"
        ),
        CheckConstraint("(left_on IS NULL) = (exit_kind IS NULL)", name="left_with_a_reason"),
        CheckConstraint("left_on IS NULL OR left_on >= entered_on", name="leaves_after_entering"),
        CheckConstraint("(left_on IS NULL) = (open_enterprise_id IS NOT NULL)", name="open_entry_is_unique"),
    )


class RosterTarget(Keyed, Versioned, Base):
    """What one figure is to reach in one year."""

    __tablename__ = "roster_target"
    entry_id: Mapped[int] = mapped_column(BIG, ForeignKey("roster_entry.id", ondelete="CASCADE"), index=True)
    year: Mapped[int]
    metric: Mapped[str] = mapped_column(String(40))
    value: Mapped[Decimal] = scaled("value_c", 2)

    entry: Mapped[RosterEntry] = relationship(back_populates="targets")

    __table_args__ = (UniqueConstraint("entry_id", "year", "metric"),)


class AssessmentInput(Keyed, Versioned, Base):
    """A value that an assessment needs and the yearly figures do not hold, e.g. patents or a clean record.

    `value` is plain text: a number, a choice's code, `true` or `false`.
    """

    __tablename__ = "assessment_input"
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id", ondelete="CASCADE"))
    metric: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    value: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(80))
    entered_by: Mapped[int] = mapped_column(BIG)

    __table_args__ = (UniqueConstraint("enterprise_id", "metric", "year"),)


class Evaluation(Keyed, Stamped, Base):
    """A judgement as it was made: by which version, on which values, line by line. Never changed.

    A self-assessment, not a recognition: recognitions are `Honour` rows from published documents.
    """

    __tablename__ = "evaluation"
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id", ondelete="CASCADE"))
    standard: Mapped[str] = mapped_column(String(24))
    version_code: Mapped[str | None] = mapped_column(String(40))
    on: Mapped[date]
    base_year: Mapped[int | None]
    verdict: Mapped[str] = mapped_column(String(12))
    total: Mapped[Decimal | None] = scaled("total_c", 2)
    total_high: Mapped[Decimal | None] = scaled("total_high_c", 2)
    met_count: Mapped[int] = mapped_column(default=0)
    not_met_count: Mapped[int] = mapped_column(default=0)
    missing_count: Mapped[int] = mapped_column(default=0)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[int] = mapped_column(BIG)
    account_name: Mapped[str] = mapped_column(String(120))

    __table_args__ = (
        CheckConstraint(
            "verdict IN ('met', 'not_met', 'missing', 'unconfirmed', 'not_entered')", name="known_verdict"
        ),
        Index("ix_evaluation_enterprise_id_standard_id", "enterprise_id", "standard", "id"),
    )
