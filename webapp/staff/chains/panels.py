"""What the maps show on other pages: where an enterprise stands, and where its products would fit."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import thresholds, words
from chains.models import Chain, ChainNode
from core import clock
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement, ProductMatch
from crm.targets import queries as target_queries
from crm.targets.lifecycle import TARGET


def places_on_maps(session: Session, record: Enterprise, actor: Actor) -> dict[str, Any] | None:
    """Placements with evidence, open targets, and nodes whose words recognise a product."""
    rows = session.execute(
        select(Placement, ChainNode, Chain)
        .join(ChainNode, ChainNode.id == Placement.node_id)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .where(Placement.enterprise_id == record.id)
        .order_by(Chain.code, ChainNode.position, Placement.id)
    ).all()
    placed = {node.id for _placement, node, _chain in rows}
    suggestions = session.execute(
        select(ProductMatch, ChainNode, Chain)
        .join(ChainNode, ChainNode.id == ProductMatch.node_id)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .where(ProductMatch.enterprise_id == record.id, ProductMatch.node_id.not_in(placed))
        .order_by(Chain.code, ChainNode.position)
        .limit(10)
    ).all()
    months = thresholds.on(clock.today()).review_months
    return {
        "rows": [(one, node, chain, one.due_for_review(clock.today(), months)) for one, node, chain in rows],
        "suggestions": suggestions,
        "targets": target_queries.of_enterprise(session, record.id, actor=actor),
        "words": words,
        "lifecycle": TARGET,
    }
