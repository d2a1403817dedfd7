"""Who sees, applies for, reviews and serves: by the project's unit, and the enterprise its own (DOMAIN 1, 9)."""

from sqlalchemy import ColumnElement, and_, or_, true

from core.permissions import Actor, cleared, within
from crm.greencards.lifecycle import APPLY, APPROVE, CLOSE, FIRST_REVIEW, MANAGE, REVIEW, WORK
from crm.greencards.models import GreenCard, ServiceCase
from crm.projects.models import Project

__all__ = [
    "APPLY", "APPROVE", "CLOSE", "FIRST_REVIEW", "MANAGE", "REVEAL", "REVIEW", "TERMS", "USE", "VIEW", "VIEW_CASE",
    "WORK", "card_visible_to", "case_visible_to", "may_work",
]  # fmt: skip

VIEW = "greencards:card:view"
EXPORT = "greencards:card:export"
USE = "greencards:card:use"
VIEW_CASE = "greencards:case:view"
REVEAL = "greencards:case:reveal"
TERMS = "greencards:term:set"


def card_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Cards of the actor's units; an enterprise sees its own."""
    if actor.enterprise_id is not None:
        return GreenCard.enterprise_id == actor.enterprise_id
    return and_(within(actor, VIEW, GreenCard.unit_id), _project_cleared(actor, GreenCard))


def case_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Cases of the actor's units, and those that he serves as specialist."""
    if actor.enterprise_id is not None:
        return ServiceCase.enterprise_id == actor.enterprise_id
    clause = within(actor, VIEW_CASE, ServiceCase.unit_id)
    if not actor.reach(VIEW_CASE).everything and (owners := sorted(actor.owners(VIEW_CASE))):
        clause = or_(clause, ServiceCase.project.has(Project.specialist_id.in_(owners)))
    return and_(clause, _project_cleared(actor, ServiceCase))


def _project_cleared(actor: Actor, model: type[GreenCard] | type[ServiceCase]) -> ColumnElement[bool]:
    """A card and a case carry the label of their project."""
    if actor.clearance == "restricted":
        return true()
    return model.project.has(cleared(actor, Project.confidentiality))


def may_work(actor: Actor, case: ServiceCase, permission: str = WORK) -> bool:
    """Whether a permission reaches this case, by its unit or because the actor is its specialist."""
    return actor.kind != "enterprise" and actor.covers(permission, case.unit_id, case.project.specialist_id)
