"""Accounts, for the administrators. Nobody sees or sets another person's password, or gives himself a role."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from core.accounts import deputies, granting, handing_over, holdings, queries, service
from core.accounts.models import Account
from core.accounts.service import LIST, MANAGE, UNLOCK
from core.db import db, load, unit_of_work
from core.errors import Invalid, Refused
from core.i18n import _
from crm import roles
from webapp.staff.admin import listing, words
from webapp.staff.admin.forms import AccountForm, PersonForm, ReasonForm
from webapp.web import lists, proving
from webapp.web.access import requires, requires_fresh
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("admin", __name__, url_prefix="/admin")


def role_choices() -> list[tuple[str, Any]]:
    return [(role.code, role.label) for role in roles.ROLES if role.kind == "staff"]


def unit_choices() -> list[tuple[str, Any]]:
    return queries.unit_choices(db.session())


@bp.get("/accounts")
@requires(LIST)
def accounts() -> ResponseReturnValue:
    return lists.show(
        lists.open_list(listing.LIST, cells="staff/admin/_cells.html"),
        "staff/admin/accounts.html",
        nothing={
            "title": _("还没有账号"),
            "text": _("新增后把一次性链接交给本人，由本人设密码。"),
            "symbol": "user2",
        },
    )


@bp.route("/accounts/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_account() -> ResponseReturnValue:
    """Create an account and ask for its role; its owner sets the password by a one-time link."""
    form = AccountForm(units=unit_choices(), roles=role_choices())
    if form.validate_on_submit():
        try:
            url = _create(form)
            flash(_("账号已建好。角色等安全管理员批准后生效。"))
            return redirect(url, 303)
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
        account.valid_to = form.valid_to.data
        ask = form.ask(queries.unit_ids(session), unit.id)
        granting.ask_role(session, account, ask, reason=form.reason.data, actor=actor)
        url = url_for("admin.show_account", pid=account.public_id)
        settle(session, form.form_key.data, url)
    return url


@bp.get("/accounts/<pid>")
@requires(LIST)
def show_account(pid: str) -> ResponseReturnValue:
    return _show(pid, ReasonForm())


def _show(
    pid: str,
    form: ReasonForm,
    status: int = 200,
    link: str | None = None,
    owns: Refused | None = None,
    phone: str = "",
) -> ResponseReturnValue:
    session = db.session()
    account = queries.get(session, pid)
    asked = granting.requests_of(session, account.id)
    return render(
        "staff/admin/account.html",
        account=account,
        form=form,
        link=link,
        owns=owns,
        phone=phone,
        names=queries.unit_names(session),
        roles=roles.BY_CODE,
        words=words,
        asked=asked,
        because={row.grant_id: row for row in asked if row.grant_id is not None},
        waiting=[row for row in granting.open_requests(session) if row.account_id == account.id],
        work=holdings.counts_of(session, account.id),
        kinds={kind.code: kind.label for kind in holdings.kinds()},
        handover=handing_over.open_of(session, account.id),
        stands_in=deputies.of(session, account.id),
    ), status


@bp.route("/accounts/<pid>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def edit_account(pid: str) -> ResponseReturnValue:
    """Name, title, unit; another telephone, which needs a young proof. Another unit: his work handed over first."""
    account = queries.get(db.session(), pid)
    unit = account.unit.public_id if account.unit is not None else ""
    form = PersonForm(obj=account, units=unit_choices(), unit=unit)
    if form.is_submitted() and form.phone.data is not None and (asked := proving.ask()) is not None:
        return asked  # type: ignore[no-any-return]  # a page or a redirect
    if form.validate_on_submit():
        try:
            _change(pid, form)
            flash(_("已保存。"))
            return redirect(url_for(".show_account", pid=pid), 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    status = 422 if form.is_submitted() else 200
    return render("staff/admin/person_form.html", form=form, account=account), status


def _change(pid: str, form: PersonForm) -> None:
    with unit_of_work() as session:
        if once(session, form.form_key.data):
            return
        unit = queries.unit_by_public_id(session, form.unit.data)
        values = service.AccountValues(
            form.name.data, form.title.data or "", form.phone.data, unit.id, form.valid_to.data
        )
        service.change(session, pid, values, version=form.version.data, actor=acting())
        settle(session, form.form_key.data, url_for("admin.show_account", pid=pid))


@bp.post("/accounts/<pid>/reveal")
@requires(MANAGE)
def reveal_phone(pid: str) -> ResponseReturnValue:
    """The whole telephone number, after the purpose was stated; audited."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _show(pid, form, 422)
    with unit_of_work() as session:
        phone = service.reveal_phone(session, pid, reason=form.reason.data, actor=acting())
    return _show(pid, ReasonForm(formdata=None), phone=phone)


@bp.post("/accounts/<pid>/link")
@requires(MANAGE)
@requires_fresh
def issue_link(pid: str) -> ResponseReturnValue:
    """A one-time link, shown once in the answer and kept nowhere in clear."""
    with unit_of_work() as session:
        account = load(session, Account, pid)
        purpose = "reset" if account.password_hash else "invite"
        token = service.issue_link(session, account, purpose, actor=acting())
    link = url_for(
        "auth.first_password" if purpose == "invite" else "auth.new_password", token=token, _external=True
    )
    return _show(pid, ReasonForm(), link=link)


@bp.post("/accounts/<pid>/unlock")
@requires(UNLOCK)
def unlock(pid: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        service.unlock(session, load(session, Account, pid), actor=acting())
    return redirect(url_for(".show_account", pid=pid), 303)


@bp.post("/accounts/<pid>/<any(enable, disable):verb>")
@requires(MANAGE)
def set_active(pid: str, verb: str) -> ResponseReturnValue:
    """Disable (its sessions die at once) or enable, with a reason; not while somebody owns open work."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _show(pid, form, 422)
    try:
        with unit_of_work() as session:
            account = load(session, Account, pid)
            service.set_active(session, account, verb == "enable", actor=acting(), reason=form.reason.data)
    except Refused as error:
        return _show(pid, form, 422, owns=error)
    return redirect(url_for(".show_account", pid=pid), 303)
