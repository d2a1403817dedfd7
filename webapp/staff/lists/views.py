"""What belongs to every list: saved views, one's own columns."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from core.db import db, unit_of_work
from core.errors import Invalid, NotFound, NotPermitted
from core.i18n import _
from core.lists import spec as specs
from core.lists import views as saved
from core.lists.fields import Asking
from core.lists.models import SavedView
from core.lists.spec import Column, ListSpec
from webapp.staff.lists.forms import TakePresentForm, ViewForm
from webapp.web.access import staff
from webapp.web.acting import acting
from webapp.web.list_state import State, args_of
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("lists", __name__, url_prefix="/lists")


def list_of(key: str) -> ListSpec:
    """The list by its key, for who may see it; NotFound otherwise."""
    found = specs.known(key)
    if found is None or (found.permission and not acting().can(found.permission)):
        raise NotFound()
    return found.seen_by(acting())


def state_of(found: ListSpec, query: str) -> State:
    """The state that a kept query stands for, as the acting person may ask it."""
    return State(found, args_of(query), Asking(db.session(), acting()), path=url_for(found.endpoint))


@bp.route("/<key>/views/new", methods=["GET", "POST"])
@staff
def new_view(key: str) -> ResponseReturnValue:
    """Keep the present state of a list under a name."""
    found = list_of(key)
    form = ViewForm(actor=acting(), q=request.args.get("q", "")[: saved.LONGEST_QUERY])
    state = state_of(found, form.q.data or "")
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                view = saved.save(
                    session,
                    key,
                    name=str(form.name.data).strip(),
                    query=state.query_string(),
                    scope=form.scope.data,
                    position=form.position.data or 0,
                    actor=acting(),
                )
                if form.opens.data:
                    saved.choose(session, key, opens_with=view.public_id, actor=acting())
                url = _address(found, view)
                settle(session, form.form_key.data, url[:400])
            flash(_("已存为视图“%(name)s”。", name=view.name))
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    page = render("staff/lists/view.html", form=form, spec=found, state=state, view=None)
    return page, 422 if form.errors else 200


def _address(found: ListSpec, view: SavedView) -> str:
    path = url_for(found.endpoint)
    return f"{path}?{view.query}&v={view.public_id}" if view.query else f"{path}?v={view.public_id}"


@bp.route("/views/<pid>", methods=["GET", "POST"])
@staff
def edit_view(pid: str) -> ResponseReturnValue:
    """Rename, share, move, or take over what the list shows now."""
    view = saved.get(db.session(), pid, actor=acting())
    found = list_of(view.list_key)
    if not saved.may_change(acting(), view):
        raise NotPermitted()
    present = request.args.get("q", "")[: saved.LONGEST_QUERY]
    kept = saved.of_list(db.session(), view.list_key, actor=acting())
    opens = kept.opens_with is not None and kept.opens_with.public_id == pid
    form = TakePresentForm(obj=view, actor=acting(), q=present, opens=opens)
    state = state_of(found, form.q.data or view.query)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                changed = saved.change(
                    session,
                    pid,
                    version=form.version.data or 0,
                    name=str(form.name.data).strip(),
                    scope=form.scope.data,
                    position=form.position.data or 0,
                    query=state.query_string() if form.take.data else None,
                    actor=acting(),
                )
                if bool(form.opens.data) != opens:
                    saved.choose(
                        session, found.key, opens_with=pid if form.opens.data else "", actor=acting()
                    )
                url = _address(found, changed)
            flash(_("已保存。"))
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    page = render("staff/lists/view.html", form=form, spec=found, state=state, view=view)
    return page, 422 if form.errors else 200


@bp.post("/views/<pid>/delete")
@staff
def delete_view(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        version = request.form.get("version", "")
        key = saved.drop(session, pid, version=int(version) if version.isdigit() else 0, actor=acting())
    flash(_("视图已删除。"))
    return redirect(url_for(list_of(key).endpoint), 303)


@bp.route("/<key>/columns", methods=["GET", "POST"])
@staff
def columns(key: str) -> ResponseReturnValue:
    """Which columns, and in which order; remembered for this person."""
    found = list_of(key)
    state = state_of(found, request.values.get("q", "")[: saved.LONGEST_QUERY])
    if request.method == "POST":
        chosen = [] if request.form.get("reset") else _chosen(found, request.form)
        with unit_of_work() as session:
            saved.choose(session, key, columns=chosen, actor=acting())
        return redirect(state.url(cols="") or url_for(found.endpoint), 303)
    kept = saved.of_list(db.session(), key, actor=acting())
    shown = found.chosen(state.query.columns or kept.columns)
    rest = [column for column in found.columns if column not in shown]
    return render("staff/lists/columns.html", spec=found, state=state, shown=shown, rest=rest)


def _chosen(found: ListSpec, form: MultiDict[str, str]) -> list[str]:
    """The ticked columns by the number that was typed beside them; without a number in their old order."""
    picked = [column for name in form.getlist("col") if (column := found.column(name)) is not None]

    def place(pair: tuple[int, Column]) -> tuple[int, int]:
        typed = form.get(f"at-{pair[1].name}", "")
        return (int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 999, pair[0])

    ordered: list[Any] = sorted(enumerate(picked), key=place)
    return list(dict.fromkeys(column.name for _at, column in ordered))
