"""The index, for the administrator: whether it is whole and current, what it refused, compare, rebuild."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.db import db, unit_of_work
from core.dirty import PARKED_AFTER, lag_seconds
from core.i18n import _
from core.i18n import lazy as _l
from core.jobs.models import Job
from search import desk, keeping, upkeep
from search.document import Key
from search.engine import EngineDown, Health
from webapp.staff.search.forms import KeyForm
from webapp.staff.search.saving import bp
from webapp.staff.search.shown import kind_label
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.get("/index", endpoint="keeping")
@requires(keeping.MANAGE)
def page() -> ResponseReturnValue:
    """Polled while a job runs."""
    session = db.session()
    name, health = _health()
    waiting, parked = keeping.waiting(session)
    running = [keeping.open_job(session, kind) for kind in (keeping.REBUILD, keeping.VERIFY)]
    return render(
        "staff/search/keeping.html",
        fragment="staff/search/_keeping.html",
        engine=name,
        health=health,
        waiting=waiting,
        parked=parked,
        lag=lag_seconds(session),
        refused=upkeep.parked(),
        parked_after=PARKED_AFTER,
        running=[job for job in running if job is not None],
        verified=keeping.last_job(session, keeping.VERIFY),
        rebuilt=keeping.last_job(session, keeping.REBUILD),
        rebuild_kind=keeping.REBUILD,
        kind_label=kind_label,
        form=KeyForm(),
        as_of=clock.now(),
    )


@bp.post("/index/rebuild")
@requires(keeping.MANAGE)
def rebuild() -> ResponseReturnValue:
    return _begun(keeping.queue_rebuild, _l("已开始重建。重建期间照常搜索，完成后自动换上。"))


@bp.post("/index/verify")
@requires(keeping.MANAGE)
def verify() -> ResponseReturnValue:
    return _begun(keeping.queue_verify, _l("已开始核对，有差异会自动补上。"))


def _begun(queue: Callable[..., Job], said: Any) -> ResponseReturnValue:
    """Queue the work of one button, once for each form."""
    form = KeyForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            if not once(session, form.form_key.data):
                queue(session, actor=acting())
                settle(session, form.form_key.data, url_for(".keeping"))
        flash(str(said))
    return redirect(url_for(".keeping"), 303)


@bp.post("/index/retry")
@requires(keeping.MANAGE)
def retry() -> ResponseReturnValue:
    """One refused document, or all of them."""
    form = KeyForm()
    if form.validate_on_submit():
        kind, _colon, number = (form.key.data or "").rpartition(":")
        keys = [Key(kind, int(number))] if kind and number.isascii() and number.isdigit() else None
        with unit_of_work() as session:
            count = keeping.retry(session, keys, actor=acting())
        desk.wake()
        flash(_("已重新送出 %(count)s 条。", count=count))
    return redirect(url_for(".keeping"), 303)


def _health() -> tuple[str, Health]:
    try:
        engine = desk.finder().engine
    except EngineDown as error:
        return "embedded", Health(up=False, note=str(error))
    return engine.name, engine.health()
