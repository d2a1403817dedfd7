"""Purchases of anchors out of a sheet as officials keep it: units, places, who is no anchor, and the way back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.imports import undoing
from core.imports.models import Import
from core.permissions import Actor
from crm.enterprises.purchases import AnchorPurchase
from tests.support import maps
from tests.support.importing import faults, finish, present
from tests.support.sheets import code

ActorOf = Callable[[str], Actor]
Check = Callable[..., Import]
HEAD = ["企业名称", "统一社会信用代码", "统计范围", "年度", "采购总额", "其中：本地供应商"]
SHEET = [
    ["示例市链主企业本地配套情况表", None, None, None, None, None],
    ["填报单位：市经信局", None, None, "单位：亿元", None, None],
    HEAD,
    ["甲面板", code(1), "示例市", "2025年", 12.4, 3.968],
    ["乙面板", code(2), "519900", 2025, 8.6, 9],
    ["丙材料", code(3), "示例市", 2025, 1, 0.5],
    ["甲面板", code(1), "不知何处", 2024, 10, 3],
    ["没有的公司", code(9), "示例市", 2025, 1, 0.5],
    ["合计", None, None, None, 22, 13],
]


@pytest.fixture
def anchors(session: Session, world: Any) -> None:
    with unit_of_work() as writing:
        maps.build(writing)
        for number, (name, role) in enumerate(
            (("甲面板", "anchor"), ("乙面板", "anchor"), ("丙材料", "leading")), 1
        ):
            firm = maps.firm(writing, name, region_code="519900", uscc=code(number))
            maps.place(writing, firm, "X-02", role, product="液晶面板")


def standing() -> list[tuple[str, str, int, Decimal, Decimal, str]]:
    session = db.session()
    session.rollback()
    rows = session.scalars(select(AnchorPurchase).order_by(AnchorPurchase.year, AnchorPurchase.id))
    return [(r.enterprise.name, r.home, r.year, r.total_wan, r.local_wan, r.source) for r in rows]


def test_amounts_come_in_their_unit_and_every_other_line_is_named(
    check: Check, anchors: None, actor: ActorOf
) -> None:
    me = actor("office")
    record = check(me, "purchases", SHEET, source="企业报送")
    assert faults(record) == [
        (5, "F", "range"), (6, "A", "no_anchor"), (7, "C", "home_unknown"), (8, "A", "enterprise_unknown"),
    ]  # fmt: skip
    record = finish(record, me)
    assert (record.created, record.rejected, record.total) == (1, 4, 5)
    assert standing() == [("甲面板", "519900", 2025, Decimal(124000), Decimal(39680), "企业报送")]


def test_a_second_sheet_mends_and_both_are_taken_back(check: Check, anchors: None, actor: ActorOf) -> None:
    me = actor("office")
    rows = [HEAD, ["甲面板", None, "示例市", 2025, "12.4亿元", "39680万元"]]
    first = finish(check(me, "purchases", rows, source="台账"), me)
    second = check(
        me, "purchases", [HEAD, ["甲面板", None, "示例市", 2025, "13亿元", "4亿元"]], source="台账"
    )
    second = finish(second, me)
    assert (first.created, second.updated) == (1, 1)
    assert [row[3:5] for row in standing()] == [(Decimal(130000), Decimal(40000))]
    undone(second, me)
    assert [row[3:5] for row in standing()] == [(Decimal(124000), Decimal(39680))]


def test_what_nobody_touched_since_is_taken_away_again(check: Check, anchors: None, actor: ActorOf) -> None:
    me = actor("office")
    rows = [HEAD, ["甲面板", None, "示例市", 2025, "12.4亿元", "39680万元"]]
    undone(finish(check(me, "purchases", rows, source="台账"), me), me)
    assert standing() == []


def undone(record: Import, me: Actor) -> None:
    with unit_of_work() as session:
        undoing.ask(session, record.public_id, queue=False, actor=me)
    undoing.undo(record.id, actor=me)
    assert present(record).reversed == 1
