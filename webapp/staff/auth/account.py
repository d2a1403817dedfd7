"""My account: who I am here, where I am signed in, the password, the proof for grave steps."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import audit
from core.accounts import passwords, policy, second_factor, service, sessions, signin
from core.accounts.credentials import OutsideIdentity
from core.accounts.models import Account
from core.accounts.refusals import SignInRefused
from core.db import db, unit_of_work
from core.errors import DomainError
from core.i18n import _
from webapp.staff.auth import devices, entering
from webapp.staff.auth.forms import ChangePasswordForm, ProofForm
from webapp.staff.auth.views import bp
from webapp.web import provider, resuming
from webapp.web.access import signed_in
from webapp.web.acting import account, acting, resolved
from webapp.web.demands import must_have_factor
from webapp.web.rendering import render
from webapp.web.signin import own_path

__all__ = ["bp"]


@bp.get("/account")
@signed_in
def mine() -> ResponseReturnValue:
    """My account on one page."""
    return _mine(ChangePasswordForm(rules=policy.current(db.session())))


def _mine(form: ChangePasswordForm, status: int = 200) -> ResponseReturnValue:
    session, actor, found = db.session(), acting(), resolved()
    identities = session.scalars(
        select(OutsideIdentity).where(OutsideIdentity.account_id == actor.account_id)
    ).all()
    page = render(
        "staff/auth/account.html",
        form=form,
        owner=account(),
        named=devices.named,
        own=actor.session_id,
        living=sessions.living(session, actor.account_id),
        before=sessions.before(session, actor.account_id, actor.session_id),
        rules=policy.current(session),
        confined=found.confined if found else (),
        enrolled=second_factor.enrolled(session, actor.account_id),
        codes_left=second_factor.codes_left(session, actor.account_id),
        factor_needed=must_have_factor(session, account()),
        provider=provider.settings(),
        identities=identities,
    )
    return page, status


@bp.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other session ends, and this one gets a new cookie."""
    form = ChangePasswordForm(rules=policy.current(db.session()))
    if not form.validate_on_submit():
        return _mine(form, 422)
    actor = acting()
    assert actor.session_id is not None
    try:
        _check_present(form.present.data or "")
        with unit_of_work() as session:
            owner = session.get_one(Account, actor.account_id)
            service.set_password(
                session, owner, form.password.data or "", actor=actor, keep_session=actor.session_id
            )
            token = sessions.renew(session, actor.session_id, freed_of="password")
    except DomainError as error:
        form.absorb(error)
        return _mine(form, 422)
    flash(_("密码已改。别处的登录都已退出。"))
    return entering.go_on(token, url_for(".mine"))


def _check_present(password: str) -> None:
    """The present password, counted like at the door: an unattended browser is no place to guess."""
    try:
        signin.prove(acting().account_id, password, entering.visitor())
    except SignInRefused as error:
        raise DomainError(_("现在的密码不对。"), code="wrong_password", field="present") from error
    if not passwords.matches(account().password_hash, password):
        raise DomainError(_("现在的密码不对。"), code="wrong_password", field="present")


@bp.post("/account/sessions/<int:session_id>/close")
@signed_in
def close_session(session_id: int) -> ResponseReturnValue:
    """Sign out another browser of mine."""
    actor = acting()
    if session_id not in {row.id for row in sessions.living(db.session(), actor.account_id)}:
        abort(404)
    with unit_of_work() as session:
        sessions.close(session, session_id)
        audit.record("accounts.session_closed", "account", actor.account_id, actor=actor, label=actor.name)
    flash(_("那一处已退出登录。"))
    return redirect(url_for(".mine"), 303)


@bp.post("/account/sessions/close-others")
@signed_in
def close_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    actor = acting()
    with unit_of_work() as session:
        sessions.close_all(session, actor.account_id, but=actor.session_id)
        audit.record("accounts.sessions_closed", "account", actor.account_id, actor=actor, label=actor.name)
    flash(_("别处的登录都已退出。"))
    return redirect(url_for(".mine"), 303)


@bp.route("/account/prove", methods=["GET", "POST"])
@signed_in
def prove() -> ResponseReturnValue:
    """Password or code once more, then on to where one was going, with the form that waits."""
    target, kept = own_path(request.args.get("next")), request.form.get("kept", "")[: resuming.LARGEST * 4]
    form, refusal = ProofForm(), None
    if form.validate_on_submit():
        actor = acting()
        assert actor.session_id is not None
        try:
            signin.prove(actor.account_id, form.proof.data or "", entering.visitor())
        except SignInRefused as error:
            refusal = error.message
        else:
            with unit_of_work() as session:
                token = sessions.renew(session, actor.session_id)
            return entering.go_on(token, target or url_for(".mine"), kept)
    status = (401 if refusal else 422) if form.is_submitted() else 200
    return render("staff/auth/prove.html", form=form, target=target, kept=kept, refusal=refusal), status
