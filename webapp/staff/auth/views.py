"""The door: sign in, sign out, first password by a one-time link, one's own account."""

from flask import Blueprint, abort, current_app, flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import audit
from core.accounts import passwords, service, sessions, signin
from core.accounts.models import Account
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid
from core.i18n import _
from webapp.staff.auth.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from webapp.web import resuming
from webapp.web.access import public, signed_in
from webapp.web.acting import account, acting, become, cookie_name, is_signed_in, resolved
from webapp.web.language import LANGUAGES
from webapp.web.rendering import render
from webapp.web.session import cookie_options, drop_cookie
from webapp.web.signin import own_path

bp = Blueprint("auth", __name__)
YEAR = 365 * 24 * 3600


def _first_page(kind: str) -> str:
    return url_for("home.today") if kind == "staff" else "/portal/"


@bp.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; a session begins anew with every sign-in."""
    target = own_path(request.args.get("next"))
    if request.method == "GET" and is_signed_in():
        return redirect(target or _first_page(account().kind))
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token = signin.sign_in(
                form.username.data or "",
                form.password.data or "",
                ip=request.remote_addr or "",
                agent=request.user_agent.string,
                request_id=g.request_id,
            )
        except signin.SignInRefused as error:
            return _door(form, 401, error.message)
        return _enter(token, target, request.form.get("kept", ""))
    return _door(form, 422 if request.method == "POST" else 200)


def _door(form: SignInForm, status: int, refusal: object = None) -> ResponseReturnValue:
    kept = request.form.get("kept", "")[: resuming.LARGEST * 4]
    return render("staff/auth/sign_in.html", form=form, refusal=refusal, kept=kept), status


def _enter(token: str, target: str | None, kept: str) -> ResponseReturnValue:
    """Hand out the new cookie; whatever session this browser had before ends. A kept form is shown again."""
    before = resolved()
    if before is not None:
        with unit_of_work() as session:
            sessions.close(session, before.session_id)
    found = sessions.resolve(db.session(), token)
    assert found is not None
    held = resuming.waiting(kept, found.account.id) if kept else None
    if held is not None:
        become(found)
        response = make_response(render("staff/auth/resume.html", held=held))
    else:
        response = make_response(redirect(target or _first_page(found.account.kind), 303))
    response.set_cookie(cookie_name(), token, **cookie_options(current_app))
    drop_cookie(current_app, response, "csrf")
    return response


@bp.post("/logout")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this session on the server, so that its cookie is worth nothing any more."""
    found = resolved()
    if found is not None:
        actor = acting()
        with unit_of_work() as session:
            sessions.close(session, found.session_id)
            audit.record("accounts.signed_out", "account", actor.account_id, actor=actor, label=actor.name)
    response = make_response(redirect(url_for("auth.sign_in"), 303))
    response.delete_cookie(cookie_name(), **cookie_options(current_app))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.route("/invite/<token>", methods=["GET", "POST"])
@public
def first_password(token: str) -> ResponseReturnValue:
    """Set a password by a one-time link, then sign in with it."""
    owner = service.link_account(db.session(), token)
    if owner is None:
        return render("staff/auth/link_used.html"), 404
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                service.redeem(session, token, form.password.data or "", ip=request.remote_addr or "")
        except Invalid as error:
            form.absorb(error)
        else:
            flash(_("密码已设好，请登录。"))
            return redirect(url_for("auth.sign_in"), 303)
    status = 422 if request.method == "POST" else 200
    return render("staff/auth/first_password.html", form=form, owner=owner), status


@bp.get("/account")
@signed_in
def mine() -> ResponseReturnValue:
    """My account: who I am here, where I am signed in, how to change the password."""
    return _mine(ChangePasswordForm())


def _mine(form: ChangePasswordForm, status: int = 200) -> ResponseReturnValue:
    living = sessions.living(db.session(), acting().account_id)
    own = acting().session_id
    return render("staff/auth/account.html", form=form, owner=account(), living=living, own=own), status


@bp.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _mine(form, 422)
    actor = acting()
    try:
        _check_present(form.present.data or "")
        with unit_of_work() as session:
            owner = session.get_one(Account, actor.account_id)
            service.set_password(
                session, owner, form.password.data or "", actor=actor, keep_session=actor.session_id
            )
    except DomainError as error:
        form.absorb(error)
        return _mine(form, 422)
    flash(_("密码已改。别处的登录都已退出。"))
    return redirect(url_for(".mine"), 303)


def _check_present(password: str) -> None:
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


@bp.post("/preferences")
@public
def prefer() -> ResponseReturnValue:
    """Language and theme of this browser, kept in two plain cookies."""
    response = make_response(redirect(own_path(request.form.get("next")) or "/", 303))
    for name, allowed in (("lang", tuple(LANGUAGES)), ("theme", ("light", "dark"))):
        value = request.form.get(name, "")
        if value in allowed:
            response.set_cookie(name, value, max_age=YEAR, **cookie_options(current_app))
    return response
