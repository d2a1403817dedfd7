"""The doors of the maps together: pages, editor, versions."""

from webapp.staff.chains import editing, versions, views

bp = views.bp
MADE = (editing, versions)
"""Modules whose routes stand in the blueprint once they are loaded."""
