"""My tasks, told in time, and the calendar feed with a token that can be taken back."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core import clock, notify
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.permissions import Actor
from crm.activity import service, tasks
from crm.activity.models import FollowUp, Task
from crm.activity.service import Subject
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise
from tests.support.forms import PDF, parse, post_forms
from tests.support.world import World
from tests.webapp.web.test_pages import check_page
from webapp.staff.activity import views
from webapp.web import home

ClientAs = Callable[[str], FlaskClient]
ActorOf = Callable[[str], Actor]


@pytest.fixture
def firm(world: World, actor: ActorOf) -> Enterprise:
    park_id = world.park("Z1-01").id
    world.session.rollback()
    with unit_of_work() as session:
        values = {"name": "示例市华澜光电科技有限公司", "reg_status": "active", "park_id": park_id}
        return enterprises.create(session, values, actor=actor("spec_a"))


def _task(firm: Enterprise, owner: int, actor: Actor, due_on: date, title: str = "送资料") -> str:
    with unit_of_work() as session:
        subject = Subject("enterprise", firm.id, firm.name, firm.unit_id)
        return service.add_task(
            session,
            subject,
            sort="todo",
            title=title,
            due_on=due_on,
            owner_id=owner,
            owner_text="",
            actor=actor,
        ).public_id


def _form(client: FlaskClient, url: str, action: str = "") -> object:
    main = client.get(url).get_data(as_text=True).split("<main")[1]
    return next(
        form for form in post_forms(parse("<main" + main), url) if form.action.endswith(action or url)
    )


def _told(session: Session, account_id: int) -> list[str]:
    session.rollback()
    return [notify.text_of(row) for row in notify.latest(session, account_id)]


def test_who_gets_a_task_is_told_and_finds_it_in_his_list(
    client_as: ClientAs, session: Session, world: World, actor: ActorOf, firm: Enterprise
) -> None:
    mine = world.account("spec_a2").id
    pid = _task(firm, mine, actor("head_a"), clock.today() + timedelta(days=3))
    assert _told(session, mine) == [
        f"甲区负责人交给您一件事，{(clock.today() + timedelta(days=3)).isoformat()} 前办：送资料"
    ]
    home = client_as("spec_a2").get("/")
    assert home.status_code == 200 and f"/tasks/{pid}" in home.get_data(as_text=True)
    page = client_as("spec_a2").get("/tasks?view=mine").get_data(as_text=True)
    assert "送资料" in page and "示例市华澜光电科技有限公司" in page
    assert "送资料" in client_as("head_a").get("/tasks?view=given").get_data(as_text=True)
    assert "送资料" not in client_as("spec_b").get("/tasks").get_data(as_text=True)
    answer = client_as("spec_a2").get(f"/tasks/{pid}")
    assert urlsplit(answer.headers["Location"]).path.endswith(f"/tasks/{pid}")
    assert client_as("leader").get("/tasks").status_code in (403, 404)


def test_a_task_of_the_week_stands_on_the_day_of_its_owner(
    client_as: ClientAs, world: World, actor: ActorOf, firm: Enterprise
) -> None:
    pid = _task(firm, world.account("spec_a2").id, actor("head_a"), clock.today() + timedelta(days=2))
    page = client_as("spec_a2").get("/").get_data(as_text=True)
    assert "送资料" in page and f"/activity/enterprise/{firm.public_id}/tasks/{pid}" in page
    assert "送资料" not in client_as("spec_b").get("/").get_data(as_text=True)


def test_a_day_before_and_when_it_is_over_the_owner_is_told_once(
    session: Session, world: World, actor: ActorOf, firm: Enterprise
) -> None:
    mine = world.account("spec_a").id
    today = clock.today()
    for days in (-2, -1, 0, 1, 2):
        _task(firm, mine, actor("spec_a"), today + timedelta(days=days), f"第 {days} 天的事")
    for _run in range(2):
        with unit_of_work() as writing:
            assert tasks.tell_due(writing, today) == 3
    told = _told(session, mine)
    assert len(told) == 3
    assert any(text.startswith("已过期：第 -1 天的事") for text in told)


def _feed(client: FlaskClient, named: bool) -> str:
    form = _form(client, "/tasks/calendar")
    if named:
        form.values["named"] = ["y"]  # type: ignore[attr-defined]  # a PageForm
    status, text, _place = form.send(client)  # type: ignore[attr-defined]  # a PageForm
    assert status == 200
    found = re.search(r"http://[^<\s]+/tasks/feed/[^<\s]+\.ics", text)
    assert found is not None
    return urlsplit(found[0]).path


def test_the_calendar_says_what_is_to_be_done_without_naming_the_firm(
    client_as: ClientAs, world: World, actor: ActorOf, firm: Enterprise
) -> None:
    day = clock.today() + timedelta(days=40)
    _task(firm, world.account("spec_a").id, actor("spec_a"), day, "送资料，带公章；请备好")
    client, stranger = client_as("spec_a"), client_as("spec_b")
    answer = stranger.get(_feed(client, named=False))
    text = answer.get_data(as_text=True)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in text
    assert "SUMMARY:送资料，带公章；请备好" in text and "华澜" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    named = stranger.get(_feed(client, named=True)).get_data(as_text=True).replace("\r\n ", "")
    assert "（示例市华澜光电科技有限公司）" in named


def test_an_address_ends_at_once_and_a_new_one_ends_the_old(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    first = _feed(client, named=False)
    second = _feed(client, named=False)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    _form(client, "/tasks/calendar", "/revoke").send(client)  # type: ignore[attr-defined]  # a PageForm
    assert client.get(second).status_code == 404
    assert client.get("/tasks/feed/lzc_nothing.ics").status_code == 404
    deeds = session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "calendar_feed")).all()
    assert deeds.count("calendar.feed_opened") == 2 and deeds.count("calendar.feed_revoked") == 2


def test_a_follow_up_keeps_its_files_and_the_days_of_contact(
    client_as: ClientAs, session: Session, firm: Enterprise
) -> None:
    client = client_as("spec_a")
    url = f"/activity/enterprise/{firm.public_id}/follow-up"
    form = _form(client, url)
    given = {
        "how": "visit",
        "their_people": "邵庭（部长）",
        "summary": "看了二期厂房的进度",
        "next_step": "下周送政策清单",
        "next_on": (clock.today() + timedelta(days=7)).isoformat(),
        "files": [
            (
                io.BytesIO(PDF),
                "纪要.pdf",
            )
        ],
    }
    data = {name: values for name, values in form.values.items() if name != "files"}  # type: ignore[attr-defined]  # a PageForm
    answer = client.post(url, data={**data, **given}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    kept = session.scalars(select(FollowUp)).one()
    assert [name for _pid, name in kept.files] == ["纪要.pdf"]
    page = client.get(f"/enterprises/{firm.public_id}").get_data(as_text=True)
    assert page.count("纪要.pdf") >= 2 and "下周送政策清单" in page and "上次联系" in page
    record = session.scalars(select(Enterprise)).one()
    assert record.last_contact_on == clock.today()
    assert record.next_contact_on == clock.today() + timedelta(days=7)
    assert session.scalars(select(Task)).all() == []


def test_what_falls_due_is_read_by_kind_and_not_task_by_task(
    firm: Enterprise, world: World, actor: ActorOf, session: Session
) -> None:
    mine, owner = actor("spec_a"), world.account("spec_a").id

    def statements() -> int:
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731 - a listener needs an identity to be removed
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            with client_app.test_request_context("/"):
                assert views._tasks_due(session, mine)
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
            session.rollback()
            session.expire_all()
        return len([sql for sql in seen if sql.startswith("SELECT")])

    client_app = current_app._get_current_object()  # type: ignore[attr-defined]  # the app behind the proxy
    _task(firm, owner, mine, clock.today())
    one = statements()
    for number in range(4):
        _task(firm, owner, mine, clock.today(), f"第 {number} 件")
    assert statements() == one <= 2


def test_all_that_a_day_counts_stands_in_the_list_it_leads_to(
    firm: Enterprise, client_as: ClientAs, world: World, actor: ActorOf
) -> None:
    me = world.account("spec_a").id
    world.session.rollback()
    _task(firm, me, actor("spec_a"), clock.today() - timedelta(days=1), "送资料")
    with unit_of_work() as session:
        own = session.get_one(Enterprise, firm.id)
        own.specialist_id, own.next_contact_on = me, clock.today()
    client = client_as("spec_a")
    day = client.get("/").get_data(as_text=True)
    assert "要办 2 件，其中 1 件已过期" in day and 'href="/tasks?view=mine"' in day
    mine = client.get("/tasks?view=mine").get_data(as_text=True)
    check_page(mine)
    assert "记录上等我办的" in mine and "联系企业" in mine and "送资料" in mine
    assert mine.split("<main")[1].count("送资料</a>") == 1, "a task stands there once"
    late = client.get("/tasks?view=late").get_data(as_text=True)
    assert "联系企业" not in late and "送资料" in late
    for view in ("given", "done"):
        assert "联系企业" not in client.get(f"/tasks?view={view}").get_data(as_text=True)


def test_a_long_day_says_how_much_more_there_is(
    client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    rows = [home.Todo(clock.today(), f"第 {number:02} 件", "甲", "/leads", "去办") for number in range(23)]
    monkeypatch.setattr(home, "_todos", [lambda _session, _actor: rows])
    client = client_as("spec_a")
    day = client.get("/").get_data(as_text=True)
    assert "要办 23 件" in day and "第 19 件" in day and "第 20 件" not in day and "还有 3 件" in day
    assert "第 22 件" in client.get("/tasks?view=mine").get_data(as_text=True)
    alone = client_as("security").get("/").get_data(as_text=True)
    assert "第 22 件" in alone, "who has no list of tasks sees all of them here"
