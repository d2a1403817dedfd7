"""Yearly figures, honours and contacts out of sheets: whose they are, what stands already, the way back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.imports import choosing, queries, undoing
from core.imports.models import Import, ImportRow
from core.permissions import Actor
from crm.enterprises import honour_import_columns
from crm.enterprises import service as enterprises
from crm.enterprises.models import Contact, Enterprise, EnterpriseYear, Honour
from tests.support.importing import faults, finish, present
from tests.support.sheets import code

ActorOf = Callable[[str], Actor]
Check = Callable[..., Import]


@pytest.fixture
def firms(app: Any, actor: ActorOf) -> list[int]:
    """Two enterprises with codes, and one of another zone."""
    found = []
    for number, who in ((1, "spec_a"), (2, "spec_a"), (3, "spec_b")):
        values = {"name": f"示例市第{number}试制有限公司", "uscc": code(number)}
        unit_id = actor(who).unit_id
        with unit_of_work() as session:
            made = enterprises.create(session, values, actor=actor("spec_a"))
            made.unit_id = unit_id
            found.append(made.id)
    return found


YEARS = [
    ["2024年度企业主要指标", None, None, None],
    ["填报单位：甲区", None, "单位：亿元", None],
    ["企业名称", "统一社会信用代码", "营业收入", "从业人数"],
    ["示例市第1试制有限公司", code(1), 1.25, 310],
    ["示例市第２试制 有限公司", None, 0.4, 25],
    ["示例市第3试制有限公司", code(3), 0.1, 5],
    ["没有的有限公司", code(9), 0.1, 5],
    ["合计", None, 1.85, 345],
]


def test_figures_go_to_their_enterprise_year_and_source(
    check: Check, actor: ActorOf, firms: list[int]
) -> None:
    me = actor("spec_a")
    record = check(me, "years", YEARS, year="2024", source="统计年报")
    assert queries.counts(db.session(), record).ask == 1
    assert faults(record) == [(6, "", "not_yours"), (7, "A", "enterprise_unknown")]
    with unit_of_work() as session:
        choosing.decide(session, record.public_id, 5, str(firms[1]), actor=me)
    record = finish(record, me)
    assert (record.created, record.rejected, record.total) == (2, 2, 4)
    rows = db.session().scalars(select(EnterpriseYear).order_by(EnterpriseYear.id)).all()
    assert [
        (row.enterprise_id, row.year, row.source, row.revenue_wan, row.employees_end) for row in rows
    ] == [
        (firms[0], 2024, "统计年报", Decimal(12500), 310),
        (firms[1], 2024, "统计年报", Decimal(4000), 25),
    ]
    assert db.session().get_one(Enterprise, firms[0]).latest_revenue_wan == Decimal(12500)


def test_figures_entered_again_are_compared_and_all_of_it_can_be_taken_back(
    check: Check, actor: ActorOf, firms: list[int]
) -> None:
    me = actor("spec_a")
    head = ["信用代码", "年度", "数据来源", "营业收入（万元）", "研发费用（万元）"]
    first = finish(
        check(me, "years", [head, [code(1), 2023, "年报", 100, 5], [code(2), 2023, "年报", 7, 1]]), me
    )
    second = check(
        me, "years", [head, [code(1), "2023年", "年报", 120, None], [code(1), 2024, "年报", 130, 6]]
    )
    assert queries.counts(db.session(), second).update == 1
    second = finish(second, me)
    assert (second.created, second.updated) == (1, 1)
    firm = db.session().get_one(Enterprise, firms[0])
    assert (firm.latest_year, firm.latest_revenue_wan) == (2024, Decimal(130))

    for record, group in ((second, 2), (first, 1)):
        with unit_of_work() as session:
            undoing.ask(session, record.public_id, queue=False, actor=me)
        undoing.undo(record.id, actor=me)
        assert present(record).reversed == group
        if record is second:
            firm = db.session().get_one(Enterprise, firms[0])
            assert (firm.latest_year, firm.latest_revenue_wan) == (2023, Decimal(100))
    assert present(first).kept == 1, "what a later import changed and gave back counts as touched"
    assert db.session().scalar(select(func.count(EnterpriseYear.id))) == 1


@pytest.mark.parametrize(
    ("head", "kept"), [("用地（亩）", "10000.00"), ("用地（㎡）", "15.00"), ("用地（公顷）", "150000.00")]
)
def test_land_is_read_in_the_unit_of_its_header(
    check: Check, actor: ActorOf, firms: list[int], head: str, kept: str
) -> None:
    me = actor("spec_a")
    finish(check(me, "years", [["信用代码", "年度", "数据来源", head], [code(1), 2024, "年报", 15]]), me)
    year = db.session().scalars(select(EnterpriseYear)).one()
    assert year.land_sqm == Decimal(kept)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("国家高新技术企业", "hte"), ("省级专精特新中小企业", "srdi_sme"), ("专精特新“小巨人”企业", "little_giant"),
        ("创新型中小企业", "innovative_sme"), ("市长质量奖", "other"),
    ],
)  # fmt: skip
def test_an_honour_is_known_by_its_name(name: str, kind: str) -> None:
    assert honour_import_columns.kind_of(name) == kind


def test_a_published_list_becomes_honours_once(check: Check, actor: ActorOf, firms: list[int]) -> None:
    me = actor("spec_a")
    rows = [
        ["第六批专精特新“小巨人”企业名单", None],
        ["企业名称", "统一社会信用代码"],
        ["示例市第1试制有限公司", code(1)],
        ["示例市第2试制有限公司", code(2)],
    ]
    whole = {"honour": "专精特新“小巨人”企业", "batch": "第六批", "granted_on": "2024-09-01"}
    assert faults(check(me, "honours", rows, level="市级", **whole)) == [
        (3, "", "wrong_level"), (4, "", "wrong_level"),
    ]  # fmt: skip
    record = finish(check(me, "honours", rows, level="国家级", **whole), me)
    assert record.created == 2
    again = check(me, "honours", rows, level="国家级", valid_to="2027-08-31", **whole)
    assert queries.counts(db.session(), again).update == 2
    again = finish(again, me)
    assert (again.created, again.updated) == (0, 2)
    found = db.session().scalars(select(Honour)).all()
    assert {(row.kind, row.level, row.batch, str(row.valid_to)) for row in found} == {
        ("little_giant", "national", "第六批", "2027-08-31")
    }
    with unit_of_work() as session:
        undoing.ask(session, again.public_id, queue=False, actor=me)
    undoing.undo(again.id, actor=me)
    assert {row.valid_to for row in db.session().scalars(select(Honour))} == {None}


def test_numbers_of_contacts_are_sealed_in_the_register_and_masked_in_the_rows(
    check: Check, actor: ActorOf, firms: list[int], session: Session
) -> None:
    me = actor("spec_a")
    rows = [
        ["企业名称", "信用代码", "联系人", "职务", "手机"],
        ["示例市第1试制有限公司", code(1), "闻亦川", "厂长", "13800001234"],
        ["示例市第1试制有限公司", code(1), "沈知夏", None, "电话同上"],
    ]
    record = check(me, "contacts", rows)
    assert faults(record) == [(3, "E", "phone")]
    record = finish(record, me)
    assert record.created == 1
    made = db.session().scalars(select(Contact)).one()
    assert (made.person, made.title, made.mobile) == ("闻亦川", "厂长", "13800001234")
    kept = (
        db.session()
        .scalars(select(ImportRow).where(ImportRow.import_id == record.id).order_by(ImportRow.row_no))
        .all()
    )
    assert all("13800001234" not in f"{row.cells}{row.parsed}{row.before}{row.after}" for row in kept)
    assert kept[0].cells["mobile"] == "138****1234"
    assert finish(check(me, "contacts", rows[:2]), me).unchanged == 1
    with unit_of_work() as writing:
        undoing.ask(writing, record.public_id, queue=False, actor=me)
    undoing.undo(record.id, actor=me)
    assert db.session().scalar(select(func.count(Contact.id))) == 0
