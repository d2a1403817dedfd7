"""The calendar of a year, changes by upload with a preview, and the reminder while next year is missing."""

import calendar as months
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import calendar, calendar_changes, clock, files, notify
from core.accounts.models import Account, Grant
from core.calendar_changes import MANAGE, CalendarUpload
from core.db import db, unit_of_work
from core.errors import Invalid, NotFound
from core.i18n import _, ngettext
from core.i18n import lazy as _l
from core.jobs import runner
from core.permissions import Actor
from core.workdays import WorkCalendar
from crm import roles
from crm.service_requests import recalendar
from webapp.web import home
from webapp.web.access import requires, staff
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("calendar", __name__, url_prefix="/calendar")
MOVERS = (recalendar,)
"""Named here, so that every process knows whose deadlines move with the calendar."""
REMIND_JOB = "calendar.remind"
_SHOWN = 100

notify.words(
    "calendar.missing",
    _l("%(year)s 年的放假安排还没有录入，跨年的期限都标着“暂定”。请上传国务院办公厅的通知。"),
    _l("次年放假安排未录入"),
)


class UploadForm(BaseForm):
    file = FileField(_l("放假安排或停工日"), validators=[FileRequired(_l("请选择文件。"))])


class ConfirmForm(BaseForm):
    """Nothing but the decision, with the version that was seen."""


@dataclass(frozen=True)
class Cell:
    """One day of a month's grid: its mark (holiday, workday, closed, open, provisional, rest) and why."""

    on: date
    mark: str
    note: str


def _cells(days: WorkCalendar, year: int) -> list[tuple[int, list[list[Cell | None]]]]:
    """Twelve months of weeks from Monday to Sunday."""
    weeks = months.Calendar()
    return [
        (
            month,
            [
                [_cell(days, day) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _cell(days: WorkCalendar, on: date) -> Cell:
    note, works = days.note(on), days.is_workday(on)
    if days.is_provisional(on):
        return Cell(on, "provisional" if works else "provisional rest", note)
    if not works:
        return Cell(on, "rest" if on.weekday() >= 5 and note == _("周末") else "holiday", note)
    return Cell(on, "extra" if on.weekday() >= 5 else "", note)


@bp.get("")
@staff
def index() -> ResponseReturnValue:
    session, today = db.session(), clock.today()
    asked = request.args.get("year", "")
    year = (
        int(asked) if asked.isascii() and asked.isdigit() and 2004 <= int(asked[:5]) <= 2100 else today.year
    )
    days = calendar.present(session)
    may_change = acting().can(MANAGE)
    return render(
        "staff/calendar/index.html",
        year=year,
        months=_cells(days, year),
        workdays=days.count_workdays(date(year - 1, 12, 31), date(year, 12, 31)),
        missing=calendar_changes.missing_year(days, today),
        may_change=may_change,
        uploads=calendar_changes.uploads(session) if may_change else [],
        form=ConfirmForm(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(MANAGE)
def new() -> ResponseReturnValue:
    """Upload a table; it is read at once, and shown before anything changes."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            return redirect(_kept(form), 303)
        except Invalid as error:
            form.absorb(error)
    page = render("staff/calendar/new.html", form=form, labels=calendar_changes.LABELS)
    return page, 422 if form.errors or form.form_errors else 200


def _kept(form: UploadForm) -> str:
    upload = form.file.data
    name = files.clean_name(upload.filename or "")
    with tempfile.TemporaryDirectory(prefix="calendar-") as folder:
        path = Path(folder) / "upload"
        upload.save(path)
        found = calendar_changes.read(path, name)
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        made = calendar_changes.keep(session, name, found, actor=acting())
        url = url_for(".show", pid=made.public_id)
        settle(session, form.form_key.data, url)
    return url


@bp.get("/uploads/<pid>")
@requires(MANAGE)
def show(pid: str) -> ResponseReturnValue:
    """The dry run: which days change, which deadlines move."""
    session = db.session()
    upload = session.scalars(select(CalendarUpload).where(CalendarUpload.public_id == pid)).one_or_none()
    if upload is None:
        raise NotFound()
    draft = upload.state == "draft"
    moved = calendar_changes.moved(session, upload) if draft else []
    return render(
        "staff/calendar/show.html",
        upload=upload,
        changes=_changes(calendar.present(session), upload),
        moved=moved[:_SHOWN],
        moved_count=len(moved),
        labels=calendar_changes.LABELS,
        form=ConfirmForm(version=upload.version),
    )


def _changes(days: WorkCalendar, upload: CalendarUpload) -> Sequence[tuple[Any, str]]:
    """Each day of the upload with what the calendar says of it now."""
    return [
        (day, days.note(day.on) or (_("上班") if days.is_workday(day.on) else _("休息")))
        for day in upload.days
    ]


@bp.post("/uploads/<pid>/<any(apply, undo):verb>")
@requires(MANAGE)
def decide(pid: str, verb: str) -> ResponseReturnValue:
    form = ConfirmForm()
    if not form.validate_on_submit():
        return redirect(url_for(".show", pid=pid), 303)
    act = calendar_changes.apply if verb == "apply" else calendar_changes.undo
    with unit_of_work() as session:
        count = act(session, pid, version=form.version.data, actor=acting())
    said = _("日历已更新。") if verb == "apply" else _("已撤销，日历恢复原样。")
    moved = ngettext("%(num)d 个期限随之移动。", "%(num)d 个期限随之移动。", count)
    flash(f"{said}{moved}")
    return redirect(url_for(".index"), 303)


@home.section("calendar.missing", template="staff/calendar/_missing.html", permission=MANAGE, order=5)
def missing(session: Session, actor: Actor) -> dict[str, Any] | None:
    """From November on, until the coming year is entered."""
    year = calendar_changes.missing_year(calendar.present(session), clock.today())
    return None if year is None else {"year": year}


@runner.handler(REMIND_JOB)
def remind(job: runner.JobRun) -> None:
    """Tell whoever minds the calendar, once a week, while the coming year is missing."""
    with unit_of_work() as session:
        year = calendar_changes.missing_year(calendar.present(session), clock.today())
        told = _minders(session) if year is not None else []
        week = f"{clock.today():%G-%V}"
        notify.notify(
            session, told, "calendar.missing", {"year": year}, "/calendar", event=f"calendar:{year}:{week}"
        )
    job.result({"year": year, "told": len(told)})


def _minders(session: Session) -> list[int]:
    """Active accounts with a role that may change the calendar."""
    able = [role.code for role in roles.ROLES if "calendar:*:*" in role.patterns]
    statement = (
        select(Account.id)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role.in_(able), Account.active.is_(True))
    )
    return list(session.scalars(statement.distinct()))
