"""A map with a gap, firms that could fill it, and one at home."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from core.db import unit_of_work
from crm.enterprises.models import EnterpriseYear
from tests.support import maps
from tests.support.world import World


@pytest.fixture
def register(session: Session, world: World) -> None:
    """A map, a listed firm on the node, two that make or might make its product, one at home."""
    with unit_of_work() as writing:
        maps.build(writing)
        listed = maps.firm(writing, "三利谱", stock_code="002876", region_code="440000")
        maps.place(writing, listed, "X-01-01", "leading", product="TFT偏光片", revenue_share=Decimal("0.948"))
        maker = maps.firm(
            writing,
            "深圳某某光学",
            region_code="440000",
            main_products="偏光片",
            latest_revenue_wan=Decimal(3000),
        )
        for year, revenue in ((2024, 2000), (2025, 3000)):
            writing.add(EnterpriseYear(enterprise_id=maker.id, year=year, source="年报", revenue_wan=revenue))
        maps.firm(
            writing,
            "广东显示器件",
            region_code="440000",
            industry_code="3974",
            latest_revenue_wan=Decimal(90000),
        )
        home = maps.firm(writing, "本市偏光片", region_code="519900", main_products="偏光片")
        maps.place(writing, home, "X-02", "anchor")
        maps.firm(writing, "广东眼镜", region_code="440000", main_products="偏光片眼镜")
