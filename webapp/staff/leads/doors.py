"""The doors of leads together: pages, steps, board."""

from webapp.staff.leads import board, steps, views

bp = views.bp
MADE = (board, steps)
"""Modules whose routes stand in the blueprint once they are loaded."""
