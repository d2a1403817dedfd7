"""Green cards and service cases go with their enterprise."""

from core.i18n import lazy as _l
from crm.enterprises.duplicates.moving import Mover, register
from crm.greencards.case_opening import KIND as CASE_KIND
from crm.greencards.models import GreenCard, ServiceCase
from crm.greencards.service import KIND

MOVERS = register(
    Mover("green_card", _l("绿卡"), GreenCard, subject=KIND, order=34),
    Mover("service_case", _l("服务专班"), ServiceCase, subject=CASE_KIND, order=35),
)
