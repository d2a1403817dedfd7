"""Who sees and handles projects: one's own units', the specialist his own, leaders all (DOMAIN 1)."""

from sqlalchemy import ColumnElement, and_

from core.guarded import Guard, register
from core.permissions import Actor, cleared, within
from crm.projects.admission import DECIDE, SELF_REVIEW, SUBMIT
from crm.projects.lifecycle import ADVANCE, TURN_BACK
from crm.projects.models import Project

__all__ = [
    "ADVANCE", "AMOUNTS", "CREATE", "DECIDE", "EDIT", "EXPORT", "FUND", "MONEY", "PLAN", "SELF_REVIEW", "SPECIALIST",
    "SUBMIT", "TURN_BACK", "VIEW", "covers", "visible_to",
]  # fmt: skip

VIEW = "projects:project:view"
AMOUNTS = "projects:amount:view"
EXPORT = "projects:project:export"
CREATE = "projects:project:create"
EDIT = "projects:project:edit"
PLAN = "projects:project:plan"
FUND = "projects:project:fund"
SPECIALIST = "projects:specialist:change"


def visible_to(actor: Actor, permission: str = VIEW) -> ColumnElement[bool]:
    """What is outside or labelled above one's clearance is not found, not counted, not suggested.

    A specialist sees his own in whichever unit.
    """
    clause = within(actor, permission, Project.unit_id, Project.specialist_id)
    return and_(clause, cleared(actor, Project.confidentiality))


def covers(actor: Actor, permission: str, project: Project) -> bool:
    """Whether a permission reaches this project, by its unit or because one is its specialist."""
    return actor.covers(permission, project.unit_id, project.specialist_id)


MONEY = register(
    Guard(
        kinds=("project",),
        view=VIEW,
        permission=AMOUNTS,
        fields=frozenset(
            {
                "total_investment_wan", "fixed_investment_wan", "equipment_wan", "est_output_wan", "est_tax_wan",
                "foreign_usd_wan", "received_wan", "amount_wan", "tax_per_mu_wan", "land_price_wan",
                "capacity_output_wan",
            }
        ),
        belongs=lambda project: (project.unit_id, (project.specialist_id,)),
    )
)  # fmt: skip
"""What is agreed, promised and paid; on the lead that it came of too."""
