"""The audit trail for the audit administrator: who did what to which record, when and from where."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import audit, audit_chain, audit_trail
from core.db import Base, db, unit_of_work
from core.i18n import _
from core.jobs import service as jobs
from core.jobs.models import Job
from webapp.staff.audit import listing, words
from webapp.staff.audit.jobs import VERIFY
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.navigation import exists, may_enter
from webapp.web.rendering import render

bp = Blueprint("audit", __name__, url_prefix="/audit")

RECORDS = {
    "enterprise": "enterprises.show", "lead": "leads.show", "project": "projects.show",
    "target": "targets.show", "service_request": "requests.show", "green_card": "greencards.show",
}  # fmt: skip


@bp.get("")
@requires(listing.VIEW)
def index() -> ResponseReturnValue:
    return lists.show(
        lists.open_list(listing.LIST, cells="staff/audit/_cells.html"),
        "staff/audit/index.html",
        words=words,
        area=listing.area_of,
        changes_of=audit_trail.changes_of,
        checked=_last_check(),
        nothing={
            "title": _("还没有审计记录"),
            "text": _("登录、改动、导出、被拒，都会在这里留下一条。"),
            "symbol": "lock",
        },
    )


def _last_check() -> Job | None:
    newest = select(Job).where(Job.kind == VERIFY).order_by(Job.id.desc()).limit(1)
    return db.session().scalars(newest).one_or_none()


@bp.get("/<int:seq>")
@requires(listing.VIEW)
def show(seq: int) -> ResponseReturnValue:
    """One row with all its differences, and whether it still says what it said."""
    entry = audit_trail.get(db.session(), seq)
    return render(
        "staff/audit/show.html",
        entry=entry,
        words=words,
        area=listing.area_of(entry.action),
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
@requires(listing.VIEW)
def verify() -> ResponseReturnValue:
    """Walk the whole chain in the background; a second click while it runs finds the same job."""
    with unit_of_work() as session:
        running = select(Job.id).where(Job.kind == VERIFY, Job.state.in_(("queued", "running")))
        if session.scalar(running.limit(1)) is None:
            jobs.enqueue(session, VERIFY, {}, actor=acting(), title=_("校验审计链"))
    return redirect(url_for(".index"), 303)
