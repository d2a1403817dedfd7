"""Leads, the keys that duplicates are found by, disputes over who came first (DOMAIN 6, appendix A2)."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chains.models import ChainNode
from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Versioned
from core.secrets import sealed
from core.types import BIG, UtcDateTime, scaled, sqm, wan
from crm.activity.models import Followed
from crm.enterprises.models import Enterprise


class Lead(Keyed, Versioned, Followed, Base):
    """A lead. It has no number and no claim before it is registered; both come from the server.

    `first_claimed_at` is the instant of registration; another investor or link starts it anew, another
    amount does not. Money in 万元, `foreign_usd_wan` in 万美元, land in ㎡.
    """

    __tablename__ = "lead"
    lead_no: Mapped[str | None] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(16), default="draft")
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    created_by: Mapped[int] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    specialist_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"), index=True)
    source: Mapped[str] = mapped_column(String(12), default="")
    referrer: Mapped[str] = mapped_column(String(120), default="")
    investor_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    investor_name: Mapped[str] = mapped_column(String(200), default="")
    foreign_reg_no: Mapped[str] = mapped_column(String(60), default="")
    country: Mapped[str] = mapped_column(String(2), default="CN")
    group_name: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    chain_node_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("chain_node.id"), index=True)
    total_investment_wan: Mapped[Decimal | None] = wan("total_investment_fen")
    fixed_investment_wan: Mapped[Decimal | None] = wan("fixed_investment_fen")
    foreign_usd_wan: Mapped[Decimal | None] = scaled("foreign_usd_wan_c", 2)
    land_sqm: Mapped[Decimal | None] = sqm("land_sqm_c")
    factory_sqm: Mapped[Decimal | None] = sqm("factory_sqm_c")
    energy_tce: Mapped[Decimal | None] = scaled("energy_tce_c", 2)
    emission_note: Mapped[str] = mapped_column(String(300), default="")
    est_output_wan: Mapped[Decimal | None] = wan("est_output_fen")
    est_tax_wan: Mapped[Decimal | None] = wan("est_tax_fen")
    est_jobs: Mapped[int | None]
    site_intent: Mapped[str] = mapped_column(String(200), default="")
    policy_ask: Mapped[str] = mapped_column(Text, default="")
    contact_person: Mapped[str] = mapped_column(String(80), default="")
    contact_title: Mapped[str] = mapped_column(String(80), default="")
    contact_mobile: Mapped[str] = sealed("lead.contact_mobile", default="")
    confidentiality: Mapped[str] = mapped_column(String(12), default="normal")
    target_pid: Mapped[str | None] = mapped_column(String(26), index=True)

    terms_version: Mapped[str] = mapped_column(String(20), default="")
    registered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    protected_until: Mapped[date | None]
    renewals: Mapped[int] = mapped_column(default=0)
    respond_due_on: Mapped[date | None]
    responded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    study_due_on: Mapped[date | None]
    studied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    study_note: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit] = relationship()
    specialist: Mapped[Account | None] = relationship(foreign_keys=[specialist_id])
    investor: Mapped[Enterprise | None] = relationship()
    node: Mapped[ChainNode | None] = relationship()
    disputes: Mapped[list["LeadDispute"]] = relationship(
        back_populates="lead", foreign_keys="LeadDispute.lead_id", order_by="LeadDispute.id"
    )

    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'registered', 'disputed', 'responding', 'need_info', 'follow', 'not_follow',"
            " 'negotiating', 'transferred', 'converted', 'expired', 'closed')",
            name="known_status",
        ),
        CheckConstraint(
            "status = 'draft' OR first_claimed_at IS NOT NULL OR status = 'closed'", name="claimed"
        ),
        CheckConstraint(
            "fixed_investment_fen IS NULL OR total_investment_fen IS NULL"
            " OR fixed_investment_fen <= total_investment_fen",
            name="fixed_within_total",
        ),
        CheckConstraint("total_investment_fen IS NULL OR total_investment_fen >= 0", name="not_negative"),
        Index("ix_lead_unit_id_status_id", "unit_id", "status", "id"),
        Index("ix_lead_status_id", "status", "id"),
        Index("ix_lead_unit_id_first_claimed_at", "unit_id", "first_claimed_at"),
        Index("ix_lead_first_claimed_at_id", "first_claimed_at", "id"),
    )

    @property
    def label(self) -> str:
        """How the lead is called in notices and in the audit trail of those who may see it."""
        return f"{self.lead_no or ''} {self.investor_name}".strip()


class LeadKey(Base):
    """A key of a claim that stands; two leads with one key compete."""

    __tablename__ = "lead_key"
    lead_id: Mapped[int] = mapped_column(BIG, ForeignKey("lead.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)


class ClaimGate(Base):
    """One row per key, written by whoever registers: two registrations of one key pass one by one."""

    __tablename__ = "claim_gate"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    passed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LeadDispute(Keyed, Versioned, Base):
    """A second claim on the same investor and link, until the promotion office has ruled."""

    __tablename__ = "lead_dispute"
    lead_id: Mapped[int] = mapped_column(BIG, ForeignKey("lead.id"), index=True)
    first_lead_id: Mapped[int] = mapped_column(BIG, ForeignKey("lead.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    provisional: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text, default="")
    ruled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ruled_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))

    lead: Mapped[Lead] = relationship(back_populates="disputes", foreign_keys=[lead_id])
    first_lead: Mapped[Lead] = relationship(foreign_keys=[first_lead_id])

    __table_args__ = (
        CheckConstraint("outcome IS NULL OR outcome IN ('first', 'second', 'both')", name="known_outcome"),
        CheckConstraint("(outcome IS NULL) = (ruled_at IS NULL)", name="ruled_whole"),
        CheckConstraint("lead_id <> first_lead_id", name="two_leads"),
    )
