"""Projects go with the enterprise that invests in them, or that was founded for them."""

from core.i18n import lazy as _l
from crm.enterprises.duplicates.moving import Mover, register
from crm.projects.facts import KIND
from crm.projects.models import Project

MOVERS = register(
    Mover("project", _l("投资的项目"), Project, "investor_id", subject=KIND, order=32),
    Mover("project_company", _l("承建的项目"), Project, "company_id", subject=KIND, order=33),
)
