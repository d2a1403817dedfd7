"""The doors of the register together: pages, yearly figures, what a record gathers."""

from webapp.staff.enterprises import gathering, lookup, views, years

bp = views.bp
MADE = (gathering, lookup, years)
"""Modules whose routes stand in the blueprint once they are loaded."""
