"""Every kind of open work that an account can own, named here so that the register knows them all."""

from chains import holdings as chains
from core.accounts.holdings import Kind
from crm.activity import holdings as activity
from crm.cultivation import holdings as cultivation
from crm.greencards import holdings as greencards
from crm.leads import holdings as leads
from crm.projects import holdings as projects
from crm.service_requests import holdings as service_requests
from crm.targets import holdings as targets

KINDS: tuple[Kind, ...] = (
    *chains.KINDS,
    *targets.KINDS,
    *leads.KINDS,
    *projects.KINDS,
    *service_requests.KINDS,
    *greencards.KINDS,
    *cultivation.KINDS,
    *activity.KINDS,
)
