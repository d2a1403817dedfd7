"""A map with a gap that two firms could fill."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core import settings
from core.db import unit_of_work
from core.permissions import SYSTEM
from tests.support import maps
from tests.support.world import World


@pytest.fixture
def node(session: Session, world: World) -> str:
    with unit_of_work() as writing:
        maps.build(writing)
        settings.put(writing, "home_region", "519900", actor=SYSTEM)
        listed = maps.firm(writing, "三利谱", stock_code="002876", region_code="440000")
        maps.place(writing, listed, "X-01-01", "leading", product="TFT偏光片", revenue_share=Decimal("0.948"))
        maps.firm(writing, "深圳<b>光学</b>", region_code="440000", main_products="偏光片")
        return maps.node(writing, "X-01-01").public_id
