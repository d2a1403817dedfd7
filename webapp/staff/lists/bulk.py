"""Doing one thing to many records: choose, say with what, see exactly what became of each, take it back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from chains.queries import node_choices
from core.accounts.models import Account, Unit
from core.db import db, unit_of_work
from core.errors import Invalid, NotPermitted
from core.jobs import runner
from core.jobs.models import Job
from core.lists import bulk, views
from core.lists.bulk import BulkAction
from core.lists.bulk_models import BulkRun
from core.lists.spec import known
from crm.enterprises import bulk as enterprises
from crm.targets import access as target_access
from crm.targets import bulk as targets
from crm.targets import queries as target_queries
from crm.targets import sharing
from crm.targets.lifecycle import TARGET
from webapp.staff.lists.forms import (
    AssignForm,
    EnlistForm,
    HandForm,
    MoveListForm,
    PlanForm,
    SelectionForm,
    ShareForm,
    StepForm,
    TagForm,
)
from webapp.staff.lists.views import list_of, state_of
from webapp.staff.targets.candidates import people_of
from webapp.web.access import staff
from webapp.web.acting import acting
from webapp.web.actors import actor_of
from webapp.web.list_state import conditions_in_words
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("bulk", __name__)

AREAS = (enterprises, targets)
"""The areas that offer deeds; naming them makes them known."""

Choices = list[tuple[int, str]]


def _assign() -> SelectionForm:
    rows = db.session().execute(select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.path))
    return AssignForm(units=[(row.id, row.name) for row in rows])


def _units_and_people(permission: str) -> tuple[Choices, Choices]:
    units = target_queries.unit_choices(db.session(), actor=acting(), permission=permission)
    return units, people_of(db.session(), [number for number, _name in units])


def _hand() -> SelectionForm:
    units, people = _units_and_people(target_access.ASSIGN)
    return HandForm(units=units, people=people)


def _share() -> SelectionForm:
    units, _people = _units_and_people(target_access.ASSIGN)
    return ShareForm(units=units, rules=list(sharing.RULES.items()), unit_id=acting().unit_id)


def _lists() -> list[tuple[str, str]]:
    found = target_queries.lists(db.session(), actor=acting(), open_only=True)
    return [(made.public_id, made.name) for made in found]


def _enlist() -> SelectionForm:
    units, people = _units_and_people(target_access.ADD)
    return EnlistForm(
        units=units,
        people=people,
        lists=_lists(),
        nodes=node_choices(db.session()),
        unit_id=acting().unit_id,
        specialist_id=acting().account_id,
    )


def _advance() -> SelectionForm:
    return StepForm(steps=[(step.verb, step.label) for step in TARGET.steps if step.verb != "convert"])


FORMS: dict[str, Callable[[], SelectionForm]] = {
    "assign": _assign,
    "hand": _hand,
    "share": _share,
    "advance": _advance,
    "move": lambda: MoveListForm(lists=_lists()),
    "enlist": _enlist,
    "plan": PlanForm,
    "tag": TagForm,
    "untag": TagForm,
}
"""What a deed asks for besides the records, by its name."""


@bp.post("/<key>/bulk")
@staff
def begin(key: str) -> ResponseReturnValue:
    """The chosen rows and the deed; first its values are asked for, then it is done."""
    spec = list_of(key)
    action = bulk.action_of(key, request.form.get("do", ""))
    if not acting().can(action.permission):
        raise NotPermitted()
    form = FORMS.get(action.name, SelectionForm)()
    state = state_of(spec, request.form.get("q", "")[: views.LONGEST_QUERY])
    everything = request.form.get("all") == "1"
    pids = request.form.getlist("id")[:500]
    ids = bulk.selection(db.session(), spec, state.query, pids, everything=everything, actor=acting())
    if request.form.get("go") and form.validate_on_submit():
        try:
            return redirect(_begin(key, action, form, ids), 303)
        except Invalid as error:
            form.absorb(error)
    page = render(
        "staff/lists/bulk.html",
        spec=spec,
        action=action,
        form=form,
        state=state,
        pids=[] if everything else pids,
        everything=everything,
        count=len(ids),
        conditions=conditions_in_words(state),
        background=len(ids) > bulk.AT_ONCE,
    )
    return page, 422 if request.form.get("go") else 200


def _begin(key: str, action: BulkAction, form: SelectionForm, ids: list[int]) -> str:
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        run = bulk.begin(
            session, list_of(key), action, ids, form.values(), query=form.q.data or "", actor=acting()
        )
        url = url_for(".show", pid=run.public_id)
        settle(session, form.form_key.data, url)
    if run.job_id is None:
        bulk.work(run.id, actor=acting())
    return url


@bp.get("/runs/<pid>")
@staff
def show(pid: str) -> ResponseReturnValue:
    """What was done, what was refused and why."""
    run = bulk.get(db.session(), pid, actor=acting())
    return render("staff/lists/run.html", fragment="staff/lists/_run.html", **_shown(run))


def _shown(run: BulkRun) -> dict[str, Any]:
    session, spec = db.session(), list_of(run.list_key)
    refused = bulk.refused(session, run)
    rows = spec.rows_of(session, [item.record_id for item in refused], acting()) if refused else {}
    head = spec.columns[0]
    undone = select(BulkRun.public_id).where(BulkRun.undoes_id == run.id)
    return {
        "run": run,
        "spec": spec,
        "job": session.get(Job, run.job_id) if run.job_id else None,
        "counts": bulk.counts(session, run),
        "refused": [
            (
                rows.get(item.record_id),
                head.of(rows[item.record_id]) if item.record_id in rows else item.label,
                item.reason,
            )
            for item in refused
        ],
        "can_undo": bulk.can_undo(session, run),
        "undone_by": session.scalar(undone),
        "list_url": f"{url_for(spec.endpoint)}?{run.query}" if run.query else url_for(spec.endpoint),
    }


@bp.post("/runs/<pid>/undo")
@staff
def undo(pid: str) -> ResponseReturnValue:
    run = bulk.get(db.session(), pid, actor=acting())
    spec = list_of(run.list_key)
    with unit_of_work() as session:
        back = bulk.undo(session, spec, pid, actor=acting())
    if back.job_id is None:
        bulk.work(back.id, actor=acting())
    return redirect(url_for(".show", pid=back.public_id), 303)


@runner.handler(bulk.JOB)
def work(job: runner.JobRun) -> None:
    """The rest of a run, with the rights that the person has now."""
    run_id = int(job.payload["run_id"])
    session = db.session()
    run = session.get_one(BulkRun, run_id)
    actor = actor_of(session, session.get_one(Account, run.account_id), request_id="job")
    url = f"/lists/runs/{run.public_id}"
    if known(run.list_key) is None:
        return
    bulk.work(run_id, actor=actor, progress=job.progress)
    job.result({"url": url})
