"""Requests go with their enterprise."""

from core.i18n import lazy as _l
from crm.enterprises.duplicates.moving import Mover, register
from crm.service_requests.models import ServiceRequest
from crm.service_requests.moves import KIND

MOVERS = register(Mover("request", _l("诉求"), ServiceRequest, subject=KIND, order=36))
