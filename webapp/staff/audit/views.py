"""The audit trail for the audit administrator: who did what to which record, when and from where."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import audit, audit_chain, audit_trail, clock
from core.db import Base, db, unit_of_work
from core.i18n import _
from core.i18n import lazy as _l
from core.jobs import service as jobs
from core.jobs.models import Job
from webapp.staff.audit import words
from webapp.staff.audit.jobs import VERIFY
from webapp.web.access import requires, requires_fresh
from webapp.web.acting import acting
from webapp.web.listing import Filter, ListState
from webapp.web.navigation import exists, may_enter
from webapp.web.rendering import render

bp = Blueprint("audit", __name__, url_prefix="/audit")

VIEW = "audit:entry:view"
RECORDS = {
    "enterprise": "enterprises.show", "lead": "leads.show", "project": "projects.show",
    "target": "targets.show", "service_request": "requests.show", "green_card": "greencards.show",
}  # fmt: skip


def _state() -> ListState:
    return ListState(
        filters=[
            Filter("who", _l("谁：姓名或用户名")),
            Filter("area", _l("哪一类"), list(words.AREAS.items()), several=True),
            Filter("action", _l("做了什么"), _actions, several=True),
            Filter("kind", _l("对象"), lambda: [(kind, words.kind_label(kind)) for kind in _kinds()]),
            Filter("about", _l("对象名称")),
            Filter("record", _l("对象编号")),
            Filter("ip", _l("网络地址")),
            Filter("since", _l("从，如 2026-11-01")),
            Filter("until", _l("到，如 2026-11-30")),
        ],
        sorts={"time": _l("时间")},
        default_sort="-time",
    )


def _kinds() -> list[str]:
    return audit_trail.kinds(db.session())


def _actions() -> list[tuple[str, Any]]:
    known = ((action, f"{_area(action)}：{label}") for action, label in words.ACTIONS.items())
    return sorted(known, key=lambda pair: pair[0])


def _area(action: str) -> Any:
    area = action.partition(".")[0]
    return words.AREAS.get(area, area)


@bp.get("")
@requires(VIEW)
def index() -> ResponseReturnValue:
    state = _state()
    return render(
        "staff/audit/index.html",
        state=state,
        page=audit_trail.page(db.session(), state.query),
        words=words,
        area=_area,
        changes=audit_trail.changes_of,
        checked=_last_check(),
    )


def _last_check() -> Job | None:
    newest = select(Job).where(Job.kind == VERIFY).order_by(Job.id.desc()).limit(1)
    return db.session().scalars(newest).one_or_none()


@bp.get("/<int:seq>")
@requires(VIEW)
def show(seq: int) -> ResponseReturnValue:
    """One row with all its differences, and whether it still says what it said."""
    entry = audit_trail.get(db.session(), seq)
    return render(
        "staff/audit/show.html",
        entry=entry,
        words=words,
        area=_area(entry.action),
        changes=audit_trail.changes_of(entry),
        whole=audit_chain.whole(entry),
        record_url=_record_url(entry),
    )


def _record_url(entry: audit.AuditEntry) -> str | None:
    """The record's own page, for whoever may open such pages; it decides itself what it shows."""
    endpoint = RECORDS.get(entry.kind, "")
    if not exists(endpoint) or not may_enter(endpoint):
        return None
    table = Base.metadata.tables.get(entry.kind)
    if table is None or "public_id" not in table.c:
        return None
    found = db.session().scalar(select(table.c.public_id).where(table.c.id == entry.record_id))
    return url_for(endpoint, pid=found) if found else None


@bp.post("/verify")
@requires(VIEW)
def verify() -> ResponseReturnValue:
    """Walk the whole chain in the background; a second click while it runs finds the same job."""
    with unit_of_work() as session:
        running = select(Job.id).where(Job.kind == VERIFY, Job.state.in_(("queued", "running")))
        if session.scalar(running.limit(1)) is None:
            jobs.enqueue(session, VERIFY, {}, actor=acting(), title=_("校验审计链"))
    return redirect(url_for(".index"), 303)


@bp.get("/export")
@requires(VIEW)
@requires_fresh
def export() -> Response:
    """What the conditions choose, as a file for a spreadsheet; the export itself is a row of the trail."""
    state = _state()
    with unit_of_work():
        chosen = {name: (None, "、".join(values)) for name, values in state.query.filters.items()}
        audit.record("audit.exported", "audit", 0, actor=acting(), label=_("审计记录"), changes=chosen)
    lines = _lines(state, acting().name)
    name = f"audit-{clock.today().isoformat()}.csv"
    return Response(
        "\ufeff" + "".join(lines),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _lines(state: ListState, who: str) -> Iterator[str]:
    chips = "；".join(f"{chip.label} {chip.value}" for chip in state.chips()) or _("不限")
    yield _line(_("审计记录"))
    yield _line(
        _("导出人"), who, _("截至"), clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"), _("条件"), chips
    )
    yield _line(
        _("序号"), _("时间"), _("谁"), _("网络地址"), _("做了什么"), _("对象"), _("对象名称"), _("前后值"), _("事由"),
        _("请求编号"), _("校验值"),
    )  # fmt: skip
    for entry in audit_trail.rows(db.session(), state.query):
        changed = "；".join(
            f"{words.field_label(name, entry.action)}：{_plain(before)} → {_plain(after)}"
            for name, before, after in audit_trail.changes_of(entry)
        )
        yield _line(
            entry.seq, clock.local(entry.at).isoformat(timespec="seconds"), entry.actor_name, entry.ip,
            words.action_label(entry.action), words.kind_label(entry.kind), entry.label, changed, entry.reason,
            entry.request_id, entry.hash,
        )  # fmt: skip


def _plain(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def _line(*cells: Any) -> str:
    """One line of the file; a cell that a spreadsheet would take for a formula is made a text."""
    text = io.StringIO()
    csv.writer(text).writerow(
        [f"'{cell}" if str(cell)[:1] in "=+-@\t\r" and str(cell) else cell for cell in cells]
    )
    return text.getvalue()
