"""Where an enterprise stands on the maps and where its products would put it; the same seen from a node."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core.permissions import Actor
from crm.enterprises import access
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement, ProductMatch


def of_enterprise(session: Session, enterprise_id: int) -> list[tuple[Placement, ChainNode, Chain]]:
    """Its placements, map by map."""
    statement = (
        select(Placement, ChainNode, Chain)
        .join(ChainNode, ChainNode.id == Placement.node_id)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .where(Placement.enterprise_id == enterprise_id)
        .order_by(Chain.code, ChainNode.position, Placement.id)
    )
    return [(placed, node, chain) for placed, node, chain in session.execute(statement)]


def recognised(
    session: Session, enterprise_id: int, placed: Collection[int], *, limit: int
) -> list[tuple[ProductMatch, ChainNode, Chain]]:
    """Nodes whose words know one of its products, but for the nodes `placed`."""
    statement = (
        select(ProductMatch, ChainNode, Chain)
        .join(ChainNode, ChainNode.id == ProductMatch.node_id)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .where(ProductMatch.enterprise_id == enterprise_id, ProductMatch.node_id.not_in(placed))
        .order_by(Chain.code, ChainNode.position)
        .limit(limit)
    )
    return [(match, node, chain) for match, node, chain in session.execute(statement)]


def suggested(
    session: Session, node: ChainNode, *, limit: int, actor: Actor
) -> list[tuple[ProductMatch, Enterprise]]:
    """Enterprises whose products a node's words know and that are not placed on it yet."""
    original = node.shared_id or node.id
    placed: Any = select(Placement.enterprise_id).where(Placement.node_id == original)
    statement = (
        select(ProductMatch, Enterprise)
        .join(Enterprise, Enterprise.id == ProductMatch.enterprise_id)
        .where(
            ProductMatch.node_id == original,
            ProductMatch.enterprise_id.not_in(placed),
            Enterprise.reg_status == "active",
            access.visible_to(actor),
        )
        .order_by(ProductMatch.enterprise_id)
        .limit(limit)
    )
    return [(match, firm) for match, firm in session.execute(statement)]
