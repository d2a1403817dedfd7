"""Who sees and handles leads: one's own units'; the promotion office and leaders all (DOMAIN 1, 6)."""

from sqlalchemy import ColumnElement, and_, or_

from core.guarded import Guard, register
from core.permissions import Actor, cleared, within
from crm.leads.models import Lead

VIEW = "leads:lead:view"
AMOUNTS = "leads:amount:view"
EXPORT = "leads:lead:export"
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
    """What is outside or labelled above one's clearance is not found, not counted, not suggested.

    One's own is what one handles, or registered while nobody handles it yet.
    """
    clause = within(actor, permission, Lead.unit_id, Lead.specialist_id)
    if not actor.reach(permission).everything and (owners := sorted(actor.owners(permission))):
        clause = or_(clause, and_(Lead.specialist_id.is_(None), Lead.created_by.in_(owners)))
    return and_(clause, cleared(actor, Lead.confidentiality))


def owner_of(lead: Lead) -> int:
    """Whose own a lead is: its specialist's; before there is one, whoever registered it."""
    return lead.specialist_id or lead.created_by


def covers(actor: Actor, permission: str, lead: Lead) -> bool:
    return actor.covers(permission, lead.unit_id, owner_of(lead))


MONEY = register(
    Guard(
        kinds=("lead",),
        view=VIEW,
        permission=AMOUNTS,
        fields=frozenset(
            {
                "total_investment_wan",
                "fixed_investment_wan",
                "foreign_usd_wan",
                "est_output_wan",
                "est_tax_wan",
            }
        ),
        belongs=lambda lead: (lead.unit_id, (owner_of(lead),)),
    )
)
"""What an investor means to put in, and what is hoped for of it."""
