"""The fit score on a target's page: a part given by hand, back to the data, scored anew."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from core.db import unit_of_work
from core.errors import Invalid
from core.i18n import _
from crm.targets import access, fitting
from webapp.staff.targets.forms import PartForm, TurnForm
from webapp.staff.targets.views import Answer, bp, page
from webapp.web.access import requires
from webapp.web.acting import acting


@bp.post("/<pid>/fit")
@requires(access.EDIT)
def set_part(pid: str) -> Answer:
    form = PartForm()
    if not form.validate_on_submit():
        return page(pid, part_form=form), 422
    try:
        with unit_of_work() as session:
            fitting.set_part(
                session, pid, str(form.part.data), form.points.data, form.reason.data or "",
                version=form.version.data or 0, actor=acting(),
            )  # fmt: skip
    except Invalid as error:
        form.absorb(error)
        return page(pid, part_form=form), 422
    flash(_("已记下人工评分。"))
    return _back(pid)


@bp.post("/<pid>/fit/clear")
@requires(access.EDIT)
def clear_part(pid: str) -> Answer:
    form = TurnForm()
    form.validate()
    name = request.form.get("part", "")[:20]
    with unit_of_work() as session:
        fitting.clear_part(session, pid, name, version=form.version.data or 0, actor=acting())
    flash(_("已恢复按数据评分。"))
    return _back(pid)


@bp.post("/<pid>/fit/again")
@requires(access.EDIT)
def rescore(pid: str) -> Answer:
    form = TurnForm()
    form.validate()
    try:
        with unit_of_work() as session:
            fitting.rescore(session, pid, version=form.version.data or 0, actor=acting())
        flash(_("已按现在的数据和权重重新评分。"))
    except Invalid as error:
        flash(" ".join(str(fault.message) for fault in error.faults))
    return _back(pid)


def _back(pid: str) -> Response:
    return redirect(url_for("targets.show", pid=pid, _anchor="fit"), 303)
