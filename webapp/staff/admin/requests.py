"""Roles and clearances: asked for by one administrator, decided by another; what each role may do."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core import clock
from core.accounts import granting, queries
from core.accounts.models import Account, Grant
from core.db import db, load
from core.errors import Invalid, NotFound, NotPermitted
from core.i18n import _
from core.permissions import Actor
from crm import roles
from webapp.staff.admin import words
from webapp.staff.admin.forms import ClearanceForm, DecisionForm, ReasonForm, RoleFields
from webapp.staff.admin.views import bp, role_choices, unit_choices
from webapp.web import home, rights
from webapp.web.access import requires, requires_fresh, staff
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.get("/requests")
@requires(granting.REQUEST, granting.DECIDE)
def requests() -> ResponseReturnValue:
    """What waits for a decision, and what was decided lately."""
    return _requests(DecisionForm(), None)


def _requests(form: DecisionForm, at: str | None) -> str:
    session = db.session()
    return render(
        "staff/admin/requests.html",
        waiting=granting.open_requests(session),
        decided=granting.requests_of(session),
        names=queries.unit_names(session),
        roles=roles.BY_CODE,
        words=words,
        form=form,
        at=at,
    )


@bp.post("/requests/<pid>/<any(approve, refuse, withdraw):verb>")
@requires(granting.REQUEST, granting.DECIDE)
@requires_fresh
def decide(pid: str, verb: str) -> Answer:
    """Approve or refuse another's request, or take one's own back."""
    form = DecisionForm()

    def act(session: Any) -> None:
        if verb == "withdraw":
            granting.withdraw(session, pid, version=form.version.data, actor=acting())
        else:
            granting.decide(
                session,
                pid,
                verb == "approve",
                form.note.data or "",
                version=form.version.data,
                actor=acting(),
            )

    said = {
        "approve": _("已批准，马上生效。"),
        "refuse": _("已退回，申请人会收到消息。"),
        "withdraw": _("已撤回。"),
    }
    try:
        return carry(form, act, url_for(".requests"), said[verb], lambda: _requests(form, pid))
    except NotPermitted as error:
        form.absorb(error)
        return _requests(form, pid), 403


@bp.route("/accounts/<pid>/roles/new", methods=["GET", "POST"])
@requires(granting.REQUEST)
def ask_role(pid: str) -> Answer:
    """Ask for one more role for somebody."""
    account = queries.get(db.session(), pid)
    form = RoleFields(units=unit_choices(), roles=role_choices())

    def act(session: Any) -> None:
        owner = load(session, Account, pid)
        ask = form.ask(queries.unit_ids(session), owner.unit_id)
        granting.ask_role(session, owner, ask, reason=form.reason.data, actor=acting())

    def again() -> str:
        return render("staff/admin/role_form.html", form=form, account=account)

    if not form.is_submitted():
        return again()
    said = _("申请已提交，等安全管理员审批。")
    return carry(form, act, url_for(".show_account", pid=pid), said, again)


@bp.route("/accounts/<pid>/clearance", methods=["GET", "POST"])
@requires(granting.REQUEST)
def ask_clearance(pid: str) -> Answer:
    """Ask that somebody be cleared for restricted records, or no longer."""
    account = queries.get(db.session(), pid)
    form = ClearanceForm(data={"clearance": account.clearance})

    def act(session: Any) -> None:
        owner = load(session, Account, pid)
        granting.ask_clearance(
            session, owner, form.clearance.data or "", reason=form.reason.data, actor=acting()
        )

    def again() -> str:
        return render("staff/admin/clearance_form.html", form=form, account=account)

    if not form.is_submitted():
        return again()
    said = _("申请已提交，等安全管理员审批。")
    return carry(form, act, url_for(".show_account", pid=pid), said, again)


@bp.route("/accounts/<pid>/roles/<grant_pid>/revoke", methods=["GET", "POST"])
@requires(granting.DECIDE)
@requires_fresh
def revoke(pid: str, grant_pid: str) -> Answer:
    """Take a role away, with a reason; effective with the next request."""
    account = queries.get(db.session(), pid)
    row = next((grant for grant in account.grants if grant.public_id == grant_pid), None)
    if row is None:
        raise NotFound()
    form = ReasonForm()

    def again() -> str:
        return render(
            "staff/admin/revoke.html", form=form, account=account, row=row, words=words, roles=roles.BY_CODE,
            names=queries.unit_names(db.session()),
        )  # fmt: skip

    def act(session: Any) -> None:
        granting.revoke(session, load(session, Grant, grant_pid), reason=form.reason.data, actor=acting())

    if not form.is_submitted():
        return again()
    try:
        return carry(form, act, url_for(".show_account", pid=pid), _("角色已收回，马上生效。"), again)
    except (Invalid, NotPermitted) as error:
        form.absorb(error)
        flash(error.message)
        return redirect(url_for(".show_account", pid=pid), 303)


@bp.get("/roles")
@staff
def role_matrix() -> ResponseReturnValue:
    """What each role may do: one line for each right, one column for each role. No secret to officials."""
    held = {role.code: rights.of_role(role) for role in roles.ROLES}
    return render("staff/admin/roles.html", roles=roles.ROLES, table=rights.table(), held=held, words=words)


@home.todo
def _waiting(session: Session, actor: Actor) -> list[home.Todo]:
    """Rights that others have asked for and that I may give."""
    return [
        home.Todo(
            clock.local(request.created_at).date(), _("审批权限申请"), request.account.name,
            url_for("admin.requests", _anchor=f"r-{request.public_id}"), _("去审批"),
        )
        for request in granting.waiting_for(session, actor)
    ]  # fmt: skip
