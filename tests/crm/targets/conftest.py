"""A map with a gap, firms that could fill it, and one at home; firms as lists name them, and sheets of lists."""

import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.imports import checking, intake, service
from core.imports.handlers import handler_for
from core.imports.models import Import
from core.permissions import Actor
from crm.enterprises.models import EnterpriseYear
from tests.support import maps
from tests.support.importing import present
from tests.support.sheets import code, workbook
from tests.support.world import World

Check = Callable[..., Import]


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


@pytest.fixture
def listed_firms(session: Session, world: World) -> None:
    with unit_of_work() as writing:
        maps.build(writing)
        maps.firm(
            writing, "深圳三利谱光电有限公司", region_code="440000", main_products="偏光片", uscc=code(1)
        )
        maps.firm(writing, "广东玻璃基板有限公司", region_code="440000", main_products="玻璃基板")
        for number in (7, 8):
            maps.firm(
                writing, "同名电子有限公司", region_code="440000", main_products="偏光片", uscc=code(number)
            )


@pytest.fixture
def check(app: Any, tmp_path: Path) -> Check:
    """`check(actor, rows, kind)`: a workbook uploaded and judged."""
    made = iter(range(1000))

    def upload(actor: Actor, rows: Sequence[Sequence[Any]], kind: str = "targets") -> Import:
        path = workbook(tmp_path / f"{next(made)}.xlsx", rows)
        draft = intake.take(io.BytesIO(path.read_bytes()), "名单.xlsx", handler_for(kind).columns)
        with unit_of_work() as session:
            record = service.open_import(session, kind, draft, actor=actor)
        checking.check_file(record.id, actor=actor)
        return present(record)

    return upload
