"""The doors of the maps together: pages, editor, versions, files in and out."""

from webapp.staff.chains import editing, following, importing, pictures, purchases, rows, versions, views

bp = views.bp
MADE = (editing, following, importing, pictures, purchases, rows, versions)
"""Modules whose routes stand in the blueprint once they are loaded."""
