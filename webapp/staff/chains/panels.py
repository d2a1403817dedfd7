"""What the maps show on other pages, and other areas beside an open node: leads, projects, firms that would fit."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import thresholds, words
from chains.models import Chain, ChainNode
from core import clock
from core.permissions import Actor
from crm.enterprises import access as enterprise_access
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement, ProductMatch
from crm.leads import access as lead_access
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead
from crm.projects import access as project_access
from crm.projects.lifecycle import PROJECT
from crm.projects.models import Project
from crm.targets import queries as target_queries
from crm.targets.lifecycle import TARGET

SHOWN = 5
CLOSED_LEADS = tuple(state.code for state in LEAD.states if state.closed)


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


def leads_on_node(session: Session, node: ChainNode, actor: Actor) -> dict[str, Any] | None:
    """The latest open leads on a node, and how many there are up to a bound."""
    condition = (
        Lead.chain_node_id == node.id,
        Lead.status.not_in(CLOSED_LEADS),
        lead_access.visible_to(actor),
    )
    rows = session.scalars(
        select(Lead).where(*condition).order_by(Lead.updated_at.desc(), Lead.id.desc()).limit(SHOWN + 1)
    ).all()
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "lifecycle": LEAD} if rows else None


def projects_on_node(session: Session, node: ChainNode, actor: Actor) -> dict[str, Any] | None:
    """The latest projects on a node."""
    rows = session.scalars(
        select(Project)
        .where(Project.chain_node_id == node.id, project_access.visible_to(actor))
        .order_by(Project.updated_at.desc(), Project.id.desc())
        .limit(SHOWN + 1)
    ).all()
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "lifecycle": PROJECT} if rows else None


def suggested_for_node(session: Session, node: ChainNode, actor: Actor) -> dict[str, Any] | None:
    """Firms of the register whose products a node's words know and that stand on none of its placements yet."""
    original = node.shared_id or node.id
    placed = select(Placement.enterprise_id).where(Placement.node_id == original)
    rows = session.execute(
        select(ProductMatch, Enterprise)
        .join(Enterprise, Enterprise.id == ProductMatch.enterprise_id)
        .where(
            ProductMatch.node_id == original,
            ProductMatch.enterprise_id.not_in(placed),
            Enterprise.reg_status == "active",
            enterprise_access.visible_to(actor),
        )
        .order_by(ProductMatch.enterprise_id)
        .limit(SHOWN)
    ).all()
    if not rows:
        return None
    codes = tuple(node.industry_codes)
    return {
        "rows": [
            (match, firm, bool(codes) and (firm.industry_code or "").startswith(codes))
            for match, firm in rows
        ]
    }
