"""What a person does on the page of the dry run: mend, leave out, decide, confirm, stop."""

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.errors import Invalid, Refused
from core.i18n import _, ngettext
from core.imports import choosing, queries, rows_listing, running, service
from core.imports.columns import CLEANED
from core.imports.handlers import handler_for
from core.imports.models import ImportRow
from core.jobs.models import Job
from webapp.staff.imports.forms import ConfirmForm, RowsForm
from webapp.staff.imports.views import MAY, Answer, bp
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render


def numbered(name: str) -> int | None:
    return int(name) if name.isascii() and name.isdigit() and len(name) < 10 else None


def _page(pid: str) -> Answer:
    """Back to the same page of the dry run; htmx follows and gets the part that it swaps."""
    args = request.args
    url = url_for(".show", pid=pid, family=args.get("family") or None, page=args.get("page") or None)
    return redirect(url, 303)


@bp.post("/<pid>/rows")
@requires(*MAY)
def rows(pid: str) -> Answer:
    """Mended cells of the page, judged again at once; or one row left out, or taken back."""
    form = RowsForm()
    if not form.validate_on_submit():
        raise Invalid([])
    with unit_of_work() as session:
        if (row_no := numbered(request.form.get("out", ""))) is not None:
            service.leave_out(session, pid, row_no, actor=acting())
        elif (row_no := numbered(request.form.get("back", ""))) is not None:
            service.leave_out(session, pid, row_no, back=True, actor=acting())
        else:
            good = _mend(session, pid)
            if good:
                flash(ngettext("改好 %(num)d 行。", "改好 %(num)d 行。", good))
    return _page(pid)


def _mend(session: Session, pid: str) -> int:
    """Judge again the rows whose cells differ from what they were; how many are good now."""
    record = queries.get(session, pid, actor=acting())
    mended: dict[int, dict[str, str]] = {}
    for name, text in request.form.items():
        prefix, _dash, rest = name.partition("-")
        number, _dash, key = rest.partition("-")
        if prefix == "c" and (row_no := numbered(number)) is not None and key:
            mended.setdefault(row_no, {})[key] = text
    good = 0
    for row_no, cells in mended.items():
        present = queries.row(session, record, row_no)
        changed = {key: text for key, text in cells.items() if text.strip() != _text(present, key)}
        if changed:
            row: ImportRow = service.mend(session, pid, row_no, changed, actor=acting())
            good += row.action != "fault"
    return good


def _text(row: ImportRow, key: str) -> str:
    value = row.cells.get(key)
    return "" if value is None else str(value).strip()


def _decisions(session: Session, pid: str) -> None:
    for name, value in request.form.items():
        prefix, _dash, number = name.partition("-")
        if prefix == "d" and (row_no := numbered(number)) is not None:
            choosing.decide(session, pid, row_no, value[:24], actor=acting())


@bp.post("/<pid>/decisions")
@requires(*MAY)
def decisions(pid: str) -> Answer:
    form = ConfirmForm()
    if not form.validate_on_submit():
        raise Invalid([])
    choice = request.form.get("all")
    with unit_of_work() as session:
        if choice is None:
            _decisions(session, pid)
            said = _("已记下您的选择。")
        else:
            count = choosing.decide_all(session, pid, choice, actor=acting())
            said = ngettext(
                "已给 %(num)d 行定好，可以再逐行改。", "已给 %(num)d 行定好，可以再逐行改。", count
            )
    flash(said)
    return redirect(url_for(".show", pid=pid), 303)


@bp.post("/<pid>/confirm")
@requires(*MAY)
def confirm(pid: str) -> Answer:
    """Start the run. With faults left, only by the button that says how many rows are good."""
    form = ConfirmForm()
    url = url_for(".show", pid=pid)
    if not form.validate_on_submit():
        raise Invalid([])
    try:
        with unit_of_work() as session:
            if done := once(session, form.form_key.data):
                return redirect(done, 303)
            _decisions(session, pid)
            service.confirm(
                session,
                pid,
                existing=form.existing.data,
                only_correct=request.form.get("only_correct") == "1",
                version=form.version.data,
                actor=acting(),
            )
            settle(session, form.form_key.data, url)
    except Refused as error:
        for missing in error.missing:
            flash(missing.message, "warn")
    return redirect(url, 303)


@bp.post("/<pid>/resume")
@requires(*MAY)
def resume(pid: str) -> Answer:
    if not RowsForm().validate_on_submit():
        raise Invalid([])
    with unit_of_work() as session:
        service.resume(session, pid, actor=acting())
    flash(_("从停下的地方接着导入。"))
    return redirect(url_for(".show", pid=pid), 303)


@bp.post("/<pid>/stop")
@requires(*MAY)
def stop(pid: str) -> Answer:
    form = RowsForm()
    if not form.validate_on_submit():
        raise Invalid([])
    with unit_of_work() as session:
        record = service.stop(session, pid, actor=acting())
        job = session.get(Job, record.job_id) if record.job_id else None
        not_begun = job is None or job.state == "cancelled"
    if not_begun:
        running.cancel_rest(record.id, actor=acting())
    flash(_("已要求停止，做完手上这一批就停。"))
    return redirect(url_for(".show", pid=pid), 303)


@bp.get("/<pid>/cleaned")
@requires(*MAY)
def cleaned(pid: str) -> Answer:
    """In which cells control characters were left out."""
    record = queries.get(db.session(), pid, actor=acting())
    within = {"import": (str(record.id),), "family": (CLEANED,)}
    handler = handler_for(record.kind)
    return render(
        "staff/imports/cleaned.html",
        record=record,
        handler=handler,
        letters=queries.letters(record),
        labels={column.key: column.label for column in handler.columns},
        cleaned=lists.open_list(rows_listing.FAULTS, within=within, path=url_for(".cleaned", pid=pid)),
    )


__all__ = ["bp"]
