"""The dry run of a sheet of enterprises: faults by row and column, mending, mapping. Nothing is written yet."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.errors import Invalid, Refused
from core.imports import checking, queries, service
from core.imports.columns import Place
from core.imports.models import ImportRow
from core.permissions import Actor
from core.places import Park, Region, RegionSuccessor
from crm.enterprises.models import Enterprise
from tests.crm.enterprises.conftest import Check
from tests.support.importing import adds_up, faults, finish, known, present
from tests.support.sheets import HEAD, code, firm
from tests.support.world import World

ActorOf = Callable[[str], Actor]


def test_a_thousand_rows_with_six_faults_are_reported_by_row_and_column(
    check_firms: Check, actor: ActorOf, session: Session
) -> None:
    """ACCEPTANCE T81: three wrong codes, two repeated ones, one impossible day; nothing is written yet."""
    rows = [firm(number) for number in range(1, 1001)]
    rows[9][1] = rows[9][1][:-1]
    rows[19][1] = "91330213MA2F9R2Z0I"
    rows[29][1] = "91310000735470911B"
    rows[500][1], rows[600][1] = rows[100][1], rows[101][1]
    rows[700][2] = "2026/13/01"
    record = check_firms(actor("spec_a"), [["甲区企业名录"], HEAD, *rows])
    assert record.state == "checked" and record.total == 1000
    assert faults(record) == [
        (12, "B", "length"),
        (22, "B", "illegal_letter"),
        (32, "B", "check_digit"),
        (503, "", "repeated"),
        (603, "", "repeated"),
        (703, "C", "bad_day"),
    ]
    assert session.scalar(select(func.count(Enterprise.id))) == 0
    with pytest.raises(Refused), unit_of_work() as writing:
        service.confirm(
            writing, record.public_id, existing="overwrite", only_correct=False, actor=actor("spec_a")
        )
    record = finish(record, actor("spec_a"))
    assert (record.created, record.rejected, record.state) == (994, 6, "done")
    assert db.session().scalar(select(func.count(Enterprise.id))) == 994
    adds_up(record)


def test_foot_rows_and_totals_are_left_out_and_counted(check_firms: Check, actor: ActorOf) -> None:
    head = ["序号", "企业名称", "统一社会信用代码"]
    rows = [
        ["甲区企业名录"], head, [1, "一号试制有限公司", code(1)], head, [2, "二号试制有限公司", code(2)], [None],
        ["合计", None, None], ["填表人：张三", None, "审核人：李四"],
    ]  # fmt: skip
    record = check_firms(actor("spec_a"), rows)
    assert (record.total, record.left_out, faults(record)) == (2, 3, [])


def test_a_code_in_number_format_is_refused_never_rounded(check_firms: Check, actor: ActorOf) -> None:
    record = check_firms(actor("spec_a"), [HEAD, ["数字试制有限公司", 911100001234567890, None, None, None]])
    assert faults(record) == [(2, "B", "as_number")]


def test_a_faulty_cell_is_mended_in_place(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    bad = firm(1)
    bad[1], bad[2] = bad[1][:17], "2020/13/05"
    record = check_firms(me, [HEAD, bad])
    assert [fault[2] for fault in faults(record)] == ["length", "bad_day"]
    with unit_of_work() as session:
        row = service.mend(session, record.public_id, 2, {"uscc": code(1)}, actor=me)
        assert row.action == "fault" and [fault[2] for fault in row.faults or []] == ["bad_day"]
    with unit_of_work() as session:
        row = service.mend(session, record.public_id, 2, {"founded_on": "2020-12-05"}, actor=me)
        assert row.action == "create" and row.faults is None
    assert finish(record, me).created == 1
    assert known(db.session(), uscc=code(1)).founded_on is not None


def test_mending_or_leaving_out_the_first_of_two_equal_rows_frees_the_second(
    check_firms: Check, actor: ActorOf
) -> None:
    me = actor("spec_a")
    twin = firm(2)
    twin[1] = code(1)
    record = check_firms(me, [HEAD, firm(1), twin, firm(3)])
    assert faults(record) == [(3, "", "repeated")]
    with unit_of_work() as session:
        service.leave_out(session, record.public_id, 2, actor=me)
    assert faults(record) == []
    with unit_of_work() as session:
        service.leave_out(session, record.public_id, 2, back=True, actor=me)
    assert faults(record) == [(3, "", "repeated")]
    with unit_of_work() as session:
        service.mend(session, record.public_id, 2, {"uscc": code(3)}, actor=me)
    assert faults(record) == [(4, "", "repeated")]
    with unit_of_work() as session:
        service.mend(session, record.public_id, 4, {"uscc": code(2)}, actor=me)
    record = finish(record, me)
    assert (record.created, record.rejected) == (3, 0)


def test_unknown_park_region_and_industry_are_named(check_firms: Check, actor: ActorOf) -> None:
    record = check_firms(
        actor("spec_a"),
        [
            ["企业名称", "园区", "地区", "行业代码", "登记状态"],
            ["试制有限公司", "丙区", "火星", "9999", "停产"],
        ],
    )
    assert {fault[1:] for fault in faults(record)} == {
        ("B", "park_unknown"), ("C", "region_unknown"), ("D", "industry_unknown"), ("E", "status"),
    }  # fmt: skip


def _end(*, park: int, region: str, into: str) -> None:
    """A park and a region that are no more since yesterday; a region that follows."""
    over = clock.today() - timedelta(days=1)
    with unit_of_work() as writing:
        full_name = "四川省示例市试州区"
        writing.add(Region(code=into, name="试州区", full_name=full_name, level=3, parent_code="519900"))
        writing.flush()
        ended = writing.get_one(Region, region)
        ended.valid_to, ended.successors = over, [RegionSuccessor(successor_code=into)]
        writing.get_one(Park, park).valid_to = over


def test_an_ended_region_and_a_closed_park_are_refused_with_what_follows(
    check_firms: Check, actor: ActorOf, world: World, session: Session
) -> None:
    me, park = actor("spec_a"), world.park("Z1-01").id
    session.rollback()
    sheet = [
        ["企业名称", "园区", "地区", "注册地址", "统一社会信用代码"],
        ["旧地有限公司", "甲区产业园", "519924", "一号路", code(1)],
        ["旁边有限公司", "甲区", "519900", "零号路", code(3)],
        ["新来有限公司", "甲区产业园", "试县", "二号路", code(2)],
        ["旧地有限公司", "甲区产业园", "519924", "不知道是不是同一家", None],
        ["旁边有限公司", "甲区产业园", "519924", "搬来了吗", None],
    ]
    with unit_of_work() as writing:
        full_name = "四川省示例市试县"
        writing.add(Region(code="519924", name="试县", full_name=full_name, level=3, parent_code="519900"))
    finish(check_firms(me, sheet[:3]), me)
    _end(park=park, region="519924", into="519905")
    sheet[1][3] = "一号路 8 号"
    record = check_firms(me, sheet)
    assert set(faults(record)) == {
        (number, column, code_) for number in (4, 6) for column, code_ in (("B", "closed"), ("C", "ended"))
    }, "what lies there already stays, also where a person is asked"
    row = session.scalars(
        select(ImportRow).where(ImportRow.import_id == record.id, ImportRow.row_no == 4)
    ).one()
    said = "".join(str(fault) for fault in row.faults or [])
    assert "请改用 519905 四川省示例市试州区" in said and "停用，请选现在的园区" in said
    session.rollback()
    record = finish(record, me)
    assert (record.updated, record.created, record.rejected) == (1, 0, 2)


def test_a_name_that_two_parks_or_regions_bore_means_the_one_of_today(
    check_firms: Check, actor: ActorOf, world: World, session: Session
) -> None:
    park = world.park("Z1-01").id
    session.rollback()
    with unit_of_work() as writing:
        for code, name in (("519924", "试州区"), ("519999", "空区")):
            full_name = f"四川省示例市{name}"
            writing.add(Region(code=code, name=name, full_name=full_name, level=3, parent_code="519900"))
        writing.add(Park(code="A1", name="甲区产业园"))
    _end(park=park, region="519924", into="519905")
    rows = [["企业名称", "园区", "地区"], ["新来有限公司", "甲区产业园", "试州区"]]
    record = finish(check_firms(actor("spec_a"), rows), actor("spec_a"))
    assert (faults(record), record.created) == ([], 1)
    made = session.scalars(select(Enterprise).where(Enterprise.name == "新来有限公司")).one()
    assert made.region_code == "519905" and made.park_id != park


def test_a_mapping_is_remembered_for_the_same_header(
    check_firms: Check, actor: ActorOf, session: Session
) -> None:
    me = actor("spec_a")
    rows = [["企业名称", "代码甲", "落户日期"], ["试制有限公司", code(1), "2019-04-02"]]
    record = check_firms(me, rows)
    assert set(record.mapping) == {"name"}
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.map_columns(writing, record.public_id, {"uscc": Place(1)}, version=None, actor=me)
    with unit_of_work() as writing:
        chosen = {"name": Place(0), "uscc": Place(1), "founded_on": Place(2)}
        service.map_columns(writing, record.public_id, chosen, version=None, actor=me)
    checking.check_file(record.id, actor=me)
    assert queries.counts(session, present(record)).create == 1
    again = check_firms(me, rows)
    assert again.remembered and set(again.mapping) == {"name", "uscc", "founded_on"}
    assert not check_firms(actor("spec_a2"), rows).remembered


def test_rows_are_staged_once_however_often_the_file_is_checked(
    check_firms: Check, actor: ActorOf, session: Session
) -> None:
    record = check_firms(actor("spec_a"), [HEAD, firm(1), firm(2)])
    checking.check_file(record.id, actor=actor("spec_a"))
    assert session.scalar(select(func.count(ImportRow.id))) == 2


def test_rows_of_the_same_firm_are_faults_however_many_there_are(check_firms: Check, actor: ActorOf) -> None:
    """More than one batch of repeated rows, of one firm and of several."""
    rows = [firm(number) for number in range(1, 4) for _again in range(400)]
    record = check_firms(actor("spec_a"), [HEAD, *rows])
    found = faults(record)
    assert [row for row, _column, _code in found] == [*range(3, 402), *range(403, 802), *range(803, 1202)]
    assert {code for _row, _column, code in found} == {"repeated"}
    first = queries.row(db.session(), record, 1201).faults
    assert first is not None and "与第 802 行重复" in first[0][3]
