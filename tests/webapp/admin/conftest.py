"""Projects that lie in parks."""

from tests.support.projects import make_lead, make_project, node_id

__all__ = ["make_lead", "make_project", "node_id"]
