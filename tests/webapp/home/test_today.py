"""今天: work by its deadline, panels by permission, and an honest empty state."""

import html
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core import clock, notify
from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import service as enterprises
from tests.conftest import csrf_of
from tests.support.world import World
from webapp.web import home
from webapp.web.home import Todo

ClientAs = Callable[[str], FlaskClient]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[Session, Actor], list[Todo]]]:
    """Only the sources that the test adds."""
    added: list[Callable[[Session, Actor], list[Todo]]] = []
    monkeypatch.setattr(home, "_todos", added)
    return added


def test_the_most_overdue_comes_first_and_what_has_no_day_last(
    app: Flask, sources: list[Callable[[Session, Actor], list[Todo]]], session: Session, world: World
) -> None:
    rows = [
        Todo(None, "没有期限", "甲", "/a", "看"),
        Todo(date(2026, 11, 25), "下周", "甲", "/b", "看"),
        Todo(date(2026, 11, 12), "过期", "甲", "/c", "看"),
    ]
    sources.append(lambda _session, _actor: rows)
    shown = home.todos(session, world.actor("spec_a"))
    assert [row.title for row in shown] == ["过期", "下周", "没有期限"]


@pytest.mark.parametrize(
    ("todo", "late"),
    [
        (Todo(date(2026, 11, 19), "x", "", "/", ""), True),
        (Todo(date(2026, 11, 20), "x", "", "/", ""), False),
        (Todo(date(2026, 11, 20), "x", "", "/", "", datetime(2026, 11, 20, 3, 0, tzinfo=UTC)), True),
        (Todo(date(2026, 11, 20), "x", "", "/", "", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)), False),
        (Todo(None, "x", "", "/", ""), False),
    ],
)
def test_an_hour_that_has_passed_is_late_on_the_same_day(todo: Todo, late: bool) -> None:
    with clock.frozen(NOON):
        assert todo.late is late


def test_the_page_says_how_much_is_late(
    sources: list[Callable[[Session, Actor], list[Todo]]], client_as: ClientAs
) -> None:
    client = client_as("spec_a")
    assert "今天没有要办的事" in client.get("/").get_data(as_text=True)
    past = Todo(clock.today(), "答复口径", "北屿", "/requests", "答复", clock.now().replace(year=2025))
    sources.append(lambda _session, _actor: [past])
    page = client.get("/").get_data(as_text=True)
    assert "要办 1 件，其中 1 件已过期" in page
    assert "已过</span>" in page


def test_notices_are_counted_read_and_only_ones_own(client_as: ClientAs, world: World) -> None:
    notify.words("test.said", "%(name)s 分给您一条线索")
    own, other = world.account("spec_a").id, world.account("spec_b").id
    with unit_of_work() as session:
        notify.notify(session, [own], "test.said", {"name": "陆闻笛"}, "/enterprises")
        notify.notify(session, [other], "test.said", {"name": "别人"}, "/enterprises")
    client = client_as("spec_a")
    page = client.get("/notices").get_data(as_text=True)
    assert "陆闻笛 分给您一条线索" in page
    assert "别人" not in page
    assert "消息，1 条未读" in page
    assert client.post("/notices/read", data={"csrf_token": csrf_of(page)}).status_code == 303
    assert "消息，0 条未读" in client.get("/").get_data(as_text=True)


def test_firms_of_mine_that_nobody_spoke_to_for_long_stand_on_the_day_and_lead_to_their_list(
    client_as: ClientAs, world: World
) -> None:
    me, by = world.account("spec_a").id, world.actor("spec_a")
    with unit_of_work() as session:
        for name, days in (("久未联系", 61), ("刚联系过", 3)):
            firm = enterprises.create(session, {"name": f"{name}有限公司", "reg_status": "active"}, actor=by)
            firm.specialist_id, firm.last_contact_on = me, clock.today() - timedelta(days=days)
    client = client_as("spec_a")
    panel = client.get("/").get_data(as_text=True).split('id="firms-silent"')[1].split("</section>")[0]
    assert "久未联系有限公司" in panel and "刚联系过" not in panel and "61 天前" in panel
    found = re.search(r'class="more" href="([^"]+)"', panel)
    assert found is not None
    listed = client.get(html.unescape(found[1])).get_data(as_text=True).split("<tbody")[1]
    assert "久未联系有限公司" in listed and "刚联系过" not in listed
    assert 'id="firms-silent"' not in client_as("spec_a2").get("/").get_data(as_text=True)
