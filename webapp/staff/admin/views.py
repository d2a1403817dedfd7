"""Accounts and units, for the administrator. Nobody sees or sets another person's password."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from core.accounts import queries, service
from core.accounts.models import Account
from core.accounts.service import MANAGE
from core.db import db, load, unit_of_work
from core.errors import Invalid
from core.i18n import lazy as _l
from crm import roles
from webapp.staff.admin.forms import SCOPES, AccountForm, ReasonForm, UnitForm
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.listing import Filter, ListState
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("admin", __name__, url_prefix="/admin")


def _role_choices() -> list[tuple[str, Any]]:
    return [(role.code, role.label) for role in roles.ROLES if role.kind == "staff"]


def _units() -> list[tuple[str, Any]]:
    return queries.unit_choices(db.session())


@bp.get("/accounts")
@requires(MANAGE)
def accounts() -> ResponseReturnValue:
    state = ListState(
        [
            Filter("q", _l("姓名或账号")),
            Filter("unit", _l("单位"), _units),
            Filter("role", _l("角色"), _role_choices),
            Filter("state", _l("状态"), [("active", _l("在用")), ("disabled", _l("停用"))]),
        ],
        sorts={"name": _l("姓名"), "username": _l("账号"), "seen": _l("最近登录")},
        default_sort="name",
    )
    page = queries.page(db.session(), state.query)
    return render("staff/admin/accounts.html", state=state, page=page, roles=roles.BY_CODE)


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_account() -> ResponseReturnValue:
    """Create an account and show its one-time link; whoever opens it sets the password."""
    form = AccountForm(units=_units(), roles=_role_choices())
    if form.validate_on_submit():
        try:
            return redirect(_create(form), 303)
        except Invalid as error:
            form.absorb(error)
    return render("staff/admin/account_form.html", form=form), 422 if form.is_submitted() else 200


def _create(form: AccountForm) -> str:
    actor = acting()
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        unit = queries.unit_by_public_id(session, form.unit.data)
        account = service.create(
            session,
            username=form.username.data,
            name=form.name.data,
            kind="staff",
            unit_id=unit.id,
            title=form.title.data or "",
            phone=form.phone.data or "",
            actor=actor,
        )
        service.grant(session, account, form.role.data, scope=form.scope.data, unit_id=unit.id, actor=actor)
        url = url_for("admin.show_account", pid=account.public_id)
        settle(session, form.form_key.data, url)
    return url


@bp.get("/accounts/<pid>")
@requires(MANAGE)
def show_account(pid: str) -> ResponseReturnValue:
    return _show(pid, ReasonForm())


def _show(pid: str, form: ReasonForm, status: int = 200, link: str | None = None) -> ResponseReturnValue:
    account = queries.get(db.session(), pid)
    names = {unit.id: unit.name for unit in queries.units(db.session())}
    return render(
        "staff/admin/account.html",
        account=account,
        form=form,
        link=link,
        units=names,
        roles=roles.BY_CODE,
        scopes=dict(SCOPES),
    ), status


@bp.post("/accounts/<pid>/link")
@requires(MANAGE)
def issue_link(pid: str) -> ResponseReturnValue:
    """A one-time link, shown once in the answer and kept nowhere in clear."""
    with unit_of_work() as session:
        account = load(session, Account, pid)
        purpose = "reset" if account.password_hash else "invite"
        token = service.issue_link(session, account, purpose, actor=acting())
    link = url_for("auth.first_password", token=token, _external=True)
    return _show(pid, ReasonForm(), link=link)


@bp.post("/accounts/<pid>/unlock")
@requires(MANAGE)
def unlock(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        service.unlock(session, load(session, Account, pid), actor=acting())
    return redirect(url_for(".show_account", pid=pid), 303)


@bp.post("/accounts/<pid>/<any(enable, disable):verb>")
@requires(MANAGE)
def set_active(pid: str, verb: str) -> ResponseReturnValue:
    """Disable (its sessions die at once) or enable, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _show(pid, form, 422)
    with unit_of_work() as session:
        account = load(session, Account, pid)
        service.set_active(session, account, verb == "enable", actor=acting(), reason=form.reason.data)
    return redirect(url_for(".show_account", pid=pid), 303)


@bp.route("/units", methods=["GET", "POST"])
@requires(MANAGE)
def units() -> ResponseReturnValue:
    """The organisation tree, and a form to add to it."""
    session = db.session()
    form = UnitForm(units=_units())
    if form.validate_on_submit():
        try:
            _add_unit(form)
            return redirect(url_for(".units"), 303)
        except Invalid as error:
            form.absorb(error)
    return render(
        "staff/admin/units.html",
        form=form,
        units=queries.units(session),
        people=queries.people_per_unit(session),
    ), 422 if form.is_submitted() else 200


def _add_unit(form: UnitForm) -> None:
    with unit_of_work() as session:
        if once(session, form.form_key.data):
            return
        service.create_unit(
            session,
            code=form.code.data,
            name=form.name.data,
            short_name=form.short_name.data or "",
            kind=form.kind.data,
            parent=queries.unit_by_public_id(session, form.parent.data),
            actor=acting(),
        )
        settle(session, form.form_key.data, url_for("admin.units"))
