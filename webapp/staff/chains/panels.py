"""What the maps show on other pages, and other areas beside an open node: leads, projects, firms that would fit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chains import thresholds, words
from chains.models import ChainNode
from core import clock
from core.permissions import Actor
from crm.enterprises import standing
from crm.enterprises.models import Enterprise
from crm.leads import queries as lead_queries
from crm.leads.lifecycle import LEAD
from crm.projects import queries as project_queries
from crm.projects.lifecycle import PROJECT
from crm.targets import queries as target_queries
from crm.targets.lifecycle import TARGET

SHOWN = 5
RECOGNISED = 10


def places_on_maps(session: Session, record: Enterprise, actor: Actor) -> dict[str, Any] | None:
    """Placements with evidence, open targets, and nodes whose words recognise a product."""
    rows = standing.of_enterprise(session, record.id)
    placed = {node.id for _placement, node, _chain in rows}
    today = clock.today()
    months = thresholds.on(today).review_months
    return {
        "rows": [(one, node, chain, one.due_for_review(today, months)) for one, node, chain in rows],
        "suggestions": standing.recognised(session, record.id, placed, limit=RECOGNISED),
        "targets": target_queries.of_enterprise(session, record.id, actor=actor),
        "words": words,
        "lifecycle": TARGET,
    }


def leads_on_node(session: Session, node: ChainNode, actor: Actor) -> dict[str, Any] | None:
    return _latest(lead_queries.on_node(session, node.id, limit=SHOWN + 1, actor=actor), LEAD)


def projects_on_node(session: Session, node: ChainNode, actor: Actor) -> dict[str, Any] | None:
    return _latest(project_queries.on_node(session, node.id, limit=SHOWN + 1, actor=actor), PROJECT)


def _latest(rows: Sequence[Any], lifecycle: Any) -> dict[str, Any] | None:
    """The first of them, and whether there are more."""
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "lifecycle": lifecycle} if rows else None


def suggested_for_node(session: Session, node: ChainNode, actor: Actor) -> dict[str, Any] | None:
    """Firms that the node's words know, each with whether its industry speaks for it, too."""
    rows = standing.suggested(session, node, limit=SHOWN, actor=actor)
    codes = tuple(node.industry_codes)
    told = [
        (match, firm, bool(codes) and (firm.industry_code or "").startswith(codes)) for match, firm in rows
    ]
    return {"rows": told} if told else None
