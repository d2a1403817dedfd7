"""Firms on nodes of the map, and products of the register that a node's words recognise (DOMAIN 4).

A placement needs a product, evidence and its date. After the review months it is shown as due.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chains.models import ChainNode
from core.db import Base, Keyed, Versioned
from core.types import BIG, scaled
from crm.enterprises.models import Enterprise

ROLES = ("anchor", "leading", "backbone", "supporting")


class Placement(Keyed, Versioned, Base):
    """An enterprise on a node with a product. `revenue_share` is a part of 1."""

    __tablename__ = "placement"
    enterprise_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), index=True
    )
    node_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain_node.id"))
    role: Mapped[str] = mapped_column(String(12))
    product: Mapped[str] = mapped_column(String(120))
    revenue_share: Mapped[Decimal | None] = scaled("revenue_share_e4", 4)
    evidence: Mapped[str] = mapped_column(String(300))
    evidence_on: Mapped[date]
    confirmed: Mapped[bool] = mapped_column(default=True)

    enterprise: Mapped[Enterprise] = relationship()
    node: Mapped[ChainNode] = relationship()

    __table_args__ = (
        UniqueConstraint("enterprise_id", "node_id", "product"),
        Index("ix_placement_node_id_enterprise_id", "node_id", "enterprise_id"),
        CheckConstraint("role IN ('anchor', 'leading', 'backbone', 'supporting')", name="known_role"),
    )

    def due_for_review(self, today: date, months: int) -> bool:
        """Whether the evidence is older than `months` (24 by default)."""
        return review_on(self.evidence_on, months) < today


class ProductMatch(Base):
    """A product of an enterprise that a node's words recognise: a suggestion with its reason, no placement.

    Kept when products are written, so that candidates for a node are found by an index.
    """

    __tablename__ = "product_match"
    node_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("chain_node.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    enterprise_id: Mapped[int] = mapped_column(
        BIG,
        ForeignKey("enterprise.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    product: Mapped[str] = mapped_column(String(120))
    word: Mapped[str] = mapped_column(String(80))


def review_on(evidence_on: date, months: int) -> date:
    """The last day on which evidence is fresh: the same day `months` later, or the month's last."""
    year, month = divmod(evidence_on.year * 12 + evidence_on.month - 1 + months, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date.resolution).day
    return date(year, month, min(evidence_on.day, last))
