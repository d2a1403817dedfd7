"""A whole import taken back: what stands as it was left, and nothing that somebody touched since."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core import clock, settings
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, NotFound, Refused
from core.imports import intake, keeping, queries, undoing
from core.imports.models import Import, ImportRow
from core.permissions import SYSTEM, Actor
from crm.enterprises import contacts
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise, FormerName
from crm.enterprises.name_grams import EnterpriseGram
from crm.enterprises.tags import EnterpriseTag
from tests.crm.enterprises.conftest import Check
from tests.support.importing import finish, known
from tests.support.sheets import HEAD, code, firm

ActorOf = Callable[[str], Actor]


def take_back(record: Import, actor: Actor) -> Import:
    with unit_of_work() as session:
        undoing.ask(session, record.public_id, queue=False, actor=actor)
    undoing.undo(record.id, actor=actor)
    db.session.remove()
    return db.session().get_one(Import, record.id)


def groups(record: Import) -> dict[int, tuple[str | None, str]]:
    rows = db.session().scalars(select(ImportRow).where(ImportRow.import_id == record.id))
    return {row.row_no: (row.undone, row.undo_reason) for row in rows}


def change(number: int, actor: Actor, **values: Any) -> None:
    with unit_of_work() as session:
        record = known(session, uscc=code(number))
        enterprises.update(session, record.public_id, values, version=record.version, actor=actor)


def test_what_was_made_and_not_touched_is_gone_and_the_rest_is_kept_with_the_reason(
    check_firms: Check, actor: ActorOf
) -> None:
    me, elsewhere = actor("spec_a"), actor("spec_b").unit_id
    record = finish(check_firms(me, [HEAD, *(firm(number) for number in range(1, 6))]), me)
    change(2, me, reg_address="甲路1号")
    with unit_of_work() as session:
        firm_3 = known(session, uscc=code(3)).public_id
        contacts.add(session, firm_3, {"person": "闻亦川", "mobile": "13800001234"}, actor=me)
        firm_4 = known(session, uscc=code(4)).id
        session.execute(update(Enterprise).where(Enterprise.id == firm_4).values(unit_id=elsewhere))
    record = take_back(record, me)

    assert (record.state, record.reversed, record.kept, record.stuck) == ("undone", 2, 2, 1)
    found = groups(record)
    assert found[2] == found[6] == ("reversed", "")
    assert found[3] == ("kept", "导入之后被人改过") and found[4] == ("kept", "导入之后有了联系人")
    assert found[5] == ("failed", "归其他单位管，您不能改。")
    session = db.session()
    left = session.scalars(select(Enterprise.uscc).order_by(Enterprise.id)).all()
    assert left == [code(2), code(3), code(4)]
    assert session.scalar(select(func.count(func.distinct(EnterpriseGram.enterprise_id)))) == 3
    assert session.scalar(select(func.count()).where(SearchDoc.version > 1)) == 3


def test_replaced_values_come_back_but_cells_changed_since_stay(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    finish(check_firms(me, [HEAD, firm(1), firm(2)]), me)
    before = {
        name: getattr(known(db.session(), uscc=code(1)), name) for name in ("name", "pinyin", "founded_on")
    }
    head = [*HEAD[:3], "注册资本（万元）", "注册地址"]
    rows = [
        ["示例市改名有限公司", code(1), "2020-01-05", "7000.25", "乙路2号"],
        ["示例市第2试制有限公司", code(2), "2019-04-02", 8000, "丙路3号"],
    ]
    second = finish(check_firms(me, [head, *rows]), me)
    assert second.updated == 2
    assert [each.name for each in db.session().scalars(select(FormerName))] == ["示例市第1试制有限公司"]
    change(2, me, reg_address="丁路4号")
    second = take_back(second, me)

    assert (second.reversed, second.kept, second.stuck) == (1, 1, 0)
    assert groups(second)[3] == ("kept", "导入之后被人改过，没有动：注册地址")
    first = known(db.session(), uscc=code(1))
    assert {name: getattr(first, name) for name in before} == before
    assert first.reg_capital_wan == pytest.approx(5000.5) and first.reg_address == ""
    assert db.session().scalar(select(func.count(FormerName.id))) == 0
    other = known(db.session(), uscc=code(2))
    assert other.reg_address == "丁路4号" and other.reg_capital_wan == pytest.approx(5000.5)


def test_an_undo_that_broke_off_goes_on_where_it_stopped(
    check_firms: Check, actor: ActorOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = actor("spec_a")
    monkeypatch.setattr(undoing, "PART", 5)
    record = finish(check_firms(me, [HEAD, *(firm(number) for number in range(1, 31))]), me)
    with unit_of_work() as session:
        undoing.ask(session, record.public_id, queue=False, actor=me)

    class Killed(Exception):
        pass

    def die(record: Import) -> int:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(undoing, "_REPORT_SECONDS", -1.0)
        patch.setattr(undoing, "taken_back", die)
        undoing.undo(record.id, actor=me, progress=lambda _done, _total: None)
    half = db.session().get_one(Import, record.id)
    db.session().refresh(half)
    assert half.state == "undoing" and 0 < half.reversed < 30
    undoing.undo(record.id, actor=me)
    done = db.session().get_one(Import, record.id)
    db.session().refresh(done)
    assert (done.state, done.reversed, done.kept, done.stuck) == ("undone", 30, 0, 0)
    assert db.session().scalar(select(func.count(Enterprise.id))) == 0
    assert {group for group, _reason in groups(done).values()} == {"reversed"}


def test_it_is_refused_too_late_twice_and_to_strangers(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    record = finish(check_firms(me, [HEAD, firm(1)]), me)
    with pytest.raises(NotFound), unit_of_work() as session:
        undoing.ask(session, record.public_id, actor=actor("spec_b"))
    with unit_of_work() as session:
        settings.put(session, undoing.DAYS, 3, actor=SYSTEM)
        session.get_one(Import, record.id).finished_at = clock.now() - timedelta(days=4)
    with pytest.raises(Refused) as late, unit_of_work() as session:
        undoing.ask(session, record.public_id, actor=me)
    assert "超过 3 天" in str(late.value.missing[0].message)
    with unit_of_work() as session:
        session.get_one(Import, record.id).finished_at = clock.now() - timedelta(days=2)
    take_back(record, me)
    with pytest.raises(Conflict), unit_of_work() as session:
        undoing.ask(session, record.public_id, actor=me)
    nothing = finish(check_firms(me, [HEAD, firm(2)]), me)
    take_back(nothing, me)
    assert queries.get(db.session(), nothing.public_id, actor=me).reversed == 1


def test_the_file_goes_when_an_import_can_no_longer_be_taken_back(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    done = finish(check_firms(me, [HEAD, firm(1)]), me)
    waiting, fresh = check_firms(me, [HEAD, firm(2)]), check_firms(me, [HEAD, firm(3)])
    files = {each.id: intake.folder() / each.stored_as for each in (done, waiting, fresh)}
    old = clock.now() - timedelta(days=8)
    db.session.remove()
    with unit_of_work() as session:
        settings.put(session, undoing.DAYS, 7, actor=SYSTEM)
        session.execute(update(Import).where(Import.id == done.id).values(finished_at=old))
        session.execute(update(Import).where(Import.id == waiting.id).values(created_at=old))
    assert all(path.exists() for path in files.values())
    assert keeping.remove_old(clock.now()) == 2
    assert [number for number, path in files.items() if path.exists()] == [fresh.id]
    states = dict(db.session().execute(select(Import.id, Import.state)).all())
    assert (states[done.id], states[waiting.id], states[fresh.id]) == ("done", "cancelled", "checked")
    rows = dict(
        db.session().execute(select(ImportRow.import_id, func.count()).group_by(ImportRow.import_id)).all()
    )
    assert rows == {done.id: 1, fresh.id: 1}
    told = select(AuditEntry.record_id).where(AuditEntry.action == "imports.file_removed")
    assert sorted(db.session().scalars(told)) == sorted([done.id, waiting.id])
    db.session.remove()
    assert keeping.remove_old(clock.now()) == 0


def test_tags_follow_a_name_that_an_import_or_a_person_gives_and_an_undo_takes(
    check_firms: Check, actor: ActorOf
) -> None:
    """Lists of one tag are read by the sort key that the tag keeps."""
    me = actor("spec_a")

    def kept(name: str) -> bool:
        session = db.session()
        firms = session.execute(
            select(Enterprise.name, Enterprise.sort_key, EnterpriseTag.sort_key).join(
                EnterpriseTag, EnterpriseTag.enterprise_id == Enterprise.id
            )
        ).all()
        session.rollback()
        return [(name, True)] == [(firm.name, firm[1] == firm[2] != "") for firm in firms]

    finish(check_firms(me, [HEAD, firm(1)]), me)
    change(1, me, tags=["重点"])
    assert kept(firm(1)[0])
    change(1, me, name="安澜光电有限公司")
    assert kept("安澜光电有限公司")
    record = finish(check_firms(me, [HEAD, ["泽远光电有限公司", *firm(1)[1:]]]), me)
    assert record.updated == 1 and kept("泽远光电有限公司")
    take_back(record, me)
    assert kept("安澜光电有限公司")
