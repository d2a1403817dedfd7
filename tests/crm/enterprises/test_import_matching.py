"""Which enterprise a row of a sheet is, and what it does to one that stands already (DOMAIN 3)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.errors import Invalid
from core.imports import choosing, queries
from core.permissions import Actor
from crm.enterprises.models import Enterprise, FormerName
from tests.crm.enterprises.conftest import Check
from tests.support.importing import adds_up, faults, finish, known
from tests.support.sheets import HEAD, code, firm

ActorOf = Callable[[str], Actor]


def test_known_firms_are_updated_by_code_and_keep_what_the_sheet_leaves_blank(
    check_firms: Check, actor: ActorOf, session: Session
) -> None:
    me = actor("spec_a")
    finish(check_firms(me, [HEAD, firm(1), firm(2)]), me)
    changed = firm(1)
    changed[3], changed[2] = 8000, None
    record = check_firms(me, [HEAD, changed, firm(2), firm(3)])
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
    check_firms: Check, actor: ActorOf, existing: str, capital: str, address: str
) -> None:
    me = actor("spec_a")
    finish(check_firms(me, [HEAD, firm(1)]), me)
    record = check_firms(me, [[*HEAD, "注册地址"], [*firm(1)[:3], 9999, "3974", "甲路1号"]])
    record = finish(record, me, existing)
    adds_up(record)
    found = known(db.session(), uscc=code(1))
    assert str(found.reg_capital_wan).rstrip("0") == capital and found.reg_address == address


def test_a_new_name_under_the_same_code_keeps_the_old_one_as_former(
    check_firms: Check, actor: ActorOf
) -> None:
    me = actor("spec_a")
    finish(check_firms(me, [HEAD, firm(1)]), me)
    finish(check_firms(me, [HEAD[:2], ["示例市更名试制股份有限公司", code(1)]]), me)
    firm_ = known(db.session(), uscc=code(1))
    assert firm_.name == "示例市更名试制股份有限公司" and "geng" in firm_.pinyin
    assert db.session().scalars(select(FormerName.name)).all() == ["示例市第1试制有限公司"]


def test_a_listed_company_is_known_by_its_stock_code_and_gets_its_credit_code(
    check_firms: Check, actor: ActorOf
) -> None:
    me = actor("spec_a")
    finish(
        check_firms(
            me, [["symbol", "name", "industry", "list_date"], ["000725", "京东方A", "元器件", "2001-01-12"]]
        ),
        me,
    )
    assert known(db.session(), stock_code="000725").uscc is None
    finish(
        check_firms(me, [["证券代码", "企业名称", "信用代码"], [725, "京东方科技集团股份有限公司", code(7)]]),
        me,
    )
    assert known(db.session(), stock_code="000725").uscc == code(7)


def test_two_codes_of_different_firms_in_one_row_are_a_fault(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    head = ["企业名称", "信用代码", "证券代码"]
    finish(
        check_firms(me, [head, ["甲试制有限公司", code(1), "000001"], ["乙试制有限公司", code(2), "000002"]]),
        me,
    )
    record = check_firms(me, [head, ["甲试制有限公司", code(1), "000002"]])
    assert faults(record) == [(2, "B", "clash")]


def test_the_same_name_without_a_code_is_asked_about_never_merged(
    check_firms: Check, actor: ActorOf, session: Session
) -> None:
    me = actor("spec_a")
    finish(check_firms(me, [HEAD, firm(1)]), me)
    record = check_firms(me, [["企业名称", "注册地址"], ["示例市第１试制 有限公司", "甲路1号"]])
    assert queries.counts(session, record).ask == 1
    row = queries.row(session, record, 2)
    suspect = row.note["suspects"][0][0] if row.note else 0
    assert finish(record, me).skipped == 1
    assert db.session().scalar(select(func.count(Enterprise.id))) == 1

    for decision, expected in ((str(suspect), 1), ("new", 2)):
        record = check_firms(me, [["企业名称", "注册地址"], ["示例市第１试制 有限公司", f"{decision}路"]])
        with unit_of_work() as writing:
            choosing.decide(writing, record.public_id, 2, decision, actor=me)
        adds_up(finish(record, me))
        assert db.session().scalar(select(func.count(Enterprise.id))) == expected
    other = check_firms(me, [["企业名称"], ["示例市第1试制有限公司"]])
    with pytest.raises(Invalid), unit_of_work() as writing:
        choosing.decide(writing, other.public_id, 2, "999999", actor=me)


def test_two_different_codes_are_two_firms_whatever_their_names(check_firms: Check, actor: ActorOf) -> None:
    me = actor("spec_a")
    finish(check_firms(me, [HEAD, firm(1)]), me)
    twin = firm(2)
    twin[0] = firm(1)[0]
    assert finish(check_firms(me, [HEAD, twin]), me).created == 1
    assert db.session().scalar(select(func.count(Enterprise.id))) == 2
