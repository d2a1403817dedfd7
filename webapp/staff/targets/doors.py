"""The doors of targets together: pages, scores."""

from webapp.staff.targets import fits, views

bp = views.bp
MADE = (fits,)
"""Modules whose routes stand in the blueprint once they are loaded."""
