"""A confirmed sheet into the register: values, rights, accounts, a worker that comes late."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, NotFound, NotPermitted
from core.imports import listing, queries, running, service
from core.imports.ahead import Ahead
from core.imports.handlers import handler_for
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.enterprises import cutting, name_grams
from crm.enterprises import service as enterprises
from crm.enterprises.duplicates.keys import EnterpriseKey
from crm.enterprises.models import Enterprise
from crm.enterprises.name_grams import EnterpriseGram
from tests.crm.enterprises.conftest import Check
from tests.support.importing import adds_up, faults, finish, known, present
from tests.support.sheets import HEAD, code, firm

ActorOf = Callable[[str], Actor]


def test_what_is_written_is_what_the_sheet_says(check_firms: Check, actor: ActorOf, session: Session) -> None:
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
    finish(check_firms(actor("spec_a"), [head, row]), actor("spec_a"))
    firm_ = known(session, uscc=code(1))
    assert firm_.founded_on is not None and firm_.founded_on.isoformat() == "2019-04-02"
    assert firm_.reg_capital_wan == 12500
    assert (firm_.industry_code, firm_.stock_code, firm_.reg_status) == ("3974", "000725", "active")
    assert firm_.park is not None and firm_.park.code == "Z1-01" and firm_.unit_id == firm_.park.unit_id
    assert firm_.region_code == "519900"
    assert [each.name for each in firm_.former_names] == ["明栖厂", "明栖公司"]
    assert firm_.initials and firm_.sort_key and firm_.source == "年报.xlsx"
    assert session.get(SearchDoc, ("enterprise", firm_.id)) is not None


@pytest.mark.parametrize("count", [30, 1100])
def test_all_that_is_kept_of_names_is_written_whoever_cuts_them(
    count: int, check_firms: Check, actor: ActorOf, session: Session
) -> None:
    """The process beside a long import writes what the register writes when a name is entered by hand."""
    head, me = ["企业名称", "信用代码", "简称", "曾用名"], actor("spec_a")
    rows = [
        [f"绵阳第{n}试制有限公司", code(n), f"{n}试" * (n % 3), "旧厂" * (n % 2)] for n in range(1, count + 1)
    ]
    assert finish(check_firms(me, [head, *rows]), me).created == count

    def kept() -> tuple[list[Any], list[Any], list[Any]]:
        derived = [getattr(Enterprise, name) for name in cutting.DERIVED]
        return (
            session.execute(
                select(Enterprise.name, Enterprise.short_name, *derived).order_by(Enterprise.id)
            ).all(),
            session.execute(select(EnterpriseGram.gram, EnterpriseGram.enterprise_id)).all(),
            session.execute(select(EnterpriseKey.key, EnterpriseKey.enterprise_id)).all(),
        )

    firms, grams, keys = kept()
    assert all(tuple(firm)[2:] == tuple(cutting.derived_names(*firm[:2]).values()) for firm in firms)
    assert len(grams) > 8 * count and len(keys) >= 3 * count
    session.rollback()
    with unit_of_work() as writing:
        name_grams.renew(writing, writing.scalars(select(Enterprise.id)).all())
    _firms, grams_by_hand, keys_by_hand = kept()
    assert (set(grams), set(keys)) == (set(grams_by_hand), set(keys_by_hand))


def test_firms_of_another_zone_cannot_be_changed(check_firms: Check, actor: ActorOf) -> None:
    head = ["企业名称", "信用代码", "园区"]
    finish(check_firms(actor("spec_b"), [head, ["乙区试制有限公司", code(1), "乙区产业园"]]), actor("spec_b"))
    record = check_firms(actor("spec_a"), [head, ["乙区试制有限公司二", code(1), "甲区产业园"]])
    assert faults(record) == [(2, "", "not_yours")]


def test_rights_are_asked_again_when_the_rows_are_written(check_firms: Check, actor: ActorOf) -> None:
    head = ["企业名称", "信用代码", "园区"]
    record = check_firms(actor("spec_a"), [head, ["试制有限公司", code(1), "甲区产业园"]])
    with unit_of_work() as session:
        values = {"name": "试制有限公司", "uscc": code(1), "park_id": None}
        park = session.scalars(select(Enterprise.park_id)).first()
        assert park is None
        enterprises.create(session, values, actor=actor("spec_b")).unit_id = actor("spec_b").unit_id
    record = finish(record, actor("spec_a"))
    assert (record.rejected, record.created) == (1, 0)
    assert "归其他单位管" in queries.row(db.session(), record, 2).reason


def test_others_neither_see_nor_go_on_with_an_import(check_firms: Check, actor: ActorOf) -> None:
    record = check_firms(actor("spec_a"), [HEAD, firm(1)])
    for stranger, error in (("spec_b", NotFound), ("leader", NotFound), ("spec_a2", NotPermitted)):
        with pytest.raises(error), unit_of_work() as session:
            service.leave_out(session, record.public_id, 2, actor=actor(stranger))
    assert reading.page(db.session(), listing.LIST, ListQuery(), actor=actor("spec_b")).total == 0
    assert reading.page(db.session(), listing.LIST, ListQuery(), actor=actor("head_a")).total == 1


def test_a_confirmed_import_cannot_be_changed_or_confirmed_again(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    record = check_firms(me, [HEAD, firm(1)])
    finish(record, me)
    with pytest.raises(Conflict), unit_of_work() as session:
        service.mend(session, record.public_id, 2, {"name": "别的有限公司"}, actor=me)
    with pytest.raises(Conflict), unit_of_work() as session:
        service.confirm(session, record.public_id, existing="fill", only_correct=True, actor=me)


def test_a_late_worker_stops_without_writing(
    check_firms: Check, actor: ActorOf, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursor has moved on since it read its rows: nothing of its batch may be written."""
    me = actor("spec_a")
    record = check_firms(me, [HEAD, firm(1), firm(2)])
    with unit_of_work() as writing:
        service.confirm(writing, record.public_id, existing="fill", only_correct=True, queue=False, actor=me)
    handler = handler_for("enterprises")
    started = running._start(record.id)
    parts = Ahead(record.id, handler, 2).parts(started.cursor, 10)
    running.run(record.id, actor=me)
    with pytest.raises(running.Overtaken):
        running._batch(started, handler, parts, running.Options(), me)
    assert db.session().scalar(select(func.count(Enterprise.id))) == 2
    adds_up(present(record))


def test_one_audit_row_for_each_batch(check_firms: Check, actor: ActorOf, session: Session) -> None:
    me = actor("spec_a")
    record = finish(check_firms(me, [HEAD, *(firm(number) for number in range(1, 301))]), me)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "imports.batch")).all()
    assert sum(entry.changes["created"][1] for entry in entries) == 300
    assert {entry.record_id for entry in entries} == {record.id} and len(entries) <= 16


def test_stopping_leaves_exact_accounts(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    record = check_firms(me, [HEAD, *(firm(number) for number in range(1, 601))])
    with unit_of_work() as session:
        service.confirm(session, record.public_id, existing="fill", only_correct=True, queue=False, actor=me)
    handler = handler_for("enterprises")
    started = running._start(record.id)
    parts = Ahead(record.id, handler, 2).parts(0, 100)
    running._batch(started, handler, parts, running.Options(), me)
    running.cancel_rest(record.id, actor=me)
    record = present(record)
    assert (record.state, record.created, record.skipped) == ("cancelled", 100, 500)
    adds_up(record)


def test_a_row_that_the_database_refuses_does_not_stop_the_others(check_firms: Check, actor: ActorOf) -> None:
    """Two rows of one file with one stock code under different credit codes meet in the unique index."""
    me = actor("spec_a")
    head = ["企业名称", "信用代码", "证券代码"]
    rows = [[f"第{number}试制有限公司", code(number), f"{number:06d}"] for number in range(1, 31)]
    rows[20][2] = rows[10][2]
    record = finish(check_firms(me, [head, *rows]), me)
    assert record.state == "done" and record.created == 29 and record.rejected == 1
    adds_up(record)
