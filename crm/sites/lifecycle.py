"""The tables of this area: idle land and factory units."""

from crm.sites.factory_units import FACTORY_UNIT
from crm.sites.land_cases import LAND_CASE

__all__ = ["FACTORY_UNIT", "LAND_CASE"]
