"""Every kind of record that goes with an enterprise when it is merged, so that the register knows them all."""

from crm.cultivation import movers as cultivation
from crm.enterprises import movers as enterprises
from crm.enterprises.duplicates.moving import Mover
from crm.greencards import movers as greencards
from crm.leads import movers as leads
from crm.projects import movers as projects
from crm.service_requests import movers as service_requests
from crm.targets import movers as targets

MOVERS: tuple[Mover, ...] = (
    *enterprises.MOVERS,
    *targets.MOVERS,
    *leads.MOVERS,
    *projects.MOVERS,
    *greencards.MOVERS,
    *service_requests.MOVERS,
    *cultivation.MOVERS,
)
DERIVED = frozenset(
    ("enterprise_gram", "enterprise_key", "enterprise_suspect", "enterprise_tag", "product_match")
)
"""Tables below an enterprise that are made anew, or kept by the merge itself."""
