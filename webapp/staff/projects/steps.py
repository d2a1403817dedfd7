"""The steps of a project: to the next stage and beside it, on the record and on the board; admission."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from core import clock
from core.db import db, unit_of_work
from core.errors import Invalid, Missing, Refused
from core.i18n import _, lazy_pgettext
from core.i18n import lazy as _l
from core.lifecycle import Lifecycle, Offer, offers
from core.permissions import Actor
from crm.projects import access, queries, review, stages, turning
from crm.projects.admission import ADMISSION
from crm.projects.facts import facts_of
from crm.projects.lifecycle import PROJECT
from crm.projects.models import Project
from crm.projects.review import ReviewInput
from crm.projects.stages import StepInput
from webapp.staff.projects import choices
from webapp.staff.projects.forms import MoveForm, ReviewForm, StepForm
from webapp.staff.projects.views import board_page, bp
from webapp.web import home
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

__all__ = ["bp"]

WAIVER = "waive_"


@bp.route("/<pid>/steps/<verb>", methods=["GET", "POST"])
@requires(access.ADVANCE, access.TURN_BACK)
def step(pid: str, verb: str) -> ResponseReturnValue:
    """One step with its own questions; what else is missing is listed with links."""
    project = queries.get(db.session(), pid, actor=acting())
    offer = _offer(PROJECT, project.stage, verb, project)
    form = _step_form(offer)(version=project.version, actual_on=clock.today())
    _keep_asked(form, offer)
    refused: list[Missing] = []
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                url = url_for(".show", pid=pid)
                act = turning.ask if offer.step.second else stages.take
                act(session, pid, verb, _given(form), version=form.version.data, actor=acting())
                settle(session, form.form_key.data, url)
            said = _("已申请：%(step)s，等另一个人批准。") if offer.step.second else _("已办：%(step)s。")
            flash(said % {"step": offer.step.label})
            return redirect(url, 303)
        except Refused as error:
            refused = error.missing
        except Invalid as error:
            form.absorb(error)
    page = render(
        "staff/projects/step.html",
        form=form,
        project=project,
        offer=offer,
        refused=refused,
        standing=[] if refused else _standing(offer),
        urls=_urls(pid, verb, [*refused, *offer.missing]),
    )
    return page, 422 if refused or form.errors or form.form_errors else 200


def _offer(table: Lifecycle, state: str, verb: str, project: Project) -> Offer:
    facts = {**facts_of(db.session(), project), "actual_on": clock.today()}
    for offer in offers(table, state, facts, actor=acting()):
        if offer.step.verb == verb:
            if not offer.permitted or not access.covers(acting(), offer.step.permission, project):
                abort(403)
            return offer
    message = _l("现在是“%(state)s”，走不了这一步。", state=table.label_of(state))
    raise Refused([Missing("stage", "not_from_here", message)])


def _step_form(offer: Offer) -> type[StepForm]:
    """The form with a box for each missing thing that may be excused."""
    boxes = {
        f"{WAIVER}{gap.field if gap.code.endswith('missing') else gap.code}": TextAreaField(
            lazy_pgettext("waiver", "%(gap)s 确实提供不了的原因", gap=gap.message),
            validators=[Optional(), Length(max=500)],
        )
        for gap in offer.missing
        if gap.waivable
    }
    return type("WaivingStepForm", (StepForm,), boxes)


def _keep_asked(form: StepForm, offer: Offer) -> None:
    asked = {need.field for need in offer.step.all_needs()}
    for name in stages.ASKED_BY_STEP:
        if name not in asked:
            del form[name]


def _standing(offer: Offer) -> list[Missing]:
    """What is missing on the record already, before the form is sent."""
    return [gap for gap in offer.missing if gap.field not in stages.ASKED_BY_STEP]


def _given(form: BaseForm) -> StepInput:
    data = form.data
    return StepInput(
        actual_on=data.get("actual_on"),
        reason=data.get("reason") or "",
        approval=data.get("approval") or "",
        resume_expected_on=data.get("resume_expected_on"),
        lost_to=data.get("lost_to") or "",
        release_doc_no=data.get("release_doc_no") or "",
        waivers={
            name.removeprefix(WAIVER): text or "" for name, text in data.items() if name.startswith(WAIVER)
        },
    )


def _urls(pid: str, verb: str, gaps: list[Missing]) -> dict[str, str]:
    found = {gap.field: choices.field_url(pid, gap.field, verb) for gap in gaps if gap.field}
    return {field: url for field, url in found.items() if url}


@bp.post("/<pid>/move")
@requires(access.ADVANCE)
def move(pid: str) -> ResponseReturnValue:
    """移到…: the board's menu; a refused move lists what is missing at its card."""
    form = MoveForm()
    project = queries.get(db.session(), pid, actor=acting())
    if not form.validate_on_submit() or form.target.data not in PROJECT.codes():
        abort(400)
    target = str(form.target.data)
    asked: dict[str, Any] = request.args.to_dict(flat=False)
    back = url_for(".board", **asked)
    try:
        with unit_of_work() as session:
            if done := once(session, form.form_key.data):
                return redirect(done, 303)
            given = StepInput(actual_on=clock.today())
            stages.move(session, pid, target, given, version=form.version.data, actor=acting())
            settle(session, form.form_key.data, back)
    except Refused as error:
        verb = next((each.verb for each in PROJECT.steps_from(project.stage) if each.to == target), "")
        refused = {
            "pid": pid,
            "stage": project.stage,
            "entries": error.missing,
            "urls": _urls(pid, verb, error.missing),
        }
        return board_page(refused)
    flash(_("%(name)s 已移到“%(stage)s”。", name=project.name, stage=PROJECT.label_of(target)))
    return redirect(back, 303)


@bp.route("/<pid>/admission/<verb>", methods=["GET", "POST"])
@requires(access.SUBMIT, access.SELF_REVIEW, access.DECIDE)
def admission(pid: str, verb: str) -> ResponseReturnValue:
    """One step of admission, with the paper and the day of the decision."""
    project = queries.get(db.session(), pid, actor=acting())
    offer = _offer(ADMISSION, project.admission_state, verb, project)
    form = ReviewForm(version=project.version)
    asked = {need.field for need in offer.step.all_needs()}
    for name in [each.short_name for each in form.visible()]:
        if name not in asked:
            del form[name]
    refused: list[Missing] = []
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                url = url_for(".show", pid=pid, _anchor="admission")
                review.take(session, pid, verb, _decided(form), version=form.version.data, actor=acting())
                settle(session, form.form_key.data, url)
            flash(_("已记录：%(step)s。", step=offer.step.label))
            return redirect(url, 303)
        except Refused as error:
            refused = [gap for gap in error.missing if gap.field not in asked or gap.field not in form]
            form.absorb(Refused([gap for gap in error.missing if gap not in refused]))
        except Invalid as error:
            form.absorb(error)
    page = render(
        "staff/projects/review.html",
        form=form,
        project=project,
        offer=offer,
        refused=refused,
        urls=_urls(pid, verb, refused),
    )
    return page, 422 if refused or form.errors or form.form_errors else 200


def _decided(form: BaseForm) -> ReviewInput:
    data = form.data
    return ReviewInput(
        admission_doc_no=data.get("admission_doc_no") or "",
        admission_decided_on=data.get("admission_decided_on"),
        admission_conditions=data.get("admission_conditions") or "",
        recheck_note=data.get("recheck_note") or "",
        reason=data.get("reason") or "",
    )


@home.todo
def _due(session: Session, actor: Actor) -> list[home.Todo]:
    """My projects whose next stage is due by its plan."""
    if not actor.can(access.VIEW):
        return []
    rows: list[Any] = queries.due_for(session, actor.account_id, clock.today(), actor=actor)
    return [
        home.Todo(
            row.next_planned_on,
            _("推进到下一阶段"),
            row.name,
            url_for("projects.show", pid=row.public_id),
            _("去看"),
        )
        for row in rows
        if row.next_planned_on is not None and row.next_planned_on <= clock.today()
    ]
