"""Tables of the map: chain, its offices, nodes, edges and frozen versions (DOMAIN 4).

Nodes live in the chain, not in a version, so that placements, targets and projects keep pointing at the
same node; a version freezes the whole content as it stood.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, Keyed, Stamped, Versioned
from core.types import BIG, UtcDateTime


class Chain(Keyed, Versioned, Base):
    """An industry-chain map. `as_of` is its 基准日; `number` the version that is worked on or stands published.

    `submitted_by` asked for the present review; `status_note` says why it was sent back or archived.
    """

    __tablename__ = "chain"
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    keywords: Mapped[list[Any]] = mapped_column(JSON, default=list)
    basis: Mapped[str] = mapped_column(Text, default="")
    as_of: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(10), default="draft")
    number: Mapped[int] = mapped_column(default=1)
    prepared_by: Mapped[str] = mapped_column(String(120), default="")
    submitted_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    status_note: Mapped[str] = mapped_column(String(300), default="", server_default="")

    nodes: Mapped[list["ChainNode"]] = relationship(
        back_populates="chain", cascade="all, delete-orphan", order_by="ChainNode.position"
    )
    offices: Mapped[list["ChainOffice"]] = relationship(
        back_populates="chain", cascade="all, delete-orphan", order_by="ChainOffice.id"
    )

    __table_args__ = (
        CheckConstraint("status IN ('draft', 'review', 'published', 'archived')", name="known_status"),
    )

    def office(self, kind: str) -> str:
        """Who holds an office (chief, lead_department), joined when several do."""
        return "、".join(office.name for office in self.offices if office.kind == kind)


class ChainOffice(Keyed, Stamped, Base):
    """链长、牵头部门: an official or a unit that answers for the chain."""

    __tablename__ = "chain_office"
    chain_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    account_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"))

    chain: Mapped[Chain] = relationship(back_populates="offices")

    __table_args__ = (
        CheckConstraint("kind IN ('chief', 'deputy', 'lead_department', 'member')", name="known_kind"),
    )


class ChainNode(Keyed, Versioned, Base):
    """A node. `code` is unique in its chain, e.g. XXXS-01-02.

    Words in `exclude` refuse a product; `trade_words` count for firms of the node's industry only.
    `shared_id` is the node of another chain that this one stands for: firms are placed there and count here.
    """

    __tablename__ = "chain_node"
    chain_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("chain_node.id"), index=True)
    code: Mapped[str] = mapped_column(String(30))
    stage: Mapped[str] = mapped_column(String(8))
    level: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    industry_codes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    keywords: Mapped[list[Any]] = mapped_column(JSON, default=list)
    exclude: Mapped[list[Any]] = mapped_column(JSON, default=list)
    trade_words: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    note: Mapped[str] = mapped_column(Text, default="")
    see_also: Mapped[list[Any]] = mapped_column(JSON, default=list)
    shared_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("chain_node.id"), index=True)

    chain: Mapped[Chain] = relationship(back_populates="nodes")

    __table_args__ = (
        UniqueConstraint("chain_id", "code"),
        Index("ix_chain_node_chain_id_position", "chain_id", "position"),
        CheckConstraint("stage IN ('up', 'mid', 'down', 'support')", name="known_stage"),
        CheckConstraint("level BETWEEN 1 AND 4", name="four_levels"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_its_own_parent"),
        CheckConstraint("shared_id IS NULL OR shared_id <> id", name="not_shared_with_itself"),
    )


class ChainEdge(Keyed, Stamped, Base):
    """A link between nodes of one chain; those of supply lead round in no ring."""

    __tablename__ = "chain_edge"
    chain_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain_node.id", ondelete="CASCADE"))
    target_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain_node.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    basis: Mapped[str] = mapped_column(String(300), default="")

    __table_args__ = (
        UniqueConstraint("source_id", "target_id", "kind"),
        CheckConstraint("kind IN ('supply', 'support', 'substitute', 'derive')", name="known_kind"),
        CheckConstraint("source_id <> target_id", name="not_to_itself"),
    )


class ChainVersion(Keyed, Stamped, Base):
    """A map as it was published, with the firms on its nodes: never changed again.

    `besides` keeps what else its picture says: offices, who prepared it, states that people had set, and what the
    anchors bought.
    """

    __tablename__ = "chain_version"
    chain_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain.id", ondelete="CASCADE"))
    number: Mapped[int]
    as_of: Mapped[date | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    firms: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    besides: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    published_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("chain_id", "number"),)


class ChainEdit(Keyed, Stamped, Base):
    """One step of editing, with what it changed both ways, so that it can be undone and redone.

    Steps belong to the version `number`; what was published cannot be undone.
    """

    __tablename__ = "chain_edit"
    chain_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain.id", ondelete="CASCADE"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    change: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    undone: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_chain_edit_chain_id_number", "chain_id", "number", "id"),)


class NodeOverride(Keyed, Stamped, Base):
    """A node's state for one home as a person has set it, with the reason (DOMAIN 4: 人工可改须填理由)."""

    __tablename__ = "node_override"
    node_id: Mapped[int] = mapped_column(BIG, ForeignKey("chain_node.id", ondelete="CASCADE"))
    home: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300))
    account_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    account_name: Mapped[str] = mapped_column(String(80), default="")
    made_on: Mapped[date]

    __table_args__ = (
        UniqueConstraint("node_id", "home"),
        CheckConstraint("state IN ('strong', 'emerging', 'weak', 'missing')", name="known_state"),
    )
