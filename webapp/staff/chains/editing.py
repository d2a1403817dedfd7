"""The editor of a map: every step is one form, answered by the editor anew; without script by a redirect to it."""

from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from chains import access, editing, editor, exchange, queries, service, words
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid, Refused
from core.i18n import _
from crm.enterprises import queries as register
from crm.enterprises import tasks
from webapp.staff.chains import editor_page
from webapp.staff.chains.edit_forms import (
    ChainForm,
    LinkForm,
    MoveForm,
    NewChainForm,
    NodeForm,
    PlaceForm,
    StepForm,
    UnlinkForm,
)
from webapp.staff.chains.views import Answer, bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render, wants_fragment


@bp.get("/<pid>/edit")
@requires(access.EDIT)
def edit(pid: str) -> Answer:
    return _page(pid, request.args.get("node", "")[:60], request.args.get("new", "")[:60])


def _page(
    pid: str, code: str = "", new_in: str = "", form: Any = None, error: DomainError | None = None
) -> Answer:
    db.session.rollback()
    built = editor_page.build(
        db.session(), pid, code=code, new_in=new_in, form=form, fault=_told(error), actor=acting()
    )
    page = render("staff/chains/edit.html", fragment="staff/chains/_editor.html", page=built, words=words)
    return page, 422 if error is not None or (form is not None and form.errors) else 200


def _told(error: DomainError | None) -> str:
    """Everything that is wrong, in words: the editor has no field for a ring."""
    if isinstance(error, Invalid):
        return " ".join(str(fault.message) for fault in error.faults[:5])
    if isinstance(error, Refused):
        return " ".join(str(gap.message) for gap in error.missing)
    return "" if error is None else str(error.message)


def _done(pid: str, code: str, text: str) -> Answer:
    """The editor with its open node: as a fragment at once, else after a redirect."""
    url = url_for(".edit", pid=pid, node=code or None)
    if not wants_fragment():
        flash(text)
        return redirect(url, 303)
    answer = Response(_page(pid, code)[0])  # type: ignore[index]  # a page and its status
    answer.headers["HX-Push-Url"] = url
    return answer


def _step(pid: str, form: BaseForm, change: editor.Change, label: str, code: str, **more: Any) -> Answer:
    """Take one step; a refusal comes back in the editor."""
    if not form.validate_on_submit():
        return _page(pid, code, error=Invalid([], _("这一步没有说清楚要改什么，请重试。")))
    try:
        with unit_of_work() as session:
            if not once(session, form.form_key.data):
                changed = editor.edit(session, pid, change, label=label, actor=acting(), **more)
                if changed:
                    tasks.rematch_soon(session, actor=acting())
                settle(session, form.form_key.data, url_for(".edit", pid=pid, node=code or None))
    except (Invalid, Refused) as error:
        return _page(pid, code, error=error)
    return _done(pid, code, label)


@bp.post("/<pid>/edit/node")
@requires(access.EDIT)
def save_node(pid: str) -> Answer:
    """A node's words (`?node=`), or a new one in a stage or below a node (`?new=`)."""
    code, new_in = request.args.get("node", "")[:60], request.args.get("new", "")[:60]
    form = NodeForm()
    if not form.validate_on_submit():
        return _page(pid, code, new_in, form)
    try:
        with unit_of_work() as session:
            if done := once(session, form.form_key.data):
                return redirect(done, 303)
            code = _save_node(session, pid, code, new_in, form)
            settle(session, form.form_key.data, url_for(".edit", pid=pid, node=code))
    except Invalid as error:
        form.absorb(error)
        return _page(pid, code, new_in, form)
    return _done(pid, code, _("已保存节点“%(name)s”。", name=form.name.data))


def _save_node(session: Session, pid: str, code: str, new_in: str, form: NodeForm) -> str:
    if faults := form.faults(register.industry_codes(session)):
        raise Invalid(faults)
    values, made = form.values(), [code]

    def change(draft: exchange.ChainDraft) -> exchange.ChainDraft:
        if code:
            return editing.changed(draft, code, **values)
        below = None if new_in in words.STAGES else new_in
        after, made[0] = editing.added(draft, parent=below, stage=new_in if below is None else "", **values)
        return after

    verb = _("修改节点") if code else _("新增节点")
    seen = (code, form.version.data)
    editor.edit(session, pid, change, label=f"{verb} {values['name']}", seen=seen, actor=acting())
    tasks.rematch_soon(session, actor=acting())
    return made[0]


@bp.post("/<pid>/edit/move")
@requires(access.EDIT)
def move(pid: str) -> Answer:
    """By drag (parent, stage, next sibling) or by keyboard (one step)."""
    form = MoveForm()
    code = form.code.data or ""

    def change(draft: exchange.ChainDraft) -> exchange.ChainDraft:
        if form.way.data:
            return editing.stepped(draft, code, form.way.data)
        stage = form.stage.data if form.stage.data in words.STAGES else ""
        return editing.moved(
            draft, code, parent=form.parent.data or None, stage=stage or "", before=form.before.data or None
        )

    return _step(pid, form, change, _("移动节点 %(code)s", code=code), code)


@bp.post("/<pid>/edit/place")
@requires(access.EDIT)
def choose_place(pid: str) -> Answer:
    """By choosing the new parent from the list."""
    form = PlaceForm()
    code, parent = form.code.data or "", request.form.get("parent", "")[:60]
    form.parent.choices = [(parent, parent)]

    def change(draft: exchange.ChainDraft) -> exchange.ChainDraft:
        stage = parent.removeprefix("=")
        if parent.startswith("=") and stage in words.STAGES:
            return editing.moved(draft, code, parent=None, stage=stage)
        return editing.moved(draft, code, parent=editing.find(draft, parent).code)

    return _step(pid, form, change, _("移动节点 %(code)s", code=code), code)


@bp.post("/<pid>/edit/remove")
@requires(access.EDIT)
def remove_node(pid: str) -> Answer:
    form = StepForm()
    code = form.step.data or ""
    label = _("删除节点 %(code)s", code=code)
    return _step(pid, form, lambda draft: editing.removed(draft, code), label, "")


@bp.post("/<pid>/edit/link")
@requires(access.EDIT)
def add_link(pid: str) -> Answer:
    form = LinkForm()
    code, other = form.code.data or "", (form.other.data or "").split(" ")[0]
    ends = (code, other) if form.way.data == "to" else (other, code)
    edge = exchange.EdgeDraft(ends[0], ends[1], str(form.kind.data), form.basis.data or "")
    label = _("连线 %(source)s → %(target)s", source=ends[0], target=ends[1])
    return _step(pid, form, lambda draft: editing.linked(draft, edge), label, code)


@bp.post("/<pid>/edit/unlink")
@requires(access.EDIT)
def remove_link(pid: str) -> Answer:
    form = UnlinkForm()
    edge = exchange.EdgeDraft(form.source.data or "", form.target.data or "", form.kind.data or "")
    label = _("删除连线 %(source)s → %(target)s", source=edge.source, target=edge.target)
    code = request.args.get("node", "")[:60]
    return _step(pid, form, lambda draft: editing.unlinked(draft, edge), label, code)


@bp.post("/<pid>/edit/undo")
@requires(access.EDIT)
def undo(pid: str) -> Answer:
    """Take the last step back, or with `?redo=1` do it again."""
    form, redo = StepForm(), request.args.get("redo") == "1"
    code = request.args.get("node", "")[:60]
    if not form.validate_on_submit():
        return _page(pid, code, error=Invalid([], _("这一步没有说清楚要改什么，请重试。")))
    try:
        with unit_of_work() as session:
            if once(session, form.form_key.data):
                return _done(pid, code, _("已经办过了。"))
            label = editor.undo(session, pid, form.step.data or "", actor=acting(), redo=redo)
            tasks.rematch_soon(session, actor=acting())
            settle(session, form.form_key.data, url_for(".edit", pid=pid, node=code or None))
    except (Invalid, Refused) as error:
        return _page(pid, code, error=error)
    return _done(pid, code, _("已重做：%(step)s", step=label) if redo else _("已撤销：%(step)s", step=label))


@bp.route("/<pid>/about", methods=["GET", "POST"])
@requires(access.EDIT)
def about(pid: str) -> Answer:
    """Name, chain chief, lead department, basis."""
    found = queries.get(db.session(), pid, actor=acting())
    chain = found.chain
    offices = {kind: chain.office(kind) for kind in ("chief", "lead_department")}
    form = ChainForm(obj=chain, **offices)
    if form.validate_on_submit():
        values = {name: form[name].data or "" for name in ("name", "name_en", "prepared_by", "basis")}
        held = {kind: form[kind].data or "" for kind in offices}
        with unit_of_work() as session:
            service.describe(session, pid, values, held, version=form.version.data, actor=acting())
        flash(_("已保存。"))
        return redirect(url_for(".show", pid=pid), 303)
    return render("staff/chains/about.html", form=form, chain=chain), 422 if form.errors else 200


@bp.route("/new", methods=["GET", "POST"])
@requires(access.IMPORT)
def new() -> Answer:
    """An empty map, to be drawn in the editor."""
    form = NewChainForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                draft = exchange.ChainDraft(
                    form.code.data or "", form.name.data or "", "", "", "", (), (), ()
                )
                chain = service.create_from(session, draft, actor=acting())
                url = url_for(".edit", pid=chain.public_id)
                settle(session, form.form_key.data, url)
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    return render("staff/chains/new.html", form=form), 422 if form.errors else 200
