"""Everything that touched an enterprise stands on its page, as far as the reader may see it, at a fixed cost."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Unit
from core.audit import record
from core.db import db, unit_of_work
from core.permissions import SYSTEM, Actor
from crm.activity.models import Note
from crm.enterprises import bulk
from crm.enterprises.models import Contact, Enterprise, EnterpriseYear, Honour
from crm.greencards.models import GreenCard
from tests.support.browser import fill
from tests.support.greencards import Desk, desk

As = Callable[[str], FlaskClient]
__all__ = ["desk"]


def _timeline(client: FlaskClient, firm: str, asked: str = "") -> str:
    page = client.get(f"/enterprises/{firm}{asked}").get_data(as_text=True)
    return page.split('id="timeline"')[1].split("</section>")[0]


def test_cards_cases_and_talks_about_a_project_stand_on_the_enterprise(client_as: As, desk: Desk) -> None:
    card = desk.issued("a")
    client = client_as("spec_a")
    talk = {"how": "visit", "their_people": "邵庭", "summary": "看了二期厂房", "next_step": "送清单"}
    fill(client, f"/activity/project/{desk.projects['a']}/follow-up", **talk)
    found = _timeline(client, desk.firms["a"])
    assert "批准发卡" in found and f'href="/greencards/{card}"' in found
    assert "建立专班" in found and "看了二期厂房" in found
    assert f'href="/projects/{desk.projects["a"]}"' in found
    assert "批准发卡" not in _timeline(client, desk.firms["a"], "?show=follow")
    assert "看了二期厂房" not in _timeline(client, desk.firms["a"], "?show=change")


def test_who_may_not_see_a_part_does_not_read_of_it(client_as: As, desk: Desk) -> None:
    desk.issued("a")
    fill(client_as("spec_a"), f"/activity/project/{desk.projects['a']}/notes/new", text="价格谈不拢")
    found = _timeline(client_as("spec_b"), desk.firms["a"])
    assert "登记企业" in found
    assert "批准发卡" not in found and "价格谈不拢" not in found and "/projects/" not in found


def _statements(client: FlaskClient, address: str) -> int:
    seen: list[str] = []
    listen = lambda *args: seen.append(args[2])  # noqa: E731 - a listener needs an identity to be removed
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len([sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE"))])


def test_the_record_costs_a_fixed_number_of_statements_however_much_it_holds(
    client_as: As, desk: Desk, session: Session
) -> None:
    desk.issued("a")
    client, address = client_as("spec_a"), f"/enterprises/{desk.firms['a']}"
    firm = session.scalars(select(Enterprise).where(Enterprise.public_id == desk.firms["a"])).one().id
    card = session.scalars(select(GreenCard)).one().id
    session.rollback()
    _fill_up(firm, card, 1)
    client.get(address)
    few = _statements(client, address)
    for number in range(2, 30):
        _fill_up(firm, card, number)
    client.get(address)
    assert _statements(client, address) == few
    assert few <= 36


def _fill_up(firm: int, card: int, number: int) -> None:
    with unit_of_work() as writing:
        year = EnterpriseYear(enterprise_id=firm, year=1990 + number, source="测试", revenue_wan=number)
        honour = Honour(
            enterprise_id=firm,
            kind="other",
            name=f"荣誉{number}",
            level="municipal",
            granted_on=date(2020, 1, 1),
        )
        contact = Contact(enterprise_id=firm, person=f"联系人{number}", mobile=f"138000{number:05d}")
        note = Note(
            kind="enterprise",
            record_id=firm,
            text=f"备注{number}",
            account_id=1,
            account_name="甲",
            at=clock.now(),
        )
        writing.add_all([year, honour, contact, note])
        for kind, record_id in (("enterprise", firm), ("green_card", card)):
            record("enterprises.changed", kind, record_id, actor=SYSTEM, label="示例")


def test_who_takes_charge_is_read_by_name(client_as: As, desk: Desk, actor: Callable[[str], Actor]) -> None:
    firm = desk.firms["a"]
    with unit_of_work() as session:
        number = session.scalars(select(Enterprise.id).where(Enterprise.public_id == firm)).one()
        unit = session.scalars(select(Unit).where(Unit.code == "JKQ")).one()
        bulk.assign(session, number, {"unit_id": unit.id}, actor("office"))
        name = unit.name
    found = _timeline(client_as("office"), firm)
    assert "管理单位" in found and name in found


def test_however_long_it_is_the_first_line_is_reached_page_by_page(client_as: As, desk: Desk) -> None:
    client, firm = client_as("spec_a"), desk.firms["a"]
    with unit_of_work() as session:
        number = session.scalars(select(Enterprise.id).where(Enterprise.public_id == firm)).one()
        start = clock.now() - timedelta(days=300)
        session.add_all(
            Note(
                kind="enterprise", record_id=number, text=f"第{turn}次走访", account_id=1, account_name="甲",
                at=start + timedelta(hours=turn),
            )
            for turn in range(260)
        )  # fmt: skip
    seen: list[str] = []
    address = "?show=follow"
    for _page in range(5):
        found = _timeline(client, firm, address)
        seen += re.findall(r"第(\d+)次走访", found)
        further = re.search(r'href="[^"]*(\?show=follow&amp;from=\d+)#timeline"', found)
        if further is None:
            break
        address = further[1].replace("&amp;", "&")
    assert seen == [str(turn) for turn in range(259, -1, -1)]
    assert "回到最近的" in found and "没有更早的了" in _timeline(client, firm, "?show=follow&from=4000")
    for strange in ("-5", "x", "99999999999"):
        assert client.get(f"/enterprises/{firm}?from={strange}").status_code == 200
