"""Pages of a year's figures: entering, correcting, verifying, and every version that there was."""

from typing import Any

from flask import flash, redirect, url_for

from core.db import db, unit_of_work
from core.i18n import _
from crm.enterprises import access, figures, queries, rules
from crm.enterprises.models import Enterprise, EnterpriseYear
from webapp.staff.enterprises.filing import ConfirmForm, ReasonForm, YearForm
from webapp.staff.enterprises.views import Answer, around, bp, editable
from webapp.staff.enterprises.words import amount
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import carry
from webapp.web.rendering import render
from webapp.web.small import small


@bp.route("/<pid>/years/new", methods=["GET", "POST"])
@requires(access.EDIT)
def new_year(pid: str) -> Answer:
    enterprise = editable(queries.get(db.session(), pid, actor=acting()))
    return _entered(YearForm(), enterprise, None)


@bp.route("/years/<year_pid>/edit", methods=["GET", "POST"])
@requires(access.EDIT)
def edit_year(year_pid: str) -> Answer:
    """Enter a year of one source anew; what stood there becomes a version."""
    row, enterprise = _year(year_pid)
    editable(enterprise)
    form = YearForm(obj=row)
    form.year.render_kw = form.source.render_kw = {"readonly": True}
    if form.is_submitted():
        form.year.data, form.source.data = row.year, row.source
    return _entered(form, enterprise, row)


def _entered(form: YearForm, enterprise: Enterprise, row: EnterpriseYear | None) -> Answer:
    pid, actor = enterprise.public_id, acting()

    def again() -> str:
        return render("staff/enterprises/year.html", form=form, enterprise=enterprise, row=row)

    if not form.is_submitted():
        return again()
    return carry(
        form,
        lambda session: figures.record_year(
            session,
            pid,
            int(form.year.data or 0),
            str(form.source.data),
            form.figures(),
            actor=actor,
            version=form.version.data,
            fresh=row is None,
        ),
        url_for(".show", pid=pid, _anchor="figures"),
        _("已保存 %(year)s 年数据。", year=form.year.data),
        again,
    )


@bp.get("/years/<year_pid>")
@requires(access.VIEW)
def year(year_pid: str) -> Answer:
    """One source's figures of a year with every version that there was."""
    row, enterprise = _year(year_pid)
    return render(
        "staff/enterprises/versions.html",
        row=row,
        enterprise=enterprise,
        versions=figures.versions(db.session(), row.id),
        form=ConfirmForm(version=row.version),
        may_edit=access.can_edit(acting(), enterprise),
        may_verify=access.can_verify(acting(), enterprise) and row.entered_by != acting().account_id,
        labels=rules.FIGURE_LABELS,
        units=rules.FIGURE_UNITS,
        bases=rules.ENERGY_BASES,
        said=_said,
        amount=amount,
    )


def _said(row: Any) -> dict[str, Any]:
    """Figure → value of the present row as a version keeps it."""
    return {name: getattr(row, name) for name in figures.NAMES if getattr(row, name) not in (None, "")}


@bp.route("/years/<year_pid>/remove", methods=["GET", "POST"])
@requires(access.EDIT)
def remove_year(year_pid: str) -> Answer:
    row, enterprise = _year(year_pid)
    editable(enterprise)
    form = ReasonForm(version=row.version)
    return small(
        form,
        lambda session: figures.remove(
            session, year_pid, reason=form.reason.data or "", version=form.version.data or 0, actor=acting()
        ),
        _("已删除。"), around(enterprise), title=_("删除年度数据"), button=_("删除这一年"), anchor="figures",
        danger=True, note=_("只删填错年度或来源的；数填错了请更正。“%(what)s”和它的旧版删除后只留在审计里。",
                            what=f"{row.year} {row.source}"),
    )  # fmt: skip


@bp.post("/years/<year_pid>/verify")
@requires(access.VERIFY)
def verify(year_pid: str) -> Answer:
    row, enterprise = _year(year_pid)
    form = ConfirmForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            figures.verify(session, year_pid, version=form.version.data or 0, actor=acting())
        flash(_("已核验 %(year)s 年 %(source)s。", year=row.year, source=row.source))
    return redirect(url_for(".show", pid=enterprise.public_id, _anchor="figures"), 303)


def _year(year_pid: str) -> tuple[EnterpriseYear, Enterprise]:
    session = db.session()
    row = figures.get(session, year_pid, actor=acting())
    return row, session.get_one(Enterprise, row.enterprise_id)
