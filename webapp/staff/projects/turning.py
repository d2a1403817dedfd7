"""What somebody has asked for on a project: another person approves or refuses it, whoever asked takes it back."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import Invalid, Refused
from core.i18n import _
from core.permissions import Actor
from crm.projects import access, turning
from webapp.staff.projects.forms import DecisionForm
from webapp.staff.projects.plan import bp
from webapp.web import home
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle

__all__ = ["bp"]


@bp.post("/<pid>/turning/<request_pid>/<any(approve, refuse, withdraw):verb>")
@requires(access.ADVANCE, access.TURN_BACK)
def decide_turning(pid: str, request_pid: str, verb: str) -> ResponseReturnValue:
    form, actor, url = DecisionForm(), acting(), url_for("projects.show", pid=pid)
    if not form.validate_on_submit():
        abort(400)
    note, version = form.decision.data or "", form.version.data
    said = {
        "approve": _("已批准，项目已退回。"),
        "refuse": _("没有批准，已告知申请人。"),
        "withdraw": _("申请已撤回。"),
    }
    try:
        with unit_of_work() as session:
            if done := once(session, form.form_key.data):
                return redirect(done, 303)
            if verb == "withdraw":
                turning.withdraw(session, pid, request_pid, version=version, actor=actor)
            else:
                turning.decide(
                    session, pid, request_pid, verb == "approve", note, version=version, actor=actor
                )
            settle(session, form.form_key.data, url)
        flash(said[verb])
    except (Invalid, Refused) as error:
        gaps = error.faults if isinstance(error, Invalid) else error.missing
        flash("".join(str(each.message) for each in gaps))
    return redirect(f"{url}#turning", 303)


@home.todo
def _waiting(session: Session, actor: Actor) -> list[home.Todo]:
    """Steps that others have asked for and that I may approve."""
    if not actor.can(access.TURN_BACK):
        return []
    return [
        home.Todo(
            clock.local(request.created_at).date(), _("审批：%(step)s", step=request.label), project.name,
            url_for("projects.show", pid=project.public_id, _anchor="turning"), _("去审批"),
        )
        for request, project in turning.waiting_for(session, actor)
    ]  # fmt: skip
