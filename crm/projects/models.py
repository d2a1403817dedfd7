"""A project with its one specialist, its dated stages and their log (DOMAIN 7, appendix A2)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chains.models import ChainNode
from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Stamped, Versioned
from core.places import Park
from core.types import BIG, UtcDateTime, scaled, sqm, wan
from crm.activity.models import Followed
from crm.enterprises.models import Enterprise
from crm.leads.models import Lead
from crm.projects.contract_columns import ContractColumns


class Project(Keyed, Versioned, Followed, ContractColumns, Base):
    """One project, one plan, one specialist: without a specialist the row cannot exist.

    Money in 万元, land and plant in ㎡. What the agreement, the company, the land and the works must say
    stands in `ContractColumns`.
    """

    __tablename__ = "project"
    project_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    specialist_id: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    leader_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("lead.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(8), default="new")
    investor_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    investor_name: Mapped[str] = mapped_column(String(200))
    company_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    content: Mapped[str] = mapped_column(Text)
    chain_node_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("chain_node.id"), index=True)
    industry_code: Mapped[str | None] = mapped_column(String(4), ForeignKey("industry.code"))
    park_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("park.id"), index=True)
    parcel: Mapped[str] = mapped_column(String(80), default="")
    total_investment_wan: Mapped[Decimal] = wan("total_investment_fen")
    fixed_investment_wan: Mapped[Decimal | None] = wan("fixed_investment_fen")
    equipment_wan: Mapped[Decimal | None] = wan("equipment_fen")
    received_wan: Mapped[Decimal] = wan("received_fen", default=Decimal(0))
    land_mode: Mapped[str] = mapped_column(String(10), default="none")
    land_sqm: Mapped[Decimal | None] = sqm("land_sqm_c")
    factory_sqm: Mapped[Decimal | None] = sqm("factory_sqm_c")
    est_output_wan: Mapped[Decimal | None] = wan("est_output_fen")
    est_tax_wan: Mapped[Decimal | None] = wan("est_tax_fen")
    energy_tce: Mapped[Decimal | None] = scaled("energy_tce_c", 2)
    jobs: Mapped[int | None]
    confidentiality: Mapped[str] = mapped_column(String(12), default="normal")
    summary: Mapped[str] = mapped_column(String(300), default="")
    summary_by: Mapped[str] = mapped_column(String(120), default="")
    summary_on: Mapped[date | None]

    stage: Mapped[str] = mapped_column(String(16), default="negotiating")
    stage_entered_on: Mapped[date]
    next_planned_on: Mapped[date | None]
    previous_state: Mapped[str | None] = mapped_column(String(16))
    resume_expected_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    lost_to: Mapped[str] = mapped_column(String(120), default="")
    release_doc_no: Mapped[str] = mapped_column(String(80), default="")

    case_by_case: Mapped[bool] = mapped_column(default=False)
    admission_tier: Mapped[str] = mapped_column(String(8))
    admission_state: Mapped[str] = mapped_column(String(16), default="drafting")
    admission_doc_no: Mapped[str] = mapped_column(String(80), default="")
    admission_decided_on: Mapped[date | None]
    admission_conditions: Mapped[str] = mapped_column(Text, default="")
    recheck_note: Mapped[str] = mapped_column(Text, default="")
    standards_version: Mapped[str] = mapped_column(String(20), default="")
    report_no: Mapped[str] = mapped_column(String(80), default="")
    report_on: Mapped[date | None]
    fairness_no: Mapped[str] = mapped_column(String(80), default="")

    unit: Mapped[Unit] = relationship()
    specialist: Mapped[Account] = relationship(foreign_keys=[specialist_id])
    deputy: Mapped[Account | None] = relationship(foreign_keys=[deputy_id])
    leader: Mapped[Account | None] = relationship(foreign_keys=[leader_id])
    lead: Mapped[Lead | None] = relationship()
    investor: Mapped[Enterprise | None] = relationship(foreign_keys=[investor_id])
    company: Mapped[Enterprise | None] = relationship(foreign_keys=[company_id])
    node: Mapped[ChainNode | None] = relationship()
    park: Mapped[Park | None] = relationship()
    milestones: Mapped[list["Milestone"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="Milestone.id"
    )
    plan_rows: Mapped[list["PlanRow"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="PlanRow.position, PlanRow.id"
    )
    receipts: Mapped[list["FundReceipt"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="FundReceipt.received_on"
    )
    stage_log: Mapped[list["StageLog"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="StageLog.id"
    )

    __table_args__ = (
        CheckConstraint(
            "stage IN ('negotiating', 'admitted', 'signed', 'registered', 'landed', 'started', 'completed',"
            " 'producing', 'at_capacity', 'paused', 'lost', 'terminated', 'exited')",
            name="known_stage",
        ),
        CheckConstraint("kind IN ('new', 'expand', 'ma', 'enclave')", name="known_kind"),
        CheckConstraint(
            "land_mode IN ('none', 'sold', 'allocated', 'lease', 'factory')", name="known_land_mode"
        ),
        CheckConstraint("admission_tier IN ('self', 'filing', 'group', 'special')", name="known_tier"),
        CheckConstraint("total_investment_fen > 0", name="total_positive"),
        CheckConstraint(
            "fixed_investment_fen IS NULL OR fixed_investment_fen <= total_investment_fen",
            name="fixed_within_total",
        ),
        Index("ix_project_unit_id_stage_id", "unit_id", "stage", "id"),
        Index("ix_project_stage_id", "stage", "id"),
        Index("ix_project_sort_key_id", "sort_key", "id"),
        Index("ix_project_unit_id_updated_at", "unit_id", "updated_at"),
        Index("ix_project_updated_at_id", "updated_at", "id"),
    )

    @property
    def label(self) -> str:
        return f"{self.project_no} {self.name}"

    @property
    def supplies_land(self) -> bool:
        """供地类: land is sold or allocated to it."""
        return self.land_mode in ("sold", "allocated")

    def milestone(self, stage: str) -> "Milestone | None":
        return next((each for each in self.milestones if each.stage == stage), None)

    def actual_on(self, stage: str) -> date | None:
        """The day on which a stage was really reached (`started`: the day of 开工)."""
        found = self.milestone(stage)
        return found.actual_on if found else None


class Milestone(Keyed, Versioned, Base):
    """A stage's planned and actual day."""

    __tablename__ = "project_milestone"
    project_id: Mapped[int] = mapped_column(BIG, ForeignKey("project.id", ondelete="CASCADE"))
    stage: Mapped[str] = mapped_column(String(16))
    planned_on: Mapped[date | None]
    actual_on: Mapped[date | None]

    project: Mapped[Project] = relationship(back_populates="milestones")

    __table_args__ = (UniqueConstraint("project_id", "stage"),)


class StageLog(Keyed, Stamped, Base):
    """A step that was taken: who, when, why, on what paper, and what was excused."""

    __tablename__ = "project_stage_log"
    project_id: Mapped[int] = mapped_column(BIG, ForeignKey("project.id", ondelete="CASCADE"), index=True)
    verb: Mapped[str] = mapped_column(String(24))
    source: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int] = mapped_column(BIG)
    account_name: Mapped[str] = mapped_column(String(120))
    planned_on: Mapped[date | None]
    actual_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    approval: Mapped[str] = mapped_column(String(80), default="")
    waivers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    project: Mapped[Project] = relationship(back_populates="stage_log")


class PlanRow(Keyed, Versioned, Base):
    """One line of 一策: what was promised, on what basis, when it falls due, who answers for it.

    `owner` is what the page says; `owner_id` the account behind it, whose open work the line is.
    """

    __tablename__ = "project_plan_row"
    project_id: Mapped[int] = mapped_column(BIG, ForeignKey("project.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    promise: Mapped[str] = mapped_column(String(300))
    basis: Mapped[str] = mapped_column(String(200))
    trigger: Mapped[str] = mapped_column(String(200))
    amount_wan: Mapped[Decimal | None] = wan("amount_fen")
    owner: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")

    project: Mapped[Project] = relationship(back_populates="plan_rows")

    def days_late(self, today: date) -> int:
        """Days past the due day; 0 when fulfilled or not yet due."""
        return 0 if self.done_on is not None else max(0, (today - self.due_on).days)


class FundReceipt(Keyed, Versioned, Base):
    """Money that has really arrived, proved by a voucher; a letter of intent is none (T35)."""

    __tablename__ = "fund_receipt"
    project_id: Mapped[int] = mapped_column(BIG, ForeignKey("project.id", ondelete="CASCADE"), index=True)
    received_on: Mapped[date]
    amount_wan: Mapped[Decimal] = wan("amount_fen")
    nature: Mapped[str] = mapped_column(String(8))
    voucher_no: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str] = mapped_column(String(80), default="")
    entered_by: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"))

    project: Mapped[Project] = relationship(back_populates="receipts")

    __table_args__ = (
        UniqueConstraint("project_id", "voucher_no"),
        CheckConstraint("nature IN ('fixed', 'working')", name="known_nature"),
        CheckConstraint("amount_fen > 0", name="positive"),
        CheckConstraint("voucher_no <> ''", name="voucher"),
    )
