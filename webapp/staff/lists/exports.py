"""Taking a list out as a file: ask, approve, follow, fetch."""

from fnmatch import fnmatchcase
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import clock
from core.accounts.models import Account, Grant
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid, NotPermitted
from core.i18n import _
from core.jobs import runner
from core.lists import export_files, exports, ledger, views
from core.lists.export_models import Export
from core.lists.fields import Asking
from core.lists.spec import known
from crm import roles
from webapp.staff.lists.forms import DecisionForm, ExportForm
from webapp.staff.lists.views import list_of, state_of
from webapp.web.access import requires_fresh, staff
from webapp.web.acting import account, acting
from webapp.web.actors import actor_of
from webapp.web.list_state import State, args_of, conditions_in_words
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("exports", __name__, url_prefix="/exports")

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}


@bp.get("")
@staff
def index() -> ResponseReturnValue:
    """One's own exports, and those that wait for one's approval."""
    session, actor = db.session(), acting()
    return render(
        "staff/lists/exports.html",
        mine=exports.mine(session, actor=actor),
        waiting=exports.waiting(session, actor=actor),
    )


@bp.route("/new/<key>", methods=["GET", "POST"])
@staff
@requires_fresh
def new(key: str) -> ResponseReturnValue:
    """The heading and the purpose; the list's present state is what is taken out."""
    spec = list_of(key)
    if not spec.export or not acting().can(spec.export):
        raise NotPermitted()
    unit = account().unit
    form = ExportForm(
        q=request.args.get("q", "")[: views.LONGEST_QUERY],
        title=str(spec.title),
        unit_name=unit.name if unit else "",
        maker=acting().name,
    )
    state = state_of(spec, form.q.data or "")
    kept = views.of_list(db.session(), key, actor=acting())
    columns = [column.name for column in spec.chosen(state.query.columns or kept.columns)]
    wanted, capped = exports.count(db.session(), spec, state.query, actor=acting())
    if form.validate_on_submit():
        try:
            return redirect(_ask(spec.key, state, form, columns, (wanted, capped)), 303)
        except Invalid as error:
            form.absorb(error)
    page = render(
        "staff/lists/export_new.html",
        form=form,
        spec=spec,
        state=state,
        wanted=wanted,
        capped=capped,
        limit=exports.limit(db.session()),
        columns=spec.chosen(columns),
        conditions=conditions_in_words(state),
    )
    return page, 422 if form.errors else 200


def _ask(key: str, state: State, form: ExportForm, columns: list[str], counted: tuple[int, bool]) -> str:
    approvers = _approvers()
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        made = exports.ask(
            session,
            list_of(key),
            query=state.query_string(),
            columns=columns,
            heading=form.heading(),
            file_type=form.file_type.data,
            purpose=str(form.purpose.data),
            wanted=counted[0],
            too_many=counted[1],
            sealed=bool(form.sealed.data),
            approvers=approvers,
            actor=acting(),
        )
        url = url_for(".show", pid=made.public_id)
        settle(session, form.form_key.data, url)
    return url


def _approvers() -> list[int]:
    """Who may approve, to be told; whether he may approve this one is asked when he does."""
    codes = [
        code
        for code, patterns in roles.PATTERNS.items()
        if any(fnmatchcase(exports.APPROVE, pattern) for pattern in patterns)
    ]
    statement = (
        select(Grant.account_id)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role.in_(codes), Account.active, Account.id != acting().account_id)
        .distinct()
        .limit(20)
    )
    return list(db.session().scalars(statement))


@bp.get("/<pid>")
@staff
def show(pid: str) -> ResponseReturnValue:
    """How far it is; for the second person, the form of the decision."""
    made = exports.get(db.session(), pid, actor=acting())
    return _page(made, DecisionForm(version=made.version))


@bp.post("/<pid>")
@staff
@requires_fresh
def decide(pid: str) -> ResponseReturnValue:
    """The second person approves or refuses."""
    made = exports.get(db.session(), pid, actor=acting())
    form = DecisionForm(version=made.version)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                exports.decide(
                    session,
                    pid,
                    agreed=form.agreed.data == "yes",
                    note=form.note.data or "",
                    version=form.version.data or 0,
                    actor=acting(),
                )
            flash(_("已记下您的决定。"))
            return redirect(url_for(".show", pid=pid), 303)
        except Invalid as error:
            form.absorb(error)
    return _page(made, form)


def _page(made: Export, form: DecisionForm) -> ResponseReturnValue:
    page = render("staff/lists/export.html", fragment="staff/lists/_export.html", **_shown(made), form=form)
    return page, 422 if form.errors else 200


def _shown(made: Export) -> dict[str, Any]:
    session, actor = db.session(), acting()
    spec = known(made.list_key)
    names = {made.account_id, made.decided_by}
    people = session.execute(select(Account.id, Account.name).where(Account.id.in_(names - {None})))
    return {
        "made": made,
        "spec": spec,
        "job": exports.job_of(session, made),
        "people": {row.id: row.name for row in people},
        "may_decide": exports.may_decide(actor, made),
        "because": exports.concerns(made, actor),
        "own": made.account_id == actor.account_id,
        "conditions": conditions_in_words(state_of(spec, made.query)) if spec else "",
        "live": made.state == "queued",
        "gone": made.expires_at is not None and made.expires_at <= clock.now(),
    }


@bp.post("/<pid>/file")
@staff
def fetch(pid: str) -> ResponseReturnValue:
    """The file, for the person who asked alone."""
    with unit_of_work() as session:
        path, name = export_files.fetch(session, pid, actor=acting())
    kind = TYPES[name.rpartition(".")[2]]
    return send_file(path, kind, as_attachment=True, download_name=name, max_age=0)


@runner.handler(exports.JOB)
def make(job: runner.JobRun) -> None:
    """Write the file with the rights that the person has now."""
    export_id = int(job.payload["export_id"])
    session = db.session()
    made = session.get_one(Export, export_id)
    spec = known(made.list_key)
    owner = session.get_one(Account, made.account_id)
    actor = actor_of(session, owner, request_id="job")
    if spec is None or not owner.active:
        export_files.fail(export_id)
        return
    state = State(spec, args_of(made.query), Asking(session, actor), path="")
    mark = _("导出：%(name)s（%(username)s） %(time)s", name=owner.name, username=owner.username,
             time=clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"))  # fmt: skip
    heading = ledger.Heading(
        as_of=made.as_of, conditions=conditions_in_words(state), watermark=mark, **made.heading
    )
    try:
        export_files.make(export_id, state.query, heading, actor=actor, progress=job.progress)
    except (DomainError, runner.Cancelled):
        db.session.rollback()
        export_files.fail(export_id)
        raise
    job.result({"url": f"/lists/exports/{made.public_id}"})


@runner.handler("lists.exports_old")
def throw_away_old(job: runner.JobRun) -> None:
    """Files past their day."""
    with unit_of_work() as session:
        count = export_files.throw_away_old(session)
    job.result({"deleted": count})
