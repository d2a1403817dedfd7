"""Who sees and handles leads: one's own units'; the promotion office and leaders all (DOMAIN 1, 6)."""

from sqlalchemy import ColumnElement

from core.permissions import Actor, within
from crm.leads.models import Lead

VIEW = "leads:lead:view"
REGISTER = "leads:lead:register"
EDIT = "leads:lead:edit"
RESPOND = "leads:lead:respond"
STUDY = "leads:lead:study"
RENEW = "leads:lead:renew"
TERMINATE = "leads:lead:terminate"
CONVERT = "leads:lead:convert"
TRANSFER = "leads:lead:transfer"
ASSIGN = "leads:assignment:set"
RULE = "leads:dispute:rule"


def visible_to(actor: Actor, permission: str = VIEW) -> ColumnElement[bool]:
    """What is outside is not found, not counted, not suggested. A draft too stays within its unit."""
    return within(actor, permission, Lead.unit_id, Lead.created_by)


def covers(actor: Actor, permission: str, lead: Lead) -> bool:
    return actor.reach(permission).covers(lead.unit_id, own=lead.created_by == actor.account_id)
