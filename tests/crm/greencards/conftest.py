"""The desk that applies and reviews."""

from tests.support.greencards import desk, edit_project

__all__ = ["desk", "edit_project"]
