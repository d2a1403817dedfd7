"""The record says all that the register holds, in words, and what is worth a second look."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.permissions import Actor
from core.places import Region
from crm.enterprises import figures, service
from crm.enterprises.models import Enterprise, Industry
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
ActorOf = Callable[[str], Actor]

FIELDS: dict[str, tuple[Any, str]] = {
    "uscc": ("913303006807061374", "913303006807061374"),
    "stock_code": ("688001", "688001</span> 上交所科创板"),
    "name": ("示例市华澜光电科技有限公司", "示例市华澜光电科技有限公司"),
    "short_name": ("华澜光电", "华澜光电"),
    "english_name": ("Hualan Optics", "Hualan Optics"),
    "aliases": (["华澜"], "华澜光电、华澜"),
    "reg_status": ("moved_out", "迁出"),
    "org_type": ("其他有限责任公司", "其他有限责任公司"),
    "legal_rep": ("周澜", "周澜"),
    "reg_capital_wan": (Decimal("12345.67"), "12,345.67"),
    "reg_currency": ("USD", "万 USD"),
    "reg_authority": ("示例市市场监督管理局", "示例市市场监督管理局"),
    "founded_on": (date(2009, 3, 4), "2009-03-04"),
    "listed_on": (date(2019, 7, 22), "2019-07-22 上市"),
    "country": ("SG", "SG 201912345K"),
    "foreign_reg_no": ("201912345K", "SG 201912345K"),
    "region_code": ("519900", "四川省示例市"),
    "reg_address": ("光电路 1 号", "光电路 1 号"),
    "site_address": ("光电路 2 号", "生产经营：光电路 2 号"),
    "lng": (Decimal("104.679114"), "104.679114"),
    "lat": (Decimal("31.467450"), "31.467450"),
    "industry_code": ("3974", "3974</span> 显示器件制造"),
    "industry_extra": (["3975"], "3975</span> 半导体照明器件制造"),
    "main_products": ("偏光片", "偏光片"),
    "scope_text": ("光学膜的研发", "光学膜的研发"),
    "above_scale": (True, "规上"),
    "above_scale_since": (date(2020, 12, 1), "2020-12-01 入库"),
    "tags": (["链主"], "链主"),
}
"""A value of each field and what the page says of it; people, park and group are looked for by themselves."""
ELSEWHERE = {
    "pinyin", "initials",  # how it is found, and edited in its section
    "uscc_as_printed",  # a mark of its own, test_a_wrong_code_passes_only_by_right_and_stays_marked
    "park_id", "group_id", "specialist_id", "leader_id",
}  # fmt: skip


@pytest.fixture
def firm(session: Session, world: World, actor: ActorOf) -> Enterprise:
    park, specialist, leader = world.park("Z1-01").id, world.account("spec_a2").id, world.account("leader").id
    session.rollback()
    by = actor("spec_a")
    with unit_of_work() as writing:
        writing.add(Industry(code="3975", name="半导体照明器件制造", level=4, parent_code="397", section="C"))
        mother = service.create(writing, {"name": "示例集团有限公司", "reg_status": "active"}, actor=by)
        values = {name: value for name, (value, _said) in FIELDS.items()}
        made = service.create(writing, {**values, "park_id": park, "group_id": mother.id}, actor=by)
        made.specialist_id, made.leader_id = specialist, leader
        return made


def _page(client: FlaskClient, firm: Enterprise) -> str:
    return client.get(f"/enterprises/{firm.public_id}").get_data(as_text=True).split("<main")[1]


def test_every_field_of_the_register_stands_on_the_record(
    firm: Enterprise, world: World, client_as: ClientAs
) -> None:
    assert set(FIELDS) | ELSEWHERE == set(service.EDITABLE)
    page = _page(client_as("spec_a"), firm)
    missing = {name: said for name, (_value, said) in FIELDS.items() if said not in page}
    assert missing == {}
    assert world.park("Z1-01").name in page and "示例集团有限公司</a>" in page
    assert "甲区专员二" in page and "顾维桢" in page, "who looks after it"


def test_the_size_says_by_which_figures_and_limits(
    firm: Enterprise, client_as: ClientAs, actor: ActorOf
) -> None:
    client = client_as("spec_a")
    assert "没有营业收入和年末从业人员，不能划型" in _page(client, firm)
    told = {"revenue_wan": Decimal(5000), "employees_end": 299}
    with unit_of_work() as session:
        figures.record_year(session, firm.public_id, 2025, "年报", told, actor=actor("spec_a"))
    page = _page(client, firm)
    assert "小型" in page and "没有同时达到中型下限（300 人且 2,000 万元）" in page
    assert "工信部联企业〔2011〕300号，数值待管理员在“标准”里核对" in page


def test_a_region_that_has_ended_since_is_pointed_out(firm: Enterprise, client_as: ClientAs) -> None:
    client = client_as("spec_a")
    assert "撤销或并入别处" not in _page(client, firm)
    over = clock.today() - timedelta(days=1)
    with unit_of_work() as session:
        session.get_one(Region, "519900").valid_to = over
    assert f"所属地区“四川省示例市”已于 {over} 撤销或并入别处，请改选现在的区划。" in _page(client, firm)


def test_a_firm_that_is_gone_and_still_to_be_called_is_pointed_out(
    firm: Enterprise, client_as: ClientAs
) -> None:
    client = client_as("spec_a")
    assert "却还排着下次联系" not in _page(client, firm)
    with unit_of_work() as session:
        session.get_one(Enterprise, firm.id).next_contact_on = clock.today()
    assert "登记状态已不是存续，却还排着下次联系" in _page(client, firm)
