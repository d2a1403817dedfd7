"""A lead in negotiation and the project made of it, as the project's own tests make them."""

from tests.crm.projects.conftest import make_lead, make_project, node_id

__all__ = ["make_lead", "make_project", "node_id"]
