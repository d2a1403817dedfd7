"""Taking a whole import back: what it will do, the question, and the three groups afterwards."""

from flask import flash, redirect, request, url_for

from core.db import db, unit_of_work
from core.errors import Invalid, Refused
from core.imports import queries, rows_listing, undoing
from core.imports.handlers import handler_for
from webapp.staff.imports.dry_run import bp
from webapp.staff.imports.forms import UndoForm
from webapp.staff.imports.views import MAY, Answer
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.rendering import render


@bp.route("/<pid>/undo", methods=["GET", "POST"])
@requires(*MAY)
def undo(pid: str) -> Answer:
    record = queries.get(db.session(), pid, actor=acting())
    form = UndoForm()
    if form.is_submitted():
        if not form.validate():
            raise Invalid([])
        try:
            with unit_of_work() as session:
                undoing.ask(session, pid, actor=acting())
        except Refused as error:
            for missing in error.missing:
                flash(missing.message, "warn")
        return redirect(url_for(".show", pid=pid), 303)
    until = undoing.open_until(db.session(), record)
    if until is None:
        return redirect(url_for(".show", pid=pid), 303)
    return render(
        "staff/imports/undo.html", record=record, handler=handler_for(record.kind), form=form, until=until
    )


@bp.get("/<pid>/undone")
@requires(*MAY)
def undone(pid: str) -> Answer:
    """The rows of an import that was taken back, by what became of them."""
    record = queries.get(db.session(), pid, actor=acting())
    counts = {"reversed": record.reversed, "kept": record.kept, "failed": record.stuck}
    if "group" not in request.args:
        first = next((group for group in ("failed", "kept") if counts[group]), "reversed")
        return redirect(url_for(".undone", pid=pid, group=first))
    within = {"import": (str(record.id),)}
    rows = lists.open_list(rows_listing.UNDONE, within=within, path=url_for(".undone", pid=pid))
    return render(
        "staff/imports/undone.html",
        record=record,
        handler=handler_for(record.kind),
        rows=rows,
        group=rows.state.one("group"),
        counts=counts,
        words=rows_listing.UNDONE_LABELS,
    )


__all__ = ["bp"]
