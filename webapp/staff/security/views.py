"""The security administrator: the rules of the door, how an account is protected, the register of personal data."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, personal
from core.accounts import identities, policy, queries, second_factor, sessions
from core.accounts.credentials import OutsideIdentity
from core.accounts.models import Account
from core.db import db, load, unit_of_work
from core.i18n import _
from core.permissions import require
from webapp.staff.security.forms import IdentityForm, PolicyForm, ResetFactorForm
from webapp.web import provider
from webapp.web.access import requires, requires_fresh
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.rendering import render

bp = Blueprint("security", __name__, url_prefix="/admin/security")


@bp.route("/policy", methods=["GET", "POST"])
@requires(policy.CHANGE)
@requires_fresh
def rules() -> Answer:
    """The rules of the door; in force with the next request."""
    form = PolicyForm(**asdict(policy.current(db.session())))
    if not form.is_submitted():
        return _rules(form)
    wanted = {field.short_name: field.data for field in form.visible()}

    def act(session: Session) -> None:
        policy.change(session, wanted, actor=acting())

    return carry(form, act, url_for(".rules"), _("安全策略已更新，马上生效。"), lambda: _rules(form))


def _rules(form: PolicyForm) -> str:
    return render("staff/security/policy.html", form=form)


@bp.get("/accounts/<pid>")
@requires(second_factor.RESET)
def show(pid: str) -> ResponseReturnValue:
    return _show(pid, ResetFactorForm(), IdentityForm())


def _show(pid: str, form: ResetFactorForm, identity: IdentityForm) -> str:
    session = db.session()
    account = queries.get(session, pid)
    bound = select(OutsideIdentity).where(OutsideIdentity.account_id == account.id)
    return render(
        "staff/security/account.html",
        account=account,
        form=form,
        identity=identity,
        enrolled=second_factor.enrolled(session, account.id),
        living=sessions.living(session, account.id),
        identities=session.scalars(bound).all(),
        provider=provider.settings(),
    )


@bp.post("/accounts/<pid>/factor/reset")
@requires(second_factor.RESET)
@requires_fresh
def reset_factor(pid: str) -> Answer:
    """Take a lost factor away; its owner is told, his sessions end."""
    form = ResetFactorForm()

    def act(session: Session) -> None:
        account = load(session, Account, pid)
        second_factor.reset(session, account, reason=form.reason.data or "", actor=acting())

    said = _("第二因素已重置，本人会收到通知。")
    return carry(
        form, act, url_for(".show", pid=pid), said, lambda: _show(pid, form, IdentityForm(formdata=None))
    )


@bp.post("/accounts/<pid>/sessions/close")
@requires(second_factor.RESET)
@requires_fresh
def close_sessions(pid: str) -> ResponseReturnValue:
    """End every session of an account at once."""
    actor = acting()
    require(actor, second_factor.RESET)
    with unit_of_work() as session:
        account = load(session, Account, pid)
        sessions.close_all(session, account.id)
        audit.record("accounts.sessions_closed", "account", account.id, actor=actor, label=account.username)
    flash(_("他在各处的登录都已退出。"))
    return redirect(url_for(".show", pid=pid), 303)


@bp.post("/accounts/<pid>/identity")
@requires(identities.LINK)
@requires_fresh
def link_identity(pid: str) -> Answer:
    """Bind an identity that the provider's administrator has named."""
    form, known = IdentityForm(), provider.settings()

    def act(session: Session) -> None:
        issuer: Any = known.issuer if known else ""
        identities.link(session, load(session, Account, pid), issuer, form.subject.data or "", actor=acting())

    again = lambda: _show(pid, ResetFactorForm(formdata=None), form)  # noqa: E731 - one expression, used once
    return carry(form, act, url_for(".show", pid=pid), _("统一身份认证已绑定。"), again)


@bp.get("/register")
@requires(policy.CHANGE)
def register() -> ResponseReturnValue:
    """Every personal field: purpose, basis, level, retention, who sees it."""
    return render("staff/security/register.html", fields=personal.FIELDS)
