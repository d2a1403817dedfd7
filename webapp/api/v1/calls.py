"""Every call of version 1, in one place, so that loading this module makes the blueprint whole."""

from crm.cultivation.listing import LIST as ROSTER
from crm.enterprises.listing import LIST as ENTERPRISES
from crm.greencards.case_listing import LIST as CASES
from crm.greencards.listing import LIST as CARDS
from crm.leads.listing import LIST as LEADS
from crm.projects.listing import LIST as PROJECTS
from crm.service_requests.listing import LIST as REQUESTS
from crm.targets.listing import LIST as TARGETS
from webapp.api.v1 import document, enterprises, maps, promotion, search, services
from webapp.api.v1.door import bp
from webapp.api.v1.lists import offer

LISTS = {
    "enterprises": ENTERPRISES,
    "targets": TARGETS,
    "leads": LEADS,
    "projects": PROJECTS,
    "greencards": CARDS,
    "cases": CASES,
    "cultivation": ROSTER,
    "requests": REQUESTS,
}
for path, declared in LISTS.items():
    offer(declared, path, path)

PARTS = (document, enterprises, maps, promotion, search, services)
__all__ = ["LISTS", "PARTS", "bp"]
