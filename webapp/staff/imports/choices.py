"""What an import would change, cell by cell: the differences, and whose value is taken."""

from flask import flash, redirect, request, url_for

from core.db import db, unit_of_work
from core.errors import Fault, Invalid
from core.i18n import _, ngettext
from core.i18n import lazy as _l
from core.imports import access, choosing, differing, queries, rows_listing
from core.imports.handlers import handler_for
from webapp.staff.imports.dry_run import numbered
from webapp.staff.imports.forms import RowsForm
from webapp.staff.imports.undo import bp
from webapp.staff.imports.views import MAY, Answer
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.rendering import render

CHOICES = {"file": False, "register": True}
"""What a page sends → whether the register's value is kept."""


@bp.get("/<pid>/changes")
@requires(*MAY)
def changes(pid: str) -> Answer:
    """What an import would change in records that stand already, cell by cell, of one column or of all."""
    record = queries.get(db.session(), pid, actor=acting())
    handler = handler_for(record.kind)
    within = {"import": (str(record.id),), "kind": ("update",)}
    changed = lists.open_list(rows_listing.CHANGED, within=within, path=url_for(".changes", pid=pid))
    return render(
        "staff/imports/changes.html",
        record=record,
        handler=handler,
        changed=changed,
        column=changed.state.one("column"),
        cells=choosing.by_column(db.session(), record),
        labels={column.key: column.label for column in handler.columns},
        choosable=differing.choosable(handler),
        may_choose=record.state == "checked" and access.can_change(acting(), record),
    )


@bp.post("/<pid>/choices")
@requires(*MAY)
def choices(pid: str) -> Answer:
    """The choices of one page, or one for every row of a column."""
    if not RowsForm().validate_on_submit():
        raise Invalid([])
    every = request.form.get("every", "")
    if every:
        key, _colon, word = every.partition(":")
        count = choosing.choose_all(pid, key, _kept(word), actor=acting())
    else:
        with unit_of_work() as session:
            count = choosing.choose(session, pid, _of_page(), actor=acting())
    flash(ngettext("已改选 %(num)d 行。", "已改选 %(num)d 行。", count) if count else _("选择没有变化。"))
    if request.args.get("back"):
        return redirect(url_for(".show", pid=pid), 303)
    column, page = (request.args.get(name) or None for name in ("column", "page"))
    return redirect(url_for(".changes", pid=pid, column=column, page=page), 303)


def _of_page() -> dict[int, dict[str, bool]]:
    """Row → column → whether the register's value is kept."""
    found: dict[int, dict[str, bool]] = {}
    for name, word in request.form.items():
        prefix, _dash, rest = name.partition("-")
        number, _dash, key = rest.partition("-")
        if prefix == "w" and key and (row_no := numbered(number)) is not None:
            found.setdefault(row_no, {})[key] = _kept(word)
    return found


def _kept(word: str) -> bool:
    if word not in CHOICES:
        raise Invalid(Fault("choice", "choice", _l("请从列出的几项里选。")))
    return CHOICES[word]


__all__ = ["bp"]
