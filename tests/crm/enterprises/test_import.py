"""Enterprises out of a sheet on the real database: dry run, mending, matching, writing, accounts."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from core.imports import checking, intake, listing, queries, running, service
from core.imports.ahead import Ahead
from core.imports.columns import Place
from core.imports.handlers import handler_for
from core.imports.models import Import, ImportRow
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise, FormerName
from tests.support.sheets import HEAD, code, firm, workbook

ActorOf = Callable[[str], Actor]


@pytest.fixture
def check(app: Any, tmp_path: Path) -> Callable[..., Import]:
    """`check(actor, rows)`: a workbook uploaded and judged."""
    made = iter(range(1000))

    def upload(actor: Actor, rows: Sequence[Sequence[Any]]) -> Import:
        path = workbook(tmp_path / f"{next(made)}.xlsx", rows)
        draft = intake.take(io.BytesIO(path.read_bytes()), "名录.xlsx", handler_for("enterprises").columns)
        with unit_of_work() as session:
            record = service.open_import(session, "enterprises", draft, actor=actor)
        checking.check_file(record.id, actor=actor)
        return present(record)

    return upload


def present(record: Import) -> Import:
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.get_one(Import, record.id)


def finish(record: Import, actor: Actor, existing: str = "overwrite") -> Import:
    with unit_of_work() as session:
        service.confirm(
            session, record.public_id, existing=existing, only_correct=True, queue=False, actor=actor
        )
    running.run(record.id, actor=actor)
    return present(record)


def faults(record: Import) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in queries.faults(db.session(), record)]


def known(session: Session, **values: Any) -> Enterprise:
    return session.scalars(select(Enterprise).filter_by(**values)).one()


def adds_up(record: Import) -> None:
    accounts = running.accounts(db.session(), record.id)
    assert accounts.pop("open", 0) == 0
    assert sum(accounts.values()) == record.total == record.done
    for name, count in accounts.items():
        assert getattr(record, name) == count


def test_a_thousand_rows_with_six_faults_are_reported_by_row_and_column(
    check: Callable[..., Import], actor: ActorOf, session: Session
) -> None:
    """ACCEPTANCE T81: three wrong codes, two repeated ones, one impossible day; nothing is written yet."""
    rows = [firm(number) for number in range(1, 1001)]
    rows[9][1] = rows[9][1][:-1]
    rows[19][1] = "91330213MA2F9R2Z0I"
    rows[29][1] = "91310000735470911B"
    rows[500][1], rows[600][1] = rows[100][1], rows[101][1]
    rows[700][2] = "2026/13/01"
    record = check(actor("spec_a"), [["甲区企业名录"], HEAD, *rows])
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


def test_what_is_written_is_what_the_sheet_says(
    check: Callable[..., Import], actor: ActorOf, session: Session
) -> None:
    head = [*HEAD[:3], "注册资本（亿元）", "行业代码", "园区", "曾用名", "证券代码", "登记状态", "地区"]
    row = [
        "明栖（示例）股份有限公司",
        code(1),
        43557,
        1.25,
        "C3974",
        "甲区产业园",
        "明栖厂、明栖公司",
        725,
        "在业",
        "示例市",
    ]
    finish(check(actor("spec_a"), [head, row]), actor("spec_a"))
    firm_ = known(session, uscc=code(1))
    assert firm_.founded_on is not None and firm_.founded_on.isoformat() == "2019-04-02"
    assert firm_.reg_capital_wan == 12500
    assert (firm_.industry_code, firm_.stock_code, firm_.reg_status) == ("3974", "000725", "active")
    assert firm_.park is not None and firm_.park.code == "Z1-01" and firm_.unit_id == firm_.park.unit_id
    assert firm_.region_code == "519900"
    assert [each.name for each in firm_.former_names] == ["明栖厂", "明栖公司"]
    assert firm_.initials and firm_.sort_key and firm_.source == "名录.xlsx"
    assert session.get(SearchDoc, ("enterprise", firm_.id)) is not None


def test_foot_rows_and_totals_are_left_out_and_counted(check: Callable[..., Import], actor: ActorOf) -> None:
    head = ["序号", "企业名称", "统一社会信用代码"]
    rows = [
        ["甲区企业名录"], head, [1, "一号试制有限公司", code(1)], head, [2, "二号试制有限公司", code(2)], [None],
        ["合计", None, None], ["填表人：张三", None, "审核人：李四"],
    ]  # fmt: skip
    record = check(actor("spec_a"), rows)
    assert (record.total, record.left_out, faults(record)) == (2, 3, [])


def test_a_code_in_number_format_is_refused_never_rounded(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    record = check(actor("spec_a"), [HEAD, ["数字试制有限公司", 911100001234567890, None, None, None]])
    assert faults(record) == [(2, "B", "as_number")]


def test_known_firms_are_updated_by_code_and_keep_what_the_sheet_leaves_blank(
    check: Callable[..., Import], actor: ActorOf, session: Session
) -> None:
    me = actor("spec_a")
    finish(check(me, [HEAD, firm(1), firm(2)]), me)
    changed = firm(1)
    changed[3], changed[2] = 8000, None
    record = check(me, [HEAD, changed, firm(2), firm(3)])
    counts = queries.counts(session, record)
    assert (counts.update, counts.same, counts.create) == (1, 1, 1)
    record = finish(record, me)
    assert (record.updated, record.unchanged, record.created) == (1, 1, 1)
    adds_up(record)
    firm_ = known(db.session(), uscc=code(1))
    assert firm_.reg_capital_wan == 8000 and firm_.founded_on is not None and firm_.version == 2
    row = queries.row(db.session(), record, 2)
    assert row.before == {"reg_capital_wan": "5000.500000"} and row.record_id == firm_.id


@pytest.mark.parametrize(
    ("existing", "capital", "address"), [("fill", "5000.5", "甲路1号"), ("skip", "5000.5", "")]
)
def test_known_firms_are_only_filled_or_left_alone_when_so_chosen(
    check: Callable[..., Import], actor: ActorOf, existing: str, capital: str, address: str
) -> None:
    me = actor("spec_a")
    finish(check(me, [HEAD, firm(1)]), me)
    record = check(me, [[*HEAD, "注册地址"], [*firm(1)[:3], 9999, "3974", "甲路1号"]])
    record = finish(record, me, existing)
    adds_up(record)
    found = known(db.session(), uscc=code(1))
    assert str(found.reg_capital_wan).rstrip("0") == capital and found.reg_address == address


def test_a_new_name_under_the_same_code_keeps_the_old_one_as_former(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    me = actor("spec_a")
    finish(check(me, [HEAD, firm(1)]), me)
    finish(check(me, [HEAD[:2], ["示例市更名试制股份有限公司", code(1)]]), me)
    firm_ = known(db.session(), uscc=code(1))
    assert firm_.name == "示例市更名试制股份有限公司" and "geng" in firm_.pinyin
    assert db.session().scalars(select(FormerName.name)).all() == ["示例市第1试制有限公司"]


def test_a_listed_company_is_known_by_its_stock_code_and_gets_its_credit_code(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    me = actor("spec_a")
    finish(
        check(
            me, [["symbol", "name", "industry", "list_date"], ["000725", "京东方A", "元器件", "2001-01-12"]]
        ),
        me,
    )
    assert known(db.session(), stock_code="000725").uscc is None
    finish(
        check(me, [["证券代码", "企业名称", "信用代码"], [725, "京东方科技集团股份有限公司", code(7)]]), me
    )
    assert known(db.session(), stock_code="000725").uscc == code(7)


def test_two_codes_of_different_firms_in_one_row_are_a_fault(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    me = actor("spec_a")
    head = ["企业名称", "信用代码", "证券代码"]
    finish(
        check(me, [head, ["甲试制有限公司", code(1), "000001"], ["乙试制有限公司", code(2), "000002"]]), me
    )
    record = check(me, [head, ["甲试制有限公司", code(1), "000002"]])
    assert faults(record) == [(2, "B", "clash")]


def test_the_same_name_without_a_code_is_asked_about_never_merged(
    check: Callable[..., Import], actor: ActorOf, session: Session
) -> None:
    me = actor("spec_a")
    finish(check(me, [HEAD, firm(1)]), me)
    record = check(me, [["企业名称", "注册地址"], ["示例市第１试制 有限公司", "甲路1号"]])
    assert queries.counts(session, record).ask == 1
    row = queries.row(session, record, 2)
    suspect = row.note["suspects"][0][0] if row.note else 0
    assert finish(record, me).skipped == 1
    assert db.session().scalar(select(func.count(Enterprise.id))) == 1

    for decision, expected in ((str(suspect), 1), ("new", 2)):
        record = check(me, [["企业名称", "注册地址"], ["示例市第１试制 有限公司", f"{decision}路"]])
        with unit_of_work() as writing:
            service.decide(writing, record.public_id, 2, decision, actor=me)
        adds_up(finish(record, me))
        assert db.session().scalar(select(func.count(Enterprise.id))) == expected
    other = check(me, [["企业名称"], ["示例市第1试制有限公司"]])
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.decide(writing, other.public_id, 2, "999999", actor=me)


def test_two_different_codes_are_two_firms_whatever_their_names(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    me = actor("spec_a")
    finish(check(me, [HEAD, firm(1)]), me)
    twin = firm(2)
    twin[0] = firm(1)[0]
    assert finish(check(me, [HEAD, twin]), me).created == 1
    assert db.session().scalar(select(func.count(Enterprise.id))) == 2


def test_a_faulty_cell_is_mended_in_place(check: Callable[..., Import], actor: ActorOf) -> None:
    me = actor("spec_a")
    bad = firm(1)
    bad[1], bad[2] = bad[1][:17], "2020/13/05"
    record = check(me, [HEAD, bad])
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
    check: Callable[..., Import], actor: ActorOf
) -> None:
    me = actor("spec_a")
    twin = firm(2)
    twin[1] = code(1)
    record = check(me, [HEAD, firm(1), twin, firm(3)])
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


def test_unknown_park_region_and_industry_are_named(check: Callable[..., Import], actor: ActorOf) -> None:
    record = check(
        actor("spec_a"),
        [
            ["企业名称", "园区", "地区", "行业代码", "登记状态"],
            ["试制有限公司", "丙区", "火星", "9999", "停产"],
        ],
    )
    assert {fault[1:] for fault in faults(record)} == {
        ("B", "park_unknown"), ("C", "region_unknown"), ("D", "industry_unknown"), ("E", "status"),
    }  # fmt: skip


def test_firms_of_another_zone_cannot_be_changed(check: Callable[..., Import], actor: ActorOf) -> None:
    head = ["企业名称", "信用代码", "园区"]
    finish(check(actor("spec_b"), [head, ["乙区试制有限公司", code(1), "乙区产业园"]]), actor("spec_b"))
    record = check(actor("spec_a"), [head, ["乙区试制有限公司二", code(1), "甲区产业园"]])
    assert faults(record) == [(2, "", "not_yours")]


def test_rights_are_asked_again_when_the_rows_are_written(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    head = ["企业名称", "信用代码", "园区"]
    record = check(actor("spec_a"), [head, ["试制有限公司", code(1), "甲区产业园"]])
    with unit_of_work() as session:
        values = {"name": "试制有限公司", "uscc": code(1), "park_id": None}
        park = session.scalars(select(Enterprise.park_id)).first()
        assert park is None
        enterprises.create(session, values, actor=actor("spec_b")).unit_id = actor("spec_b").unit_id
    record = finish(record, actor("spec_a"))
    assert (record.rejected, record.created) == (1, 0)
    assert "归其他单位管" in queries.row(db.session(), record, 2).reason


def test_others_neither_see_nor_go_on_with_an_import(check: Callable[..., Import], actor: ActorOf) -> None:
    record = check(actor("spec_a"), [HEAD, firm(1)])
    for stranger, error in (("spec_b", NotFound), ("leader", NotFound), ("spec_a2", NotPermitted)):
        with pytest.raises(error), unit_of_work() as session:
            service.leave_out(session, record.public_id, 2, actor=actor(stranger))
    assert reading.page(db.session(), listing.LIST, ListQuery(), actor=actor("spec_b")).total == 0
    assert reading.page(db.session(), listing.LIST, ListQuery(), actor=actor("head_a")).total == 1


def test_a_mapping_is_remembered_for_the_same_header(
    check: Callable[..., Import], actor: ActorOf, session: Session
) -> None:
    me = actor("spec_a")
    rows = [["企业名称", "代码甲", "落户日期"], ["试制有限公司", code(1), "2019-04-02"]]
    record = check(me, rows)
    assert set(record.mapping) == {"name"}
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.map_columns(writing, record.public_id, {"uscc": Place(1)}, version=None, actor=me)
    with unit_of_work() as writing:
        chosen = {"name": Place(0), "uscc": Place(1), "founded_on": Place(2)}
        service.map_columns(writing, record.public_id, chosen, version=None, actor=me)
    checking.check_file(record.id, actor=me)
    assert queries.counts(session, present(record)).create == 1
    again = check(me, rows)
    assert again.remembered and set(again.mapping) == {"name", "uscc", "founded_on"}
    assert not check(actor("spec_a2"), rows).remembered


def test_a_confirmed_import_cannot_be_changed_or_confirmed_again(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    me = actor("spec_a")
    record = check(me, [HEAD, firm(1)])
    finish(record, me)
    with pytest.raises(Conflict), unit_of_work() as session:
        service.mend(session, record.public_id, 2, {"name": "别的有限公司"}, actor=me)
    with pytest.raises(Conflict), unit_of_work() as session:
        service.confirm(session, record.public_id, existing="fill", only_correct=True, actor=me)


def test_a_late_worker_stops_without_writing(
    check: Callable[..., Import], actor: ActorOf, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursor has moved on since it read its rows: nothing of its batch may be written."""
    me = actor("spec_a")
    record = check(me, [HEAD, firm(1), firm(2)])
    with unit_of_work() as writing:
        service.confirm(writing, record.public_id, existing="fill", only_correct=True, queue=False, actor=me)
    handler = handler_for("enterprises")
    started = running._start(record.id)
    parts = Ahead(record.id, handler).parts(started.cursor, 10)
    running.run(record.id, actor=me)
    with pytest.raises(running.Overtaken):
        running._batch(started, handler, parts, running.Options(), me)
    assert db.session().scalar(select(func.count(Enterprise.id))) == 2
    adds_up(present(record))


def test_one_audit_row_for_each_batch(check: Callable[..., Import], actor: ActorOf, session: Session) -> None:
    me = actor("spec_a")
    record = finish(check(me, [HEAD, *(firm(number) for number in range(1, 301))]), me)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "imports.batch")).all()
    assert sum(entry.changes["created"][1] for entry in entries) == 300
    assert {entry.record_id for entry in entries} == {record.id} and len(entries) <= 16


def test_stopping_leaves_exact_accounts(check: Callable[..., Import], actor: ActorOf) -> None:
    me = actor("spec_a")
    record = check(me, [HEAD, *(firm(number) for number in range(1, 601))])
    with unit_of_work() as session:
        service.confirm(session, record.public_id, existing="fill", only_correct=True, queue=False, actor=me)
    handler = handler_for("enterprises")
    started = running._start(record.id)
    parts = Ahead(record.id, handler).parts(0, 100)
    running._batch(started, handler, parts, running.Options(), me)
    running.cancel_rest(record.id, actor=me)
    record = present(record)
    assert (record.state, record.created, record.skipped) == ("cancelled", 100, 500)
    adds_up(record)


def test_a_row_that_the_database_refuses_does_not_stop_the_others(
    check: Callable[..., Import], actor: ActorOf
) -> None:
    """Two rows of one file with one stock code under different credit codes meet in the unique index."""
    me = actor("spec_a")
    head = ["企业名称", "信用代码", "证券代码"]
    rows = [[f"第{number}试制有限公司", code(number), f"{number:06d}"] for number in range(1, 31)]
    rows[20][2] = rows[10][2]
    record = finish(check(me, [head, *rows]), me)
    assert record.state == "done" and record.created == 29 and record.rejected == 1
    adds_up(record)


def test_rows_are_staged_once_however_often_the_file_is_checked(
    check: Callable[..., Import], actor: ActorOf, session: Session
) -> None:
    record = check(actor("spec_a"), [HEAD, firm(1), firm(2)])
    checking.check_file(record.id, actor=actor("spec_a"))
    assert session.scalar(select(func.count(ImportRow.id))) == 2
