"""Standards and sheets of terms: their versions, the editor, the trial on some and on everybody, approval."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core import lifecycle as lc
from core.criteria import compare, dry_run, queries, service, sheets, store, words
from core.criteria.evaluation import evaluate
from core.criteria.lifecycle import APPROVE, CONFIRM, DRAFT, VERSION, VIEW
from core.criteria.model import Library, Version, parts
from core.criteria.models import RuleVersion
from core.criteria.outcome import LABELS
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid, Refused
from core.i18n import _
from webapp.staff.criteria import jobs, sheet_pages
from webapp.staff.criteria.editing import Editing
from webapp.staff.criteria.forms import ConfirmForm, DraftForm, HeadForm, StepForm
from webapp.staff.cultivation.words import SHAPES
from webapp.web import formats
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("criteria", __name__, url_prefix="/criteria")
JOBS = jobs
HEAD = {"authority": "authority", "source": "source", "remark": "note"}
"""Field of the form → name in the version."""


@bp.get("")
@requires(VIEW)
def index() -> ResponseReturnValue:
    """Every standard with the version in force today, the ones to come, and drafts."""
    rows, today = queries.by_standard(db.session()), clock.today()
    return render(
        "staff/criteria/index.html", books=[(book, store.library(book.code)) for book in store.books()], rows=rows,
        today=today, lifecycle=VERSION, sheets=[(sheet, _sheet_now(rows, sheet.code)) for sheet in sheets.sheets()],
    )  # fmt: skip


def _sheet_now(rows: queries.Rows, code: str) -> RuleVersion | None:
    """The version of a sheet in force today."""
    published = [row for row in rows.get((code, code), []) if row.state == "published"]
    return next((row for row in reversed(published) if row.effective_from <= clock.today()), None)


@bp.route("/<book>/<standard>/new", methods=["GET", "POST"])
@requires(DRAFT)
def new(book: str, standard: str) -> ResponseReturnValue:
    known = queries.of_standard(db.session(), book, standard)
    if not known:
        abort(404)
    form = DraftForm(
        versions=[
            (
                row.public_id,
                _(
                    "%(day)s 起（%(state)s）",
                    day=formats.date(row.effective_from),
                    state=VERSION.label_of(row.state),
                ),
            )
            for row in known
        ]
    )
    if form.validate_on_submit():
        with unit_of_work() as writing:
            if done := once(writing, form.form_key.data):
                return redirect(done, 303)
            row = service.draft(
                writing, book, standard, based_on=form.based_on.data or None,
                effective_from=form.effective_from.data, actor=acting(),
            )  # fmt: skip
            url = url_for(".show", pid=row.public_id)
            settle(writing, form.form_key.data, url)
        return redirect(url, 303)
    name = service.standards_of(book)[standard]
    return render("staff/criteria/new.html", form=form, name=name), 422 if form.errors else 200


@bp.get("/versions/<pid>")
@requires(VIEW)
def show(pid: str) -> ResponseReturnValue:
    return _page(service.find(db.session(), pid))


def _page(row: RuleVersion, status: int = 200, **more: Any) -> ResponseReturnValue:
    session, actor = db.session(), acting()
    facts = service.facts_of(session, row, "…", actor)
    values = {field: row.body.get(name, "") for field, name in HEAD.items()}
    context: dict[str, Any] = {
        "row": row, "lifecycle": VERSION, "state": VERSION.state(row.state), "faults": {},
        "fault": service.fault_of(row), "differences": [],
        "offers": lc.offers(VERSION, row.state, facts, actor=actor), "step_form": StepForm(version=row.version),
        "head_form": HeadForm(
            version=row.version, effective_from=row.effective_from, effective_to=row.effective_to, **values
        ),
        "confirm_form": ConfirmForm(), "confirmed": store.confirmed(session),
        "job": queries.trial_of(session, row),
        "may_draft": actor.can(DRAFT), "may_confirm": actor.can(CONFIRM),
    }  # fmt: skip
    asked, sheet = request.args.get("try", "").strip()[:100], sheets.find(row.book)
    if sheet is not None:
        context |= sheet_pages.context(sheet, row, asked, context["fault"])
        return render("staff/criteria/sheet.html", **{**context, **more}), status
    return render("staff/criteria/show.html", **{**context, **_standard(row, asked), **more}), status


def _standard(row: RuleVersion, asked: str) -> dict[str, Any]:
    """What the page of a version shows for a standard: its rule, the lines that differ, the trial on some."""
    library, current, drafted = store.library(row.book), _in_force(row), _version(row)
    return {
        "library": library, "name": library.standard(row.standard).name, "rule": row.body.get("rule"),
        "current": current, "version": drafted, "compare": compare, "verdicts": LABELS, "shapes": SHAPES,
        "sources": words.SOURCES,
        "differences": compare.differences(library, current, drafted) if drafted and current else [],
        "memory": [part for part in (parts(drafted.rule) if drafted and drafted.rule else ()) if part.source == "M"],
        **_tried(row, library, asked),
    }  # fmt: skip


def _version(row: RuleVersion) -> Version | None:
    """The draft as the engine reads it; None while it contradicts itself."""
    return None if service.fault_of(row) else store.version_of(row)


def _in_force(row: RuleVersion) -> Version | None:
    """What this version is held against: the one it was made from, else the one of today."""
    base = db.session().get(RuleVersion, row.based_on_id) if row.based_on_id else None
    if base is not None:
        return store.version_of(base)
    found = store.library(row.book).standard(row.standard).version_on(clock.today())
    return None if found is None or found.code == row.code else found


def _tried(row: RuleVersion, library: Library, text: str) -> dict[str, Any]:
    """The trial on a few who were asked for by name: the answer of today beside the draft's."""
    if not text or service.fault_of(row):
        return {"asked": text, "trials": []}
    session, today = db.session(), clock.today()
    trial, drafted = store.trial(row.book), store.assembled(row.book, [row])
    found = trial.find(session, text)
    known = trial.values(session, [each[0] for each in found], today)
    confirmed = store.confirmed(session)
    trials = []
    for number, _pid, name in found:
        values = known.get(number, {})
        before = evaluate(library, row.standard, values, today, confirmed=confirmed)
        after = evaluate(drafted, row.standard, values, row.effective_from, confirmed=confirmed)
        trials.append(
            {"name": name, "before": before.verdict, "after": after.verdict, "why": dry_run.reasons(after)}
        )
    return {"asked": text, "trials": trials}


@bp.post("/versions/<pid>/rule")
@requires(DRAFT)
def edit_rule(pid: str) -> ResponseReturnValue:
    """The whole tree as one form; a button may add or remove a node as well."""
    row = service.find(db.session(), pid)
    if sheets.find(row.book):
        abort(404)
    form = StepForm()
    editing = Editing(store.shipped(row.book), request.form)
    body = {**row.body, "rule": editing.rule(row.body.get("rule"))}
    if not form.validate_on_submit() or editing.faults:
        return _page(row, 422, faults=editing.faults, rule=body["rule"])
    with unit_of_work() as session:
        if not once(session, form.form_key.data):
            service.edit(session, pid, {"body": body}, version=form.version.data, actor=acting())
            settle(session, form.form_key.data, url_for(".show", pid=pid))
    flash(_("已保存。改过内容，要重新试算。"))
    return redirect(url_for(".show", pid=pid, _anchor="rule"), 303)


@bp.post("/versions/<pid>/values")
@requires(DRAFT)
def edit_values(pid: str) -> ResponseReturnValue:
    """The values of a sheet, all in one form."""
    row, form = service.find(db.session(), pid), StepForm()
    sheet = sheets.find(row.book)
    if sheet is None:
        abort(404)
    body, faults = sheet_pages.taken(sheet, row, request.form)
    if not form.validate_on_submit() or faults:
        return _page(row, 422, faults=faults, typed=request.form)
    with unit_of_work() as session:
        if not once(session, form.form_key.data):
            service.edit(session, pid, {"body": body}, version=form.version.data, actor=acting())
            settle(session, form.form_key.data, url_for(".show", pid=pid))
    flash(_("已保存。改过内容，要重新试算。"))
    return redirect(url_for(".show", pid=pid, _anchor="rule"), 303)


@bp.post("/versions/<pid>/head")
@requires(DRAFT)
def edit_head(pid: str) -> ResponseReturnValue:
    row = service.find(db.session(), pid)
    form = HeadForm()
    if form.validate_on_submit():
        body = {**row.body, **{name: form[field].data or "" for field, name in HEAD.items()}}
        days = {"effective_from": form.effective_from.data, "effective_to": form.effective_to.data}
        try:
            with unit_of_work() as session:
                service.edit(session, pid, {"body": body, **days}, version=form.version.data, actor=acting())
            flash(_("已保存。改过内容，要重新试算。"))
            return redirect(url_for(".show", pid=pid), 303)
        except Invalid as error:
            form.absorb(error)
    return _page(row, 422, head_form=form)


@bp.post("/versions/<pid>/try")
@requires(DRAFT)
def try_out(pid: str) -> ResponseReturnValue:
    """Try the draft on everybody, in the background."""
    form = StepForm()
    if not form.validate_on_submit():
        abort(400)
    with unit_of_work() as session:
        if not once(session, form.form_key.data):
            service.try_out(session, pid, version=form.version.data, actor=acting())
            settle(session, form.form_key.data, url_for(".show", pid=pid))
    return redirect(url_for(".show", pid=pid, _anchor="dry-run"), 303)


@bp.post("/versions/<pid>/steps/<any(submit, publish, send_back, drop):verb>")
@requires(DRAFT, APPROVE)
def step(pid: str, verb: str) -> ResponseReturnValue:
    """Submit, approve, send back, drop; what is missing is listed at once."""
    form = StepForm()
    if form.validate_on_submit():
        reason = form.reason.data or ""
        try:
            with unit_of_work() as session:
                if not once(session, form.form_key.data):
                    service.take(session, pid, verb, reason=reason, version=form.version.data, actor=acting())
                    settle(session, form.form_key.data, url_for(".show", pid=pid))
            flash(_("已办理。"))
            return redirect(url_for(".show", pid=pid), 303)
        except Refused as error:
            return _page(service.find(db.session(), pid), 422, refused=error.missing, step_form=form)
    return _page(service.find(db.session(), pid), 422, step_form=form)


@bp.post("/versions/<pid>/confirm")
@requires(CONFIRM)
def confirm(pid: str) -> ResponseReturnValue:
    """Lines from memory were compared with the text: from now on they bind."""
    form = ConfirmForm()
    try:
        if not form.validate_on_submit():
            return _page(service.find(db.session(), pid), 422, confirm_form=form)
        with unit_of_work() as session:
            if not once(session, form.form_key.data):
                lines = request.form.getlist("line")[:200]
                service.confirm(session, lines, source=form.source.data or "", actor=acting())
                settle(session, form.form_key.data, url_for(".show", pid=pid))
    except DomainError as error:
        form.absorb(error)
        return _page(service.find(db.session(), pid), 422, confirm_form=form)
    flash(_("已确认，从现在起按这些条目判定。"))
    return redirect(url_for(".show", pid=pid), 303)
