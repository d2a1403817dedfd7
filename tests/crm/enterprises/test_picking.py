"""Trades, regions and firms are found by a few letters; what was typed is understood or explained."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.fields.picks import Pick, meant
from core.permissions import Actor
from core.places import Region
from crm.enterprises import picking
from tests.support.world import World

ActorOf = Callable[[str], Actor]


def _trades(session: Session, actor: Actor, typed: str) -> list[str]:
    return [pick.value for pick in picking.industries(session, typed, actor)]


def test_a_trade_is_found_by_code_name_and_pinyin(session: Session, world: World, actor: ActorOf) -> None:
    spec = actor("spec_a")
    for typed in ("3974", "C3974", "显示器件", "xianshiqijian", "xsqjzz"):
        assert "3974" in _trades(session, spec, typed), typed
    assert _trades(session, spec, "3974")[0] == "3974"
    assert _trades(session, spec, "") == [] and _trades(session, spec, "火星") == []


def test_a_region_that_has_ended_is_not_offered(session: Session, world: World, actor: ActorOf) -> None:
    spec = actor("spec_a")
    assert [pick.value for pick in picking.regions(session, "510000", spec)] == ["510000"]
    session.rollback()
    with unit_of_work() as writing:
        writing.get_one(Region, "510000").valid_to = clock.today() - timedelta(days=1)
    assert picking.regions(session, "510000", spec) == []


def test_a_firm_is_found_by_a_part_of_its_name(session: Session, firm: str, actor: ActorOf) -> None:
    found = picking.firms(session, "华澜光电", actor("spec_a"))
    assert [pick.label for pick in found] == ["示例市华澜光电科技有限公司"]
    assert found[0].value == "示例市华澜光电科技有限公司" and found[0].record_id is not None


def test_what_was_typed_is_meant_or_explained() -> None:
    one, two = Pick("3974", "显示器件制造"), Pick("3979", "其他电子器件制造")
    assert meant([one, two], "3974") == (one, None)
    assert meant([one, two], "其他电子器件制造") == (two, None)
    assert meant([two], "电子器件") == (two, None)
    picked, why = meant([one, two], "器件")
    assert picked is None and "显示器件制造（3974）" in str(why)
    picked, why = meant([], "火星")
    assert picked is None and "没有找到" in str(why)
