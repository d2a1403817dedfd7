"""A lead in negotiation and the project made of it."""

from tests.support.projects import make_lead, make_project, node_id

__all__ = ["make_lead", "make_project", "node_id"]
