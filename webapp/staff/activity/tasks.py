"""My tasks: the list, the way to each, and the calendar feed that shows them in a calendar program."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.accounts import feeds
from core.db import db, load, unit_of_work
from core.errors import NotFound
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from crm.activity import access, listing, queries
from crm.activity.models import Task
from webapp.staff.activity import feed
from webapp.staff.activity.forms import FeedForm
from webapp.staff.activity.subjects import kind_of
from webapp.web import home, lists
from webapp.web.access import public, requires, requires_fresh, staff
from webapp.web.acting import act_as, acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


def _tabs(opened: lists.OpenList) -> list[Tab]:
    return [
        Tab(_l("我要办的"), {"view": "mine"}),
        Tab(_l("已过期的"), {"view": "late"}),
        Tab(_l("我交出去的"), {"view": "given"}),
        Tab(_l("已办完的"), {"view": "done"}),
        Tab(_l("全部未办")),
    ]


@bp.get("")
@requires(access.TASK)
def index() -> ResponseReturnValue:
    """The list of tasks; above it what is to be done on records, so that all that 今天 counts is found here."""
    opened = lists.open_list(listing.LIST, tabs=_tabs, cells="staff/tasks/_cells.html")
    steps = _steps(opened.state.one("view"))
    return lists.show(
        opened,
        "staff/tasks/index.html",
        steps=steps,
        nothing={
            "title": _("没有另外交办的事") if steps else _("没有要办的事"),
            "text": _("在企业、线索、项目的页面上新增待办，写明谁、哪天前办。"),
            "symbol": "check",
        },
    )


def _steps(view: str) -> list[home.Todo]:
    """What is mine to do and is no task; of the late ones only what is late, none beside what others do."""
    if view not in ("", "mine", "late"):
        return []
    rows = home.todos(db.session(), acting())
    return [row for row in rows if not row.task and (row.late or view != "late")]


@bp.get("/<pid>")
@requires(access.TASK)
def show(pid: str) -> ResponseReturnValue:
    """To the page where a task is reported on, whatever record it is of."""
    session = db.session()
    task = load(session, Task, pid)
    kind = kind_of(task.kind)
    record = kind.find(session, task.record_id, acting())
    if task.open:
        return redirect(url_for("activity.task", kind=task.kind, pid=record.public_id, task_pid=pid))
    return redirect(kind.url(record, "tasks"))


@bp.get("/calendar")
@staff
def calendar() -> ResponseReturnValue:
    """My calendar address: whether there is one, since when, last used."""
    return _calendar(FeedForm())


@bp.post("/calendar")
@staff
@requires_fresh
def open_calendar() -> ResponseReturnValue:
    """A new address; an earlier one ends. It is shown once, right here."""
    form = FeedForm()
    if not form.validate_on_submit():
        return _calendar(form), 422
    with unit_of_work() as session:
        if once(session, form.form_key.data):
            flash(_("地址刚才已经生成；它只显示一次。没抄下来就再生成一个。"), "warn")
            return redirect(url_for(".calendar"), 303)
        text = feeds.open_(session, named=bool(form.named.data), actor=acting())
        settle(session, form.form_key.data, url_for(".calendar"))
    return _calendar(FeedForm(formdata=None), url_for(".ics", token=text, _external=True))


@bp.post("/calendar/revoke")
@staff
def revoke_calendar() -> ResponseReturnValue:
    with unit_of_work() as session:
        feeds.revoke(session, actor=acting())
    flash(_("日历地址已停用，立即生效。"))
    return redirect(url_for(".calendar"), 303)


def _calendar(form: FeedForm, made: str = "") -> str:
    living = feeds.living(db.session(), acting().account_id)
    return render("staff/tasks/calendar.html", form=form, living=living, made=made)


@bp.get("/feed/<token>.ics")
@public
def ics(token: str) -> Response:
    """What a person has to do, for his calendar program. Whoever has the address reads it, until it is revoked."""
    session = db.session()
    holder = feeds.resolve(session, token)
    if holder is None:
        raise NotFound()
    actor = act_as(holder.account)
    todos = home.todos(session, actor)
    tasks = queries.tasks_of(session, actor.account_id, clock.today(), days=feed.AHEAD_DAYS)
    body = feed.written(todos, tasks, named=holder.feed.named)
    if holder.stale:
        with unit_of_work() as writing:
            feeds.used(writing, holder.feed.id)
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
