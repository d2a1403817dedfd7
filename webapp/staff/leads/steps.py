"""The steps of a lead, each a small page of its own: response, study, assignment, renewal, end, ruling."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core import clock
from core.accounts import queries as people
from core.db import db, unit_of_work
from core.errors import Invalid, NotFound, Refused
from core.i18n import _
from core.permissions import Actor
from crm.leads import access, progress, queries, rules
from crm.leads.models import Lead
from webapp.staff.leads.forms import ReasonForm, RenewForm, RulingForm, SpecialistForm, StudyForm
from webapp.staff.leads.views import bp
from webapp.web import home
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

__all__ = ["bp"]

Deed = Callable[[Session], Any]


def _lead(pid: str) -> Lead:
    return queries.get(db.session(), pid, actor=acting())


def _people(lead: Lead) -> list[tuple[int, str]]:
    return [(each.id, each.name) for each in people.staff_below(db.session(), lead.unit_id)]


def _run(
    lead: Lead, form: BaseForm, deed: Deed, title: str, button: str, said: str, *, danger: bool = False
) -> ResponseReturnValue:
    """Show the form of a step, or take the step and return to the record."""
    if form.validate_on_submit():
        url = url_for("leads.show", pid=lead.public_id)
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                deed(session)
                settle(session, form.form_key.data, url)
            flash(said)
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    page = render("staff/leads/step.html", lead=lead, form=form, title=title, button=button, danger=danger)
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/<pid>/respond", methods=["GET", "POST"])
@requires(access.RESPOND)
def respond(pid: str) -> ResponseReturnValue:
    lead = _lead(pid)
    form = SpecialistForm(people=_people(lead), version=lead.version)

    def deed(session: Session) -> Any:
        return progress.respond(
            session, pid, form.specialist_id.data or None, version=form.version.data, actor=acting()
        )

    return _run(lead, form, deed, _("响应线索"), _("响应并指定专人"), _("已响应。"))


@bp.route("/<pid>/study", methods=["GET", "POST"])
@requires(access.STUDY)
def study(pid: str) -> ResponseReturnValue:
    lead = _lead(pid)
    form = StudyForm(version=lead.version)

    def deed(session: Session) -> Any:
        return progress.study(
            session,
            pid,
            str(form.verb.data),
            form.study_note.data or "",
            version=form.version.data,
            actor=acting(),
        )

    return _run(lead, form, deed, _("研判线索"), _("提交研判意见"), _("研判意见已提交。"))


@bp.route("/<pid>/assign", methods=["GET", "POST"])
@requires(access.ASSIGN)
def assign(pid: str) -> ResponseReturnValue:
    lead = _lead(pid)
    form = SpecialistForm(people=_people(lead), version=lead.version, specialist_id=lead.specialist_id or 0)

    def deed(session: Session) -> Any:
        return progress.assign(
            session, pid, form.specialist_id.data or None, version=form.version.data, actor=acting()
        )

    return _run(lead, form, deed, _("分派专员"), _("分派专员"), _("已分派。"))


@bp.route("/<pid>/renew", methods=["GET", "POST"])
@requires(access.RENEW)
def renew(pid: str) -> ResponseReturnValue:
    lead = _lead(pid)
    form = RenewForm(version=lead.version)

    def deed(session: Session) -> Any:
        return progress.renew(
            session, pid, form.evidence.data or "", version=form.version.data, actor=acting()
        )

    return _run(lead, form, deed, _("保护期续期"), _("申请续期"), _("保护期已续。"))


@bp.route("/<pid>/terminate", methods=["GET", "POST"])
@requires(access.TERMINATE)
def terminate(pid: str) -> ResponseReturnValue:
    lead = _lead(pid)
    form = ReasonForm(version=lead.version)

    def deed(session: Session) -> Any:
        return progress.terminate(
            session, pid, form.reason.data or "", version=form.version.data, actor=acting()
        )

    return _run(lead, form, deed, _("终止线索"), _("终止线索"), _("线索已终止，首报随之结束。"), danger=True)


@bp.route("/<pid>/dispute", methods=["GET", "POST"])
@requires(access.VIEW)
def dispute(pid: str) -> ResponseReturnValue:
    """What stands against each other; the promotion office rules here, the parties see their own side."""
    session, actor = db.session(), acting()
    lead = queries.get(session, pid, actor=actor)
    view = queries.dispute(session, lead, actor=actor)
    if view is None:
        raise NotFound()
    may_rule = access.covers(actor, access.RULE, lead) and view.other is not None
    form = RulingForm(version=view.dispute.version)
    if may_rule and form.validate_on_submit():
        try:
            with unit_of_work() as writing:
                if done := once(writing, form.form_key.data):
                    return redirect(done, 303)
                url = url_for(".dispute", pid=pid)
                progress.rule(
                    writing,
                    view.dispute.public_id,
                    str(form.outcome.data),
                    form.reason.data or "",
                    version=form.version.data,
                    actor=actor,
                )
                settle(writing, form.form_key.data, url)
            flash(_("已裁定，双方都收到通知。"))
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    page = render(
        "staff/leads/dispute.html",
        lead=access.MONEY.seen(actor, lead),
        other=view.other and access.MONEY.seen(actor, view.other),
        view=view,
        form=form,
        may_rule=may_rule and view.dispute.ruled_at is None,
        kinds=rules.UNIT_KIND_LABELS,
        outcomes=rules.OUTCOME_LABELS,
    )
    return page, 422 if form.errors or form.form_errors else 200


@home.todo
def _mine_due(session: Session, actor: Actor) -> list[home.Todo]:
    """Leads of mine that are to be answered, studied or spoken to by today."""
    if not actor.can(access.VIEW):
        return []
    titles = {"registered": _("响应线索"), "responding": _("研判线索"), "need_info": _("补充后再研判")}
    return [
        home.Todo(
            row.due_on,
            titles.get(row.status) or row.next_step or _("跟进线索"),
            row.investor,
            url_for("leads.show", pid=row.public_id),
            _("去办"),
        )
        for row in queries.due_for(session, actor.account_id, clock.today(), actor=actor)
    ]


@home.todo
def _due(session: Session, actor: Actor) -> list[home.Todo]:
    """Rulings that wait for the promotion office."""
    if not actor.can(access.RULE):
        return []
    return [
        home.Todo(found.due_on, _("裁定撞单"), number, url_for("leads.dispute", pid=lead_pid), _("去裁定"))
        for found, number, lead_pid in queries.open_disputes(session, actor=actor)
    ]
