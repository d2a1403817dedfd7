"""Faults of one kind mended together, for all rows of an import."""

from flask import flash, redirect, request, url_for

from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _, ngettext
from core.imports import access, alike, queries, service
from core.imports.alike import Repair
from core.imports.handlers import handler_for
from webapp.staff.imports.choices import bp
from webapp.staff.imports.dry_run import numbered
from webapp.staff.imports.forms import RowsForm
from webapp.staff.imports.views import MAY, Answer
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.rendering import render

AT_ONCE = 2000
"""Up to so many faulty rows are mended while the person waits; above it in the background."""


@bp.get("/<pid>/alike")
@requires(*MAY)
def alike_page(pid: str) -> Answer:
    """The faults of an import by column and kind, the wrong words with how often each stands there."""
    session = db.session()
    record = queries.get(session, pid, actor=acting())
    if record.state != "checked":
        return redirect(url_for(".show", pid=pid), 303)
    handler = handler_for(record.kind)
    kinds = alike.kinds(session, record)
    return render(
        "staff/imports/alike.html",
        record=record,
        handler=handler,
        kinds=kinds,
        words={kind.key: kind.words for kind in kinds if kind.words},
        faulty=service.counts_by_action(session, record.id).get("fault", 0),
        read_rows=alike.READ_ROWS,
        letters=queries.letters(record),
        columns={column.key: column for column in handler.columns},
        cures={code: label for code, (label, _cure) in alike.CURES.items()},
        may_change=access.can_change(acting(), record),
    )


@bp.post("/<pid>/alike")
@requires(*MAY)
def mend_alike(pid: str) -> Answer:
    """Mend what one panel of the page says; very many rows in the background."""
    if not RowsForm().validate_on_submit():
        raise Invalid([])
    session = db.session()
    record = service.changeable(session, pid, None, acting(), ("checked",))
    repair = alike.checked(handler_for(record.kind), _repair())
    import_id, many = record.id, service.counts_by_action(session, record.id).get("fault", 0) > AT_ONCE
    session.rollback()
    if many:
        with unit_of_work() as writing:
            alike.queue(writing, pid, repair, actor=acting())
        return redirect(url_for(".show", pid=pid), 303)
    sound = alike.mend(import_id, repair, actor=acting())
    flash(
        ngettext("处理好 %(num)d 行。", "处理好 %(num)d 行。", sound)
        if sound
        else _("这样改之后仍有错，请看还差什么。")
    )
    return redirect(url_for(".alike_page", pid=pid), 303)


def _repair() -> Repair:
    """Wrong words `was-0`, `was-1` … beside the right ones `to-0`, `to-1` …; an empty one says nothing."""
    words = {}
    for name, was in request.form.items():
        prefix, _dash, place = name.partition("-")
        to = request.form.get(f"to-{place}", "").strip()
        if prefix == "was" and numbered(place) is not None and to and to != was:
            words[was] = to
    key, code, cure = (request.form.get(name, "")[:60] for name in ("key", "code", "cure"))
    return Repair(key, code, {} if cure else words, cure)


__all__ = ["bp"]
