"""Target lists and the enterprises on them (DOMAIN 5, appendix A2)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chains.models import Chain, ChainNode
from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Versioned
from core.types import BIG, UtcDateTime, scaled
from crm.activity.models import Followed
from crm.enterprises.models import Enterprise


class TargetList(Keyed, Versioned, Base):
    """A list of one chain or campaign. Once frozen (by quarter) nothing is added to it."""

    __tablename__ = "target_list"
    name: Mapped[str] = mapped_column(String(120))
    chain_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("chain.id"), index=True)
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    campaign: Mapped[str] = mapped_column(String(120), default="")
    quarter: Mapped[str] = mapped_column(String(7), default="")
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    chain: Mapped[Chain | None] = relationship()
    unit: Mapped[Unit] = relationship()


class Target(Keyed, Versioned, Followed, Base):
    """An enterprise to be won for a node. `fit_points` of `fit_known` (the parts that have data) is its fit.

    `open_key` is 1 while the target is pursued and null once it ended: an enterprise is pursued once per
    node. `target.next_step` and the days of contact come from follow-ups.
    """

    __tablename__ = "target"
    list_id: Mapped[int] = mapped_column(BIG, ForeignKey("target_list.id"), index=True)
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id"))
    node_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain_node.id"), index=True)
    product: Mapped[str] = mapped_column(String(200), default="")
    category: Mapped[str] = mapped_column(String(12), default="")
    fit_points: Mapped[Decimal | None] = scaled("fit_points_c", 2)
    fit_known: Mapped[Decimal | None] = scaled("fit_known_c", 2)
    fit_parts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    fit_version: Mapped[str] = mapped_column(String(20), default="")
    maturity: Mapped[str | None] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(Text, default="")
    layout: Mapped[str] = mapped_column(Text, default="")
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"))
    specialist_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    leader_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    contact_status: Mapped[str] = mapped_column(String(12), default="none")
    previous_status: Mapped[str | None] = mapped_column(String(12))
    first_contact_on: Mapped[date | None]
    assigned_on: Mapped[date]
    pooled_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(120), default="")
    lead_id: Mapped[int | None] = mapped_column(BIG)
    open_key: Mapped[int | None] = mapped_column(default=1)

    list: Mapped[TargetList] = relationship()
    enterprise: Mapped[Enterprise] = relationship()
    node: Mapped[ChainNode] = relationship()
    unit: Mapped[Unit] = relationship()
    specialist: Mapped[Account | None] = relationship(foreign_keys=[specialist_id])
    leader: Mapped[Account | None] = relationship(foreign_keys=[leader_id])

    __table_args__ = (
        UniqueConstraint("enterprise_id", "node_id", "open_key"),
        Index("ix_target_unit_id_contact_status", "unit_id", "contact_status"),
        Index("ix_target_specialist_id_contact_status", "specialist_id", "contact_status"),
        CheckConstraint(
            "contact_status IN ('none', 'linked', 'visited', 'mutual', 'negotiating', 'converted',"
            " 'paused', 'dropped')",
            name="known_contact_status",
        ),
        CheckConstraint("maturity IS NULL OR maturity IN ('A', 'B', 'C', 'D')", name="known_maturity"),
        CheckConstraint("open_key IS NULL OR open_key = 1", name="open_or_ended"),
    )
