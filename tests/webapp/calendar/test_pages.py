"""The calendar: a year's page, uploads with faults by row, deadlines that move and move back, the reminder."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import calendar, clock
from core.audit import AuditEntry
from core.calendar import CalendarRow
from core.calendar_changes import CalendarUpload
from core.clock import SHANGHAI
from core.db import db, unit_of_work
from core.jobs import runner, service
from core.notify import Notice
from core.permissions import SYSTEM
from crm.service_requests.models import ServiceRequest
from tests.support.browser import fill, saved
from tests.support.browser import text as text_of
from tests.support.requests import Scene
from tests.support.sheets import workbook
from webapp.staff.calendar import views

As = Callable[[str], FlaskClient]
NEXT = (
    "日期,类型,名称\n2027-01-01,放假,元旦\n2027年1月2日,放假,元旦\n2027/1/3,放假,元旦\n2027-01-10,上班,元旦\n"
)


def send(client: FlaskClient, data: bytes, name: str = "放假安排.csv") -> Any:
    return fill(client, "/calendar/new", file=(io.BytesIO(data), name))


def decide(client: FlaskClient, pid: str, verb: str, version: int = 0) -> int:
    """Press the button; without a version, with the one that stands."""
    with client.application.app_context():
        standing = db.session.scalar(select(CalendarUpload.version).where(CalendarUpload.public_id == pid))
        db.session.rollback()
    version = version or standing or 1
    token = text_of(client.get("/calendar")).split('name="csrf_token" value="')[1].split('"')[0]
    values = {"csrf_token": token, "version": str(version)}
    return client.post(f"/calendar/uploads/{pid}/{verb}", data=values).status_code


def test_the_year_shows_holidays_make_up_days_and_what_is_provisional(client_as: As) -> None:
    page = text_of(client_as("spec_a").get("/calendar?year=2026"))
    assert "全年 248 个工作日" in page and 'class="extra' in page and "国庆节" in page
    assert "上传安排" not in page
    beyond = text_of(client_as("spec_a").get("/calendar?year=2027"))
    assert "暂定" in beyond and 'class="provisional rest' in beyond and "元旦（暂定）" in beyond


@pytest.mark.parametrize("year", ["99999999999999999999", "abc", "-5", "0", "1", "２０２６"])
def test_a_strange_year_is_this_year(client_as: As, year: str) -> None:
    assert client_as("spec_a").get(f"/calendar?year={year}").status_code == 200


def test_an_upload_is_previewed_applied_once_and_taken_back(client_as: As, session: Session) -> None:
    admin = client_as("admin")
    url = saved(send(admin, NEXT.encode("gb18030")))
    page = text_of(admin.get(url))
    assert "待确认" in page and "2027-01-10" in page and "调休上班" in page
    assert calendar.present(session).known_until == date(2026, 12, 31)
    session.rollback()
    pid = url.rsplit("/", 1)[1]
    assert decide(admin, pid, "apply", 1) == 303
    assert decide(admin, pid, "apply", 1) in (409, 422)
    days = calendar.present(session)
    assert days.known_until == date(2027, 12, 31) and days.is_workday(date(2027, 1, 10))
    session.rollback()
    assert decide(admin, pid, "undo") == 303
    assert calendar.present(session).known_until == date(2026, 12, 31)
    assert session.scalar(select(CalendarRow).where(CalendarRow.on == date(2027, 1, 1))) is None
    deeds = session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "calendar")).all()
    assert deeds == ["calendar.changed", "calendar.undone"]


def test_a_day_that_stood_already_comes_back_and_a_later_change_is_not_overwritten(
    client_as: As, session: Session
) -> None:
    admin = client_as("admin")
    first = saved(send(admin, "日期,类型,名称\n2026-10-10,停工,园区检修\n".encode()))
    assert decide(admin, first.rsplit("/", 1)[1], "apply", 1) == 303
    assert not calendar.present(session).is_workday(date(2026, 10, 10))
    session.rollback()
    second = saved(send(admin, "日期,类型,名称\n2026-10-10,本地上班,照常\n".encode()))
    assert decide(admin, second.rsplit("/", 1)[1], "apply", 1) == 303
    assert decide(admin, first.rsplit("/", 1)[1], "undo") == 422
    assert decide(admin, second.rsplit("/", 1)[1], "undo") == 303
    assert not calendar.present(session).is_workday(date(2026, 10, 10))
    session.rollback()
    assert decide(admin, first.rsplit("/", 1)[1], "undo") == 303
    assert calendar.present(session).is_workday(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("日期,类型\n2027-01-01,放假\n2027/13/01,放假\n2027-01-02,庆祝\n2027-01-01,上班\n", None),
        ("甲,乙\n1,2\n", "没有找到表头"),
        ("日期,类型\n", "表里没有一天"),
    ],
)
def test_faults_are_named_by_row_and_column(
    client_as: As, session: Session, text: str, words: str | None
) -> None:
    answer = send(client_as("admin"), text.encode())
    page = text_of(answer)
    assert answer.status_code == 422
    if words:
        assert words in page
    else:
        assert "第 3 行“日期”" in page and "第 4 行“类型”" in page
        assert "第 5 行“日期”" in page and "写了两次" in page
    assert session.scalar(select(CalendarUpload.id)) is None


def test_a_workbook_is_read_too(client_as: As, tmp_path: Path) -> None:
    rows: list[Any] = [["日期", "类型", "名称"], [datetime(2027, 1, 1), "放假", "元旦"]]
    data = workbook(tmp_path / "days.xlsx", rows).read_bytes()
    assert "2027-01-01" in text_of(client_as("admin").get(saved(send(client_as("admin"), data, "days.xlsx"))))


def test_open_deadlines_move_with_the_calendar_and_back(
    client_as: As, session: Session, scene: Scene
) -> None:
    with clock.frozen(datetime(2026, 9, 24, 10, tzinfo=SHANGHAI)):
        pid = scene.submit()
        scene.accept(pid)
    due = select(ServiceRequest.due_at).where(ServiceRequest.public_id == pid)
    before = session.scalar(due)
    session.rollback()
    assert before is not None
    admin = client_as("admin")
    day = clock.local(before).date().isoformat()
    url = saved(send(admin, f"日期,类型,名称\n{day},停工,园区检修\n".encode()))
    page = text_of(admin.get(url))
    assert f"/requests/{pid}" in page and day in page
    assert session.scalar(due) == before
    session.rollback()
    assert decide(admin, url.rsplit("/", 1)[1], "apply", 1) == 303
    after = session.scalar(due)
    session.rollback()
    assert after is not None and after > before
    assert session.scalar(select(AuditEntry.record_id).where(AuditEntry.action == "requests.recalculated"))
    session.rollback()
    assert decide(admin, url.rsplit("/", 1)[1], "undo") == 303
    assert session.scalar(due) == before


def test_from_november_on_the_missing_year_is_told_once_a_week(
    app: Any, client_as: As, session: Session
) -> None:
    def run(day: datetime) -> None:
        with clock.frozen(day):
            with unit_of_work() as writing:
                job = service.enqueue(writing, views.REMIND_JOB, {}, actor=SYSTEM)
            runner.run(job.id, app.app_context)
        session.rollback()

    run(datetime(2026, 10, 26, 9, tzinfo=SHANGHAI))
    assert session.scalar(select(Notice.id)) is None
    for _twice in range(2):
        run(datetime(2026, 11, 2, 9, tzinfo=SHANGHAI))
    run(datetime(2026, 11, 9, 9, tzinfo=SHANGHAI))
    assert session.scalars(select(Notice.code)).all() == ["calendar.missing"] * 2
    session.rollback()
    with clock.frozen(datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)):
        assert "2027 年的放假安排还没有录入" in text_of(client_as("admin").get("/"))
        assert "放假安排还没有录入" not in text_of(client_as("spec_a").get("/"))


@pytest.mark.parametrize("username", ["spec_a", "office", "head_a"])
def test_only_who_minds_the_calendar_changes_it(client_as: As, username: str) -> None:
    client = client_as(username)
    assert client.get("/calendar/new").status_code == 403
    assert decide(client, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "apply", 1) == 403
