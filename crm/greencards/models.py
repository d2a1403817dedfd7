"""Green cards with their reviews and uses; the service case, its task force and its checklist (DOMAIN 9)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Stamped, Versioned
from core.secrets import sealed
from core.types import BIG, UtcDateTime, scaled
from crm.activity.models import Followed
from crm.enterprises.models import Enterprise
from crm.projects.models import Project

KINDS = ("project", "living")


class GreenCard(Keyed, Versioned, Base):
    """An application for a card, and the card once it is approved.

    `token` stands in the QR code and says nothing by itself. `eligibility` is the answer of the day on
    which it was last judged, by the version named in `basis_version`. `round` counts applications.
    `foreign_usd_wan` is foreign direct investment in 万美元; None: the project is not one.
    """

    __tablename__ = "green_card"
    card_no: Mapped[str | None] = mapped_column(String(40), unique=True)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    project_id: Mapped[int] = mapped_column(BIG, ForeignKey("project.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    holder_person: Mapped[str] = mapped_column(String(80), default="")
    grade: Mapped[str] = mapped_column(String(20), default="")
    industry_group: Mapped[str] = mapped_column(String(24))
    foreign_usd_wan: Mapped[Decimal | None] = scaled("foreign_usd_wan_c", 2)
    statement: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(16), default="applied")
    round: Mapped[int] = mapped_column(default=1)
    applied_on: Mapped[date]
    applied_by: Mapped[int] = mapped_column(BIG)
    basis_version: Mapped[str] = mapped_column(String(40))
    eligibility: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    doc_no: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date | None]
    valid_to: Mapped[date | None]
    status_reason: Mapped[str] = mapped_column(Text, default="")

    project: Mapped[Project] = relationship()
    enterprise: Mapped[Enterprise | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    reviews: Mapped[list["CardReview"]] = relationship(
        back_populates="card", cascade="all, delete-orphan", order_by="CardReview.id"
    )
    uses: Mapped[list["CardUse"]] = relationship(
        back_populates="card", cascade="all, delete-orphan", order_by="CardUse.used_on.desc()"
    )

    __table_args__ = (
        CheckConstraint("kind IN ('project', 'living')", name="known_kind"),
        CheckConstraint(
            "status NOT IN ('valid', 'suspended', 'expired', 'revoked')"
            " OR (card_no IS NOT NULL AND token IS NOT NULL AND valid_to IS NOT NULL)",
            name="issued_cards_are_complete",
        ),
        Index("ix_green_card_status_applied_on", "status", "applied_on"),
    )

    @property
    def issued(self) -> bool:
        return self.card_no is not None


class CardReview(Keyed, Stamped, Base):
    """One act on a card: applied, reviewed at a level, rejected. Never changed."""

    __tablename__ = "card_review"
    card_id: Mapped[int] = mapped_column(BIG, ForeignKey("green_card.id", ondelete="CASCADE"), index=True)
    round: Mapped[int]
    level: Mapped[str] = mapped_column(String(16))
    passed: Mapped[bool]
    account_id: Mapped[int] = mapped_column(BIG)
    account_name: Mapped[str] = mapped_column(String(120))
    unit_name: Mapped[str] = mapped_column(String(120), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    doc_no: Mapped[str] = mapped_column(String(60), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    card: Mapped[GreenCard] = relationship(back_populates="reviews")

    __table_args__ = (
        CheckConstraint("level IN ('apply', 'first_review', 'review', 'approve')", name="known_level"),
    )


class CardUse(Keyed, Stamped, Base):
    """What a card was used for, at which window, and how many working days it took."""

    __tablename__ = "card_use"
    card_id: Mapped[int] = mapped_column(BIG, ForeignKey("green_card.id", ondelete="CASCADE"), index=True)
    used_on: Mapped[date]
    matter: Mapped[str] = mapped_column(String(120))
    window: Mapped[str] = mapped_column(String(120))
    taken_wd: Mapped[int | None]
    recorded_by: Mapped[int] = mapped_column(BIG)

    card: Mapped[GreenCard] = relationship(back_populates="uses")


class ServiceCase(Keyed, Versioned, Followed, Base):
    """One project served to production by a task force (专班). Opened when its first card is approved.

    Its specialist is the project's, so that a handover there is one here.
    """

    __tablename__ = "service_case"
    case_no: Mapped[str] = mapped_column(String(40), unique=True)
    project_id: Mapped[int] = mapped_column(BIG, ForeignKey("project.id"), unique=True)
    enterprise_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    status: Mapped[str] = mapped_column(String(8), default="open", index=True)
    opened_on: Mapped[date]
    production_on: Mapped[date | None]
    satisfaction: Mapped[int | None]
    evaluation: Mapped[str] = mapped_column(Text, default="")
    archive_no: Mapped[str] = mapped_column(String(60), default="")
    closed_on: Mapped[date | None]
    next_step: Mapped[str] = mapped_column(String(300), default="", server_default="")

    project: Mapped[Project] = relationship()
    enterprise: Mapped[Enterprise | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    members: Mapped[list["TaskForceMember"]] = relationship(
        back_populates="case", cascade="all, delete-orphan", order_by="TaskForceMember.id"
    )
    steps: Mapped[list["CaseStep"]] = relationship(
        back_populates="case", cascade="all, delete-orphan", order_by="CaseStep.position"
    )

    __table_args__ = (
        CheckConstraint("status IN ('open', 'closed')", name="known_status"),
        CheckConstraint(
            "status = 'open' OR (production_on IS NOT NULL AND satisfaction IS NOT NULL)",
            name="closed_after_production_and_evaluation",
        ),
        CheckConstraint("satisfaction IS NULL OR satisfaction BETWEEN 1 AND 3", name="known_satisfaction"),
    )

    @property
    def specialist(self) -> Account:
        return self.project.specialist


class TaskForceMember(Keyed, Versioned, Base):
    """Somebody of the task force; a member without a telephone number is no help, so it is required."""

    __tablename__ = "task_force_member"
    case_id: Mapped[int] = mapped_column(BIG, ForeignKey("service_case.id", ondelete="CASCADE"), index=True)
    duty: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    unit_text: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = sealed("task_force_member.phone")
    account_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))

    case: Mapped[ServiceCase] = relationship(back_populates="members")

    __table_args__ = (
        CheckConstraint("duty IN ('leader', 'lead_unit', 'specialist', 'member')", name="known_duty"),
        CheckConstraint("phone <> ''", name="has_a_phone"),
    )

    @property
    def shown_name(self) -> str:
        """The specialist's row follows the project; the others stand as they were entered."""
        return self.case.specialist.name if self.duty == "specialist" else self.name

    @property
    def shown_phone(self) -> str:
        return self.case.specialist.phone if self.duty == "specialist" else self.phone


class CaseStep(Keyed, Versioned, Base):
    """A step of the checklist. `after` names the steps that must be done first.

    `promised_proposed`: the promised days are the template's proposal (建议值), nobody has confirmed them.
    `carried`: done before the case opened, by the project's own `stage` or because a `later` one needs it.
    """

    __tablename__ = "case_step"
    case_id: Mapped[int] = mapped_column(BIG, ForeignKey("service_case.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    after: Mapped[list[Any]] = mapped_column(JSON, default=list)
    owner_text: Mapped[str] = mapped_column(String(120), default="")
    owner_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    evidence_hint: Mapped[str] = mapped_column(String(120), default="")
    legal_wd: Mapped[int | None]
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    promised_wd: Mapped[int | None]
    promised_proposed: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str] = mapped_column(String(12), default="waiting")
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    evidence: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    carried: Mapped[str] = mapped_column(String(8), default="")

    case: Mapped[ServiceCase] = relationship(back_populates="steps")
    owner: Mapped[Account | None] = relationship()
    pauses: Mapped[list["StepPause"]] = relationship(
        back_populates="step", cascade="all, delete-orphan", order_by="StepPause.id"
    )

    __table_args__ = (
        UniqueConstraint("case_id", "code"),
        CheckConstraint(
            "status IN ('waiting', 'running', 'paused', 'done', 'not_needed')", name="known_status"
        ),
        CheckConstraint("status <> 'done' OR done_at IS NOT NULL", name="done_has_its_time"),
        CheckConstraint("carried IN ('', 'stage', 'later')", name="known_carrying"),
        CheckConstraint("legal_wd IS NULL OR legal_wd > 0", name="legal_days_positive"),
        CheckConstraint("promised_wd IS NULL OR promised_wd > 0", name="promised_days_positive"),
    )


class StepPause(Keyed, Stamped, Base):
    """A stretch in which a step stood still: by whom, why. Only some causes stop the clock (DOMAIN 2.3)."""

    __tablename__ = "step_pause"
    step_id: Mapped[int] = mapped_column(BIG, ForeignKey("case_step.id", ondelete="CASCADE"), index=True)
    cause: Mapped[str] = mapped_column(String(24))
    party: Mapped[str] = mapped_column(String(12))
    stops_clock: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account_name: Mapped[str] = mapped_column(String(120), default="")

    step: Mapped[CaseStep] = relationship(back_populates="pauses")

    __table_args__ = (
        CheckConstraint("party IN ('enterprise', 'department')", name="known_party"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_it_began"),
    )


class StepTerm(Keyed, Versioned, Base):
    """The legal days of a kind of step, entered by an administrator with the source they stand in."""

    __tablename__ = "step_term"
    code: Mapped[str] = mapped_column(String(24), unique=True)
    legal_wd: Mapped[int]
    legal_basis: Mapped[str] = mapped_column(String(200))

    __table_args__ = (CheckConstraint("legal_wd > 0", name="legal_days_positive"),)
