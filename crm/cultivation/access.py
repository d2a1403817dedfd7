"""Who may see, judge and lead the enterprises that are being raised: those of one's units, and one's own."""

from sqlalchemy import ColumnElement

from core.permissions import Actor, within
from crm.cultivation.models import RosterEntry
from crm.enterprises.models import Enterprise

VIEW = "cultivation:roster:view"
EXPORT = "cultivation:entry:export"
EVALUATE = "cultivation:enterprise:evaluate"
MANAGE = "cultivation:roster:manage"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Roster entries: those of the actor's units; an enterprise sees its own."""
    if actor.enterprise_id is not None:
        return RosterEntry.enterprise_id == actor.enterprise_id
    return within(actor, VIEW, RosterEntry.unit_id)


def enterprises_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Enterprises whose assessment the actor may see. One of another zone is not found."""
    if actor.enterprise_id is not None:
        return Enterprise.id == actor.enterprise_id
    return within(actor, VIEW, Enterprise.unit_id)


def can_evaluate(actor: Actor, enterprise: Enterprise) -> bool:
    """Whoever judges enters missing values too; only for enterprises of one's units."""
    return actor.covers(EVALUATE, enterprise.unit_id)


def can_manage(actor: Actor, enterprise: Enterprise) -> bool:
    return actor.covers(MANAGE, enterprise.unit_id)
