"""The cast of the request tests."""

from tests.support.requests import scene

__all__ = ["scene"]
