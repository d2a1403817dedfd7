"""One step of a checklist: its page with the clock's arithmetic, and the verbs that move it."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, url_for
from sqlalchemy.orm import Session

from core import clock
from core.db import db, new_ulid, unit_of_work
from core.i18n import _
from core.permissions import Actor
from crm.greencards import access, case_queries, case_service, checklist, task_force
from crm.greencards.models import ServiceCase
from webapp.staff.greencards.forms import FinishForm, PauseForm, PromiseForm, ReasonForm
from webapp.web import home
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Act, Answer, carry
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("steps", __name__, url_prefix="/cases/steps")


@bp.get("/<step_pid>")
@requires(access.VIEW_CASE)
def show(step_pid: str) -> Answer:
    return _step_page(step_pid)


def _step_page(step_pid: str, **forms: BaseForm) -> str:
    session, actor = db.session(), acting()
    case, found = case_queries.step_of(session, step_pid, actor=actor)
    line = next(each for each in case_queries.lines_of(session, case) if each.step is found)
    shown: dict[str, BaseForm] = {
        "finish_form": FinishForm(version=found.version),
        "pause_form": PauseForm(version=found.version),
        "promise_form": PromiseForm(
            version=found.version,
            owner_text=found.owner_text,
            promised_wd=found.promised_wd,
            owner_id=found.owner_id or 0,
            people=_people(case),
        ),
        "reason_form": ReasonForm(version=found.version),
    }
    return render(
        "staff/greencards/cases/step.html",
        case=case,
        step=found,
        line=line,
        key=new_ulid(),
        may_work=access.may_work(actor, case) and case.status == "open",
        carried=checklist.CARRIED_WORDS,
        parties=checklist.PARTY_LABELS,
        causes=checklist.CAUSES,
        **{**shown, **forms},
    )


def _people(case: ServiceCase) -> list[tuple[int, str]]:
    return [(account.id, account.name) for account in task_force.owners_of(db.session(), case)]


@bp.post("/<step_pid>/<any(start, resume):verb>")
@requires(access.WORK)
def move(step_pid: str, verb: str) -> Answer:
    """Steps that need no words: begin, go on."""
    case, _step = case_queries.step_of(db.session(), step_pid, actor=acting())
    form = BaseForm()
    back = url_for("greencards.cases.show", pid=case.public_id, _anchor=f"s-{step_pid}")
    verbs = {"start": case_service.start, "resume": case_service.resume}
    with unit_of_work() as session:
        if not once(session, form.form_key.data):
            verbs[verb](session, step_pid, version=form.version.data or 0, actor=acting())
            settle(session, form.form_key.data, back)
    return redirect(back, 303)


@bp.post("/<step_pid>/finish")
@requires(access.WORK)
def finish(step_pid: str) -> Answer:
    form = FinishForm()

    def act(session: Session) -> Any:
        return case_service.finish(
            session,
            step_pid,
            version=form.version.data or 0,
            evidence=form.evidence.data or "",
            actor=acting(),
        )

    return _on_step(step_pid, form, act, "finish_form", _("已办结。"))


@bp.post("/<step_pid>/pause")
@requires(access.WORK)
def pause(step_pid: str) -> Answer:
    form = PauseForm()

    def act(session: Session) -> Any:
        return case_service.pause(
            session,
            step_pid,
            version=form.version.data or 0,
            cause=form.cause.data or "",
            reason=form.reason.data or "",
            actor=acting(),
        )

    return _on_step(step_pid, form, act, "pause_form", _("已暂停，原因已公开给企业。"))


@bp.post("/<step_pid>/promise")
@requires(access.WORK)
def promise(step_pid: str) -> Answer:
    case, _step = case_queries.step_of(db.session(), step_pid, actor=acting())
    form = PromiseForm(people=_people(case))

    def act(session: Session) -> Any:
        return case_service.promise(
            session,
            step_pid,
            version=form.version.data or 0,
            promised_wd=form.promised_wd.data,
            owner_text=form.owner_text.data or "",
            owner_id=form.owner_id.data or None,
            actor=acting(),
        )

    return _on_step(step_pid, form, act, "promise_form", _("已确认，不再是建议值。"))


@bp.post("/<step_pid>/<any(skip, reopen):verb>")
@requires(access.WORK)
def turn(step_pid: str, verb: str) -> Answer:
    form = ReasonForm()
    call = case_service.skip if verb == "skip" else case_service.reopen_step

    def act(session: Session) -> Any:
        return call(
            session, step_pid, version=form.version.data or 0, reason=form.reason.data or "", actor=acting()
        )

    return _on_step(step_pid, form, act, "reason_form", _("已更新。"))


def _on_step(step_pid: str, form: BaseForm, act: Act, slot: str, said: Any) -> Answer:
    """One verb on one step: back to the checklist, or the step's page with everything that is wrong."""
    case, _step = case_queries.step_of(db.session(), step_pid, actor=acting())
    return carry(
        form,
        act,
        url_for("greencards.cases.show", pid=case.public_id, _anchor=f"s-{step_pid}"),
        said,
        lambda: _step_page(step_pid, **{slot: form}),
    )


def _todos(session: Session, actor: Actor) -> list[home.Todo]:
    if not actor.can(access.VIEW_CASE):
        return []
    soon = clock.now() + timedelta(days=14)
    return [
        home.Todo(
            clock.local(found.due_at).date(),
            _("%(step)s要办结", step=found.title),
            found.case.project.name,
            url_for("greencards.steps.show", step_pid=found.public_id),
            _("去办理"),
        )
        for found in case_queries.due_soon(session, actor=actor)
        if found.due_at is not None and found.due_at <= soon
    ]


home.todo(_todos)
