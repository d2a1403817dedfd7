"""A chain node and the values of a complete lead."""

from tests.support.leads import complete, nodes

__all__ = ["complete", "nodes"]
