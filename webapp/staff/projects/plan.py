"""Pages of the plan in rows, the money, the planned days, the one sentence and the specialist."""

from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from core import clock
from core.db import db
from core.errors import NotFound
from core.i18n import _
from core.i18n import lazy as _l
from crm.projects import access, plan, queries, service, stages
from crm.projects.lifecycle import LABELS, STAGES
from crm.projects.models import PlanRow, Project
from webapp.staff.projects import choices
from webapp.staff.projects.forms import FulfilForm, PlanRowForm, ReceiptForm, SpecialistForm, SummaryForm
from webapp.staff.projects.steps import bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.fields import DayField
from webapp.web.forms import BaseForm
from webapp.web.small import Around, small

__all__ = ["bp"]


def _project(pid: str) -> Project:
    return queries.get(db.session(), pid, actor=acting())


def _run(
    project: Project,
    form: BaseForm,
    deed: Callable[[Session], Any],
    *,
    title: str,
    button: str,
    anchor: str,
    note: str = "",
) -> ResponseReturnValue:
    """Show a small form, or do what it asks and return to the record."""
    url = url_for("projects.show", pid=project.public_id)
    around = Around(url_for("projects.index"), _("项目"), url, project.name)
    return small(form, deed, _("已保存。"), around, title=title, button=button, anchor=anchor, note=note)


@bp.route("/<pid>/plan/new", methods=["GET", "POST"])
@requires(access.PLAN)
def new_row(pid: str) -> ResponseReturnValue:
    project = _project(pid)
    form = PlanRowForm(people=choices.colleagues(db.session(), project.unit_id))
    form.withhold(access.MONEY.hidden(acting(), project))
    return _run(
        project,
        form,
        lambda session: plan.add_row(session, pid, form.values(), actor=acting()),
        title=_("方案增加一条"),
        button=_("增加一条"),
        anchor="plan",
        note=_("一条写一件事：承诺什么、依据哪条、什么条件触发、谁负责、何时兑现。"),
    )


def _row(project: Project, row_pid: str) -> PlanRow:
    for row in project.plan_rows:
        if row.public_id == row_pid:
            return row
    raise NotFound()


@bp.route("/<pid>/plan/<row_pid>", methods=["GET", "POST"])
@requires(access.PLAN)
def edit_row(pid: str, row_pid: str) -> ResponseReturnValue:
    project = _project(pid)
    row = _row(project, row_pid)
    form = PlanRowForm(obj=row, people=choices.colleagues(db.session(), project.unit_id))
    form.withhold(access.MONEY.hidden(acting(), project))
    return _run(
        project,
        form,
        lambda session: plan.change_row(
            session, pid, row_pid, form.values(), version=form.version.data, actor=acting()
        ),
        title=_("修改方案"),
        button=_("保存这一条"),
        anchor="plan",
    )


@bp.route("/<pid>/plan/<row_pid>/fulfil", methods=["GET", "POST"])
@requires(access.PLAN)
def fulfil(pid: str, row_pid: str) -> ResponseReturnValue:
    project = _project(pid)
    row = _row(project, row_pid)
    form = FulfilForm(version=row.version, done_on=clock.today())
    return _run(
        project,
        form,
        lambda session: plan.fulfil_row(
            session,
            pid,
            row_pid,
            done_on=form.done_on.data,
            outcome=form.outcome.data or "",
            version=form.version.data,
            actor=acting(),
        ),
        title=_("兑现：%(promise)s", promise=row.promise),
        button=_("记为已兑现"),
        anchor="plan",
    )


@bp.route("/<pid>/funds/new", methods=["GET", "POST"])
@requires(access.FUND)
def new_receipt(pid: str) -> ResponseReturnValue:
    form = ReceiptForm(received_on=clock.today())
    return _run(
        _project(pid),
        form,
        lambda session: plan.receive(session, pid, form.values(), actor=acting()),
        title=_("登记到位资金"),
        button=_("登记一笔"),
        anchor="money",
        note=_("以银行回单或验资凭证为准；意向款、保证金和未入账的承诺不算。"),
    )


class _DaysForm(BaseForm):
    """The planned days stand in rows of their own, one for each stage."""

    def stored(self, record: Any) -> dict[str, Any]:
        planned = {each.stage: each.planned_on for each in record.milestones}
        return {f"planned_{stage}": planned.get(stage) for stage in STAGES}


@bp.route("/<pid>/days", methods=["GET", "POST"])
@requires(access.EDIT)
def days(pid: str) -> ResponseReturnValue:
    """The planned day of each stage, all on one page."""
    project = _project(pid)
    fields: dict[str, Any] = {
        f"planned_{stage}": DayField(LABELS[stage], validators=[Optional()]) for stage in STAGES
    }
    fields["reason"] = TextAreaField(
        _l("事由（改已定的计划日必填）"), validators=[Optional(), Length(max=500)]
    )
    stood = {f"planned_{each.stage}": each.planned_on for each in project.milestones}
    form = type("DaysForm", (_DaysForm,), fields)(
        version=project.version, **(stood if request.method == "GET" else {})
    )

    def deed(session: Session) -> Any:
        wanted = {stage: form[f"planned_{stage}"].data for stage in STAGES}
        return stages.plan_days(
            session, pid, wanted, form["reason"].data or "", version=form.version.data, actor=acting()
        )

    return _run(
        project, form, deed, title=_("节点计划"), button=_("保存节点计划"), anchor="steps",
        note=_("每个阶段的计划日；改动会留下前后对照。"),
    )  # fmt: skip


@bp.route("/<pid>/summary", methods=["GET", "POST"])
@requires(access.EDIT)
def summary(pid: str) -> ResponseReturnValue:
    project = _project(pid)
    form = SummaryForm(obj=project)
    return _run(
        project,
        form,
        lambda session: service.summarise(
            session, pid, form.summary.data or "", version=form.version.data, actor=acting()
        ),
        title=_("一句话"),
        button=_("保存一句话"),
        anchor="main",
        note=_("写给领导看的一句话：到哪了、卡在哪、要谁做什么。"),
    )


@bp.route("/<pid>/specialist", methods=["GET", "POST"])
@requires(access.SPECIALIST)
def specialist(pid: str) -> ResponseReturnValue:
    project = _project(pid)
    form = SpecialistForm(people=choices.people(db.session(), project.unit_id), version=project.version)
    return _run(
        project,
        form,
        lambda session: service.change_specialist(
            session,
            pid,
            form.specialist_id.data or None,
            form.handover.data or "",
            version=form.version.data,
            actor=acting(),
        ),
        title=_("变更专员"),
        button=_("变更专员"),
        anchor="main",
        note=_("括号里是这位专员的在办项目数。"),
    )
