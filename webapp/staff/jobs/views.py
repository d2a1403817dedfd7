"""Background work: what runs, how far it is, what failed; and the table of periodic work."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.db import db, new_ulid, unit_of_work
from core.i18n import _
from core.i18n import lazy as _l
from core.jobs import access, desk
from core.jobs.models import Job
from core.lists.spec import Tab
from webapp import schedule
from webapp.staff.jobs import listing, words
from webapp.web import lists
from webapp.web.access import requires, staff
from webapp.web.acting import acting
from webapp.web.errors import answer
from webapp.web.rendering import render

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("")
@staff
def index() -> ResponseReturnValue:
    """Everybody's own jobs; the administrator's of all. Polled while something runs."""
    actor, session = acting(), db.session()
    manages = actor.can(access.MANAGE)
    dead = desk.count_dead(session) if manages else 0
    opened = lists.open_list(
        listing.LIST, tabs=_tabs(dead) if manages else None, cells="staff/jobs/_cells.html"
    )
    jobs = [row.job for row in opened.page.rows]
    return lists.show(
        opened,
        "staff/jobs/index.html",
        fragment="staff/jobs/_list.html",
        states=words.STATES,
        title_of=words.title_of,
        urls=words.result_urls(session, jobs),
        live=any(job.state in desk.OPEN for job in jobs),
        cancellable={job.id for job in jobs if access.can_cancel(actor, job)},
        retriable={job.id for job in jobs if access.can_retry(actor, job)},
        poll=request.full_path.rstrip("?"),
        nothing={
            "title": _("还没有后台任务"),
            "text": _("导入、导出这些要等一会儿的事，会在这里显示做到哪里了。"),
            "symbol": "clock",
        },
    )


def _tabs(dead: int) -> lists.Tabs:
    return lambda _opened: [
        Tab(_l("全部任务")),
        Tab(_l("多次失败"), {"state": ("dead",)}, dead or None),
        Tab(_l("定时工作"), url=url_for(".periodic")),
    ]


@bp.post("/<pid>/cancel")
@staff
def cancel(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        job = desk.cancel(session, pid, actor=acting())
        waiting = job.state == "running"
    flash(_("已请它停下，做完手头这一步就停。") if waiting else _("已停止，不会再做。"))
    return redirect(url_for(".index"), 303)


@bp.post("/<pid>/retry")
@requires(access.MANAGE)
def retry(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        desk.retry(session, pid, actor=acting())
    flash(_("已重新排队。"))
    return redirect(url_for(".index"), 303)


@dataclass(frozen=True)
class PeriodicRow:
    """One row of the schedule as the page shows it."""

    row: schedule.Periodic
    rhythm: str
    last: Job | None
    next_at: datetime | None
    form_key: str


@bp.get("/periodic")
@requires(access.MANAGE)
def periodic() -> ResponseReturnValue:
    """The table of periodic work: last run, outcome, next run."""
    session = db.session()
    last = desk.last_runs(session, list(schedule.TABLE))
    now = clock.now()
    rows = [
        PeriodicRow(row, words.when_words(row), last.get(row.name), row.due_after(now), new_ulid())
        for row in schedule.TABLE.values()
    ]
    return render(
        "staff/jobs/periodic.html",
        rows=sorted(rows, key=lambda each: each.next_at or now),
        states=words.STATES,
        dead=desk.count_dead(session),
    )


@bp.post("/periodic/<name>/run")
@requires(access.MANAGE)
def run_now(name: str) -> ResponseReturnValue:
    if name not in schedule.TABLE:
        return answer(404, code="not_found")
    with unit_of_work():
        schedule.run_now(name, request.form.get("form_key", "")[:26] or new_ulid(), actor=acting())
    flash(_("已排队，马上就做。"))
    return redirect(url_for(".periodic"), 303)
