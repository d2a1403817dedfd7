"""Target lists and the enterprises on them (DOMAIN 5, appendix A2)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from chains.models import Chain, ChainNode
from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Stamped, Versioned
from core.types import BIG, UtcDateTime, scaled, wan
from crm.activity.models import Followed
from crm.enterprises.models import Enterprise


class TargetList(Keyed, Versioned, Base):
    """A list of one chain or campaign. It is worked on until it is closed; each quarter a version is frozen."""

    __tablename__ = "target_list"
    name: Mapped[str] = mapped_column(String(120))
    chain_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("chain.id"), index=True)
    unit_id: Mapped[int] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    campaign: Mapped[str] = mapped_column(String(120), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    chain: Mapped[Chain | None] = relationship()
    unit: Mapped[Unit] = relationship()
    versions: Mapped[list["TargetVersion"]] = relationship(
        back_populates="list", order_by="TargetVersion.quarter.desc()"
    )


class TargetVersion(Keyed, Stamped, Base):
    """A list as it stood when a quarter's version was frozen, e.g. `2026Q3`. Never changed afterwards."""

    __tablename__ = "target_version"
    list_id: Mapped[int] = mapped_column(BIG, ForeignKey("target_list.id"))
    quarter: Mapped[str] = mapped_column(String(6))
    as_of: Mapped[date]
    frozen_by: Mapped[int] = mapped_column(BIG)
    frozen_by_name: Mapped[str] = mapped_column(String(120))
    count: Mapped[int] = mapped_column(default=0)

    list: Mapped[TargetList] = relationship(back_populates="versions")

    __table_args__ = (UniqueConstraint("list_id", "quarter"),)


class TargetVersionRow(Keyed, Base):
    """One enterprise of a frozen version, in words and figures as they were. Revenue in 万元.

    The two ids only tell who is who between versions: what they point to may be merged or gone by now.
    """

    __tablename__ = "target_version_row"
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("target_version.id", ondelete="CASCADE"))
    position: Mapped[int]
    target_pid: Mapped[str] = mapped_column(String(26))
    enterprise_id: Mapped[int] = mapped_column(BIG)
    node_id: Mapped[int] = mapped_column(BIG)
    name: Mapped[str] = mapped_column(String(200))
    uscc: Mapped[str] = mapped_column(String(18), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    chain: Mapped[str] = mapped_column(String(80))
    stage: Mapped[str] = mapped_column(String(10))
    node: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(16), default="")
    product: Mapped[str] = mapped_column(String(200), default="")
    revenue_wan: Mapped[Decimal | None] = wan("revenue_fen")
    revenue_year: Mapped[int | None]
    fit_points: Mapped[Decimal | None] = scaled("fit_points_c", 2)
    fit_known: Mapped[Decimal | None] = scaled("fit_known_c", 2)
    maturity: Mapped[str] = mapped_column(String(1), default="")
    contact_status: Mapped[str] = mapped_column(String(12))
    unit: Mapped[str] = mapped_column(String(120))
    specialist: Mapped[str] = mapped_column(String(120), default="")
    progress_on: Mapped[date | None]
    progress: Mapped[str] = mapped_column(String(300), default="")
    next_step: Mapped[str] = mapped_column(String(300), default="")
    next_contact_on: Mapped[date | None]

    version: Mapped[TargetVersion] = relationship()

    __table_args__ = (Index("ix_target_version_row_version_id_position", "version_id", "position"),)


IN_HAND = ("contact_status", "quiet_since", "next_contact_on", "list_id")
"""What is counted of a person's open targets: in one index, so that no target itself is read."""


class Target(Keyed, Versioned, Followed, Base):
    """An enterprise to be won for a node. `fit_points` of `fit_known` (the parts that have data) is its fit.

    `open_key` is 1 while the target is pursued and null once it ended: an enterprise is pursued once per
    node. `next_step` and the days of contact come from follow-ups. `quiet_since` is the day that silence is
    counted from: the last contact, or the assignment where that came later. `sort_key` is the enterprise's.
    """

    __tablename__ = "target"
    list_id: Mapped[int] = mapped_column(BIG, ForeignKey("target_list.id"))
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id"))
    sort_key: Mapped[str] = mapped_column(String(200), default="", server_default="")
    node_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain_node.id"))
    product: Mapped[str] = mapped_column(String(200), default="")
    category: Mapped[str] = mapped_column(String(16), default="")
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
    quiet_since: Mapped[date]
    reminded_on: Mapped[date | None]
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
        Index("ix_target_node_id_contact_status", "node_id", "contact_status"),
        Index("ix_target_specialist_id_contact_status", "specialist_id", "contact_status"),
        Index("ix_target_list_id_contact_status", "list_id", "contact_status"),
        *(
            Index(f"ix_target_{narrowed}_quiet_since", narrowed, "quiet_since")
            for narrowed in ("unit_id", "specialist_id", "list_id", "open_key")
        ),
        *(
            Index(f"ix_target_{ordered}_id", ordered, "id")
            for ordered in ("quiet_since", "next_contact_on", "fit_points_c", "sort_key")
        ),
        *(
            Index(f"ix_target_{narrowed}_sort_key", narrowed, "sort_key")
            for narrowed in ("unit_id", "list_id")
        ),
        Index("ix_target_in_hand", "specialist_id", "open_key", *IN_HAND),
        CheckConstraint(
            "contact_status IN ('none', 'linked', 'visited', 'mutual', 'negotiating', 'converted',"
            " 'paused', 'dropped')",
            name="known_contact_status",
        ),
        CheckConstraint("maturity IS NULL OR maturity IN ('A', 'B', 'C', 'D')", name="known_maturity"),
        CheckConstraint("open_key IS NULL OR open_key = 1", name="open_or_ended"),
    )

    @validates("last_contact_on", "assigned_on")
    def _count_silence(self, name: str, day: date | None) -> date | None:
        """Keep `quiet_since` beside the two days that it is the later of."""
        days = {"last_contact_on": self.last_contact_on, "assigned_on": self.assigned_on, name: day}
        known = [each for each in days.values() if each is not None]
        if known:
            self.quiet_since = max(known)
        return day
