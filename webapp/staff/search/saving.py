"""Saved searches and recent ones: a person's own, nobody else's."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.db import db, unit_of_work
from core.errors import Invalid, NotFound
from core.i18n import _
from search import desk, recent, saved
from search.engine import LATEST
from webapp.staff.search.forms import SaveForm, WatchForm
from webapp.staff.search.views import bp, chosen_of, results_of
from webapp.web.access import staff
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.post("/saved")
@staff
def save() -> ResponseReturnValue:
    """Keep the search that the page shows; what is wrong comes back at its field, above the same results."""
    form = SaveForm()
    typed, chosen = request.form.get("q", ""), chosen_of(request.form.getlist)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                saved.save(
                    session,
                    desk.finder(),
                    name=form.name.data or "",
                    typed=typed,
                    chosen=chosen,
                    tell=bool(form.tell.data),
                    actor=acting(),
                )
                settle(session, form.form_key.data, url_for(".own"))
        except Invalid as error:
            form.absorb(error)
        else:
            flash(_("已保存。有新结果时会在消息里告诉您。") if form.tell.data else _("已保存。"))
            return redirect(url_for(".own"), 303)
    return results_of(typed.strip(), chosen, form, 422)


@bp.get("/saved")
@staff
def own() -> ResponseReturnValue:
    return _own(WatchForm())


def _own(form: WatchForm, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    return render(
        "staff/search/saved.html",
        saved=saved.own(session, actor=acting()),
        recents=recent.latest(session, actor=acting()),
        form=form,
    ), status


@bp.get("/saved/<pid>")
@staff
def open_saved(pid: str) -> ResponseReturnValue:
    """The results of a saved search, the latest change first. Another person's is not there."""
    found = next((one for one in saved.own(db.session(), actor=acting()) if one.public_id == pid), None)
    if found is None:
        raise NotFound()
    return redirect(url_for(".index", q=found.typed, sort=LATEST, **found.chosen), 303)


@bp.post("/saved/<pid>/watch")
@staff
def watch(pid: str) -> ResponseReturnValue:
    form = WatchForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                saved.watch(session, desk.finder(), pid, form.tell.data == "1", actor=acting())
        except Invalid as error:
            form.absorb(error)
            return _own(form, 422)
        flash(_("有新结果时会在消息里告诉您。") if form.tell.data == "1" else _("不再提醒。"))
    return redirect(url_for(".own"), 303)


@bp.post("/saved/<pid>/remove")
@staff
def remove(pid: str) -> ResponseReturnValue:
    if BaseForm().validate_on_submit():
        with unit_of_work() as session:
            saved.remove(session, pid, actor=acting())
        flash(_("已删去。"))
    return redirect(url_for(".own"), 303)


@bp.post("/recent/clear")
@staff
def clear_recent() -> ResponseReturnValue:
    if BaseForm().validate_on_submit():
        with unit_of_work():
            recent.clear(actor=acting())
        flash(_("搜索记录已清空。"))
    return redirect(url_for(".own"), 303)
