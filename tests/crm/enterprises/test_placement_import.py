"""Placements out of a sheet: with their proof, mended by a second sheet, taken back."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.imports import undoing
from core.imports.handlers import handler_for
from core.imports.models import Import
from core.permissions import SYSTEM, Actor
from tests.support import maps
from tests.support.importing import faults, finish
from tests.support.sheets import code
from tests.support.world import World

ActorOf = Callable[[str], Actor]
Check = Callable[..., Import]
PLACED = ("企业名称", "产业链", "节点", "角色", "主导产品", "营收占比", "证据来源", "证据日期")


@pytest.fixture
def register(session: Session, world: World) -> None:
    with unit_of_work() as writing:
        maps.build(writing)
        maps.firm(
            writing, "深圳三利谱光电有限公司", region_code="440000", main_products="偏光片", uscc=code(1)
        )
        maps.firm(writing, "广东玻璃基板有限公司", region_code="440000", main_products="玻璃基板")


GOOD = [
    "深圳三利谱光电有限公司",
    "新型显示",
    "偏光片",
    "骨干",
    "TFT偏光片",
    "94.8%",
    "2025 年年报",
    "2025-12-31",
]


def test_placements_come_in_with_their_proof_are_mended_and_taken_back(
    check: Check, actor: ActorOf, session: Session, register: None
) -> None:
    me = actor("head_a")
    record = check(me, "placements", [
        PLACED, GOOD,
        ["广东玻璃基板有限公司", "新型显示", "没有的", "骨干", "玻璃", "", "年报", "2025-12-31"],
        ["广东玻璃基板有限公司", "新型显示", "玻璃基板", "老大", "玻璃", "", "年报", "2025-12-31"],
        ["广东玻璃基板有限公司", "新型显示", "玻璃基板", "配套", "玻璃", "", "", "2099-12-31"],
    ])  # fmt: skip
    assert faults(record) == [
        (3, "C", "node_unknown"), (4, "D", "role"), (5, "G", "required"), (5, "H", "future"),
    ]  # fmt: skip
    record = finish(record, me)
    assert (record.created, record.rejected) == (1, 3)
    placement = session.scalars(select(maps.Placement)).one()
    assert (placement.role, str(placement.revenue_share), placement.node.code) == (
        "backbone",
        "0.9480",
        "X-01-01",
    )
    session.rollback()
    better = [*GOOD[:3], "龙头", *GOOD[4:]]
    again = finish(check(me, "placements", [PLACED, better]), me)
    assert again.updated == 1
    with unit_of_work() as writing:
        undoing.ask(writing, again.public_id, queue=False, actor=me)
    undoing.undo(again.id, actor=me)
    session.expire_all()
    assert session.scalars(select(maps.Placement.role)).one() == "backbone"
    assert SYSTEM.can(handler_for("placements").permission)
