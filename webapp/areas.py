"""Every door of the house: the blueprints of all areas, in one list."""

from flask import Blueprint

from webapp.api.v1 import calls as api
from webapp.holdings import KINDS
from webapp.movers import MOVERS
from webapp.portal import users as portal
from webapp.public import views as public
from webapp.staff.activity import tasks
from webapp.staff.activity import views as activity
from webapp.staff.admin import parks as admin
from webapp.staff.audit import views as audit
from webapp.staff.auth import outside as auth
from webapp.staff.calendar import views as calendar
from webapp.staff.chains import doors as chains
from webapp.staff.criteria import movers as criteria
from webapp.staff.cultivation import views as cultivation
from webapp.staff.enterprises import doors as enterprises
from webapp.staff.enterprises import duplicates, merges
from webapp.staff.greencards import views as greencards
from webapp.staff.home import views as home
from webapp.staff.imports import alike as imports
from webapp.staff.invitations import views as invitations
from webapp.staff.jobs import views as jobs
from webapp.staff.leads import doors as leads
from webapp.staff.lifecycles import views as lifecycles
from webapp.staff.lists import doors as lists
from webapp.staff.notices import outbox
from webapp.staff.notices import views as notices
from webapp.staff.people import handovers as people
from webapp.staff.people import why
from webapp.staff.projects import turning as projects
from webapp.staff.requests import views as requests
from webapp.staff.search import keeping as search
from webapp.staff.security import views as security
from webapp.staff.targets import doors as targets
from webapp.staff.targets import lists as target_lists
from webapp.staff.tokens import views as tokens
from webapp.web import health

assert KINDS, "what an account can own must be known before anybody is disabled"
assert MOVERS, "what goes with an enterprise must be known before any is merged"

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.bp,
    audit.bp,
    api.bp,
    tokens.bp,
    criteria.bp,
    lifecycles.bp,
    chains.bp,
    target_lists.bp,
    targets.bp,
    auth.bp,
    home.bp,
    enterprises.bp,
    duplicates.bp,
    merges.bp,
    admin.bp,
    search.bp,
    security.bp,
    requests.bp,
    invitations.bp,
    portal.bp,
    greencards.bp,
    cultivation.bp,
    public.bp,
    imports.bp,
    jobs.bp,
    notices.bp,
    outbox.bp,
    calendar.bp,
    activity.bp,
    tasks.bp,
    leads.bp,
    lists.bp,
    projects.bp,
    people.bp,
    why.bp,
)
