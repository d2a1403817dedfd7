"""The door: sign in, the second factor, sign out, a password by a one-time link."""

from flask import Blueprint, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import audit
from core.accounts import policy, service, sessions, signin
from core.accounts.refusals import AccountResting, CodeRefused, SignInRefused, StepGone
from core.accounts.signin import Entry
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from webapp.staff.auth import entering
from webapp.staff.auth.forms import CodeForm, NewPasswordForm, SignInForm
from webapp.web import provider, resuming
from webapp.web.access import public, signed_in
from webapp.web.acting import account, acting, cookie_name, is_signed_in, resolved
from webapp.web.demands import must_have_factor
from webapp.web.language import LANGUAGES
from webapp.web.rendering import render
from webapp.web.session import cookie_name as named
from webapp.web.session import cookie_options, drop_cookie
from webapp.web.signin import own_path

bp = Blueprint("auth", __name__)
YEAR = 365 * 24 * 3600


@bp.route("/login", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; a session begins anew with every sign-in."""
    target = own_path(request.args.get("next"))
    if request.method == "GET" and is_signed_in():
        return redirect(target or entering.first_page(account().kind))
    form = SignInForm()
    if form.validate_on_submit():
        here = entering.visitor()
        try:
            entry = signin.sign_in(
                form.username.data or "",
                form.password.data or "",
                ip=here.ip,
                agent=here.agent,
                request_id=here.request_id,
                demands=must_have_factor,
            )
        except (SignInRefused, AccountResting) as error:
            return _door(form, 401, error.message)
        return came_in(entry, target, _kept())
    return _door(form, 422 if request.method == "POST" else 200)


def _kept() -> str:
    return request.form.get("kept", "")[: resuming.LARGEST * 4]


def _door(form: SignInForm, status: int, refusal: object = None) -> ResponseReturnValue:
    page = render(
        "staff/auth/sign_in.html", form=form, refusal=refusal, kept=_kept(), provider=provider.settings()
    )
    return page, status


def came_in(entry: Entry, target: str | None, kept: str) -> ResponseReturnValue:
    """A session: go in. Otherwise ask for the second factor, in this browser only."""
    if entry.token:
        return entering.enter(entry.token, target, kept)
    response = make_response(_code_page(CodeForm(formdata=None), target, kept))
    response.set_cookie(named(current_app, entering.STEP), entry.step, **cookie_options(current_app))
    return response


def _code_page(form: CodeForm, target: str | None, kept: str, refusal: object = None) -> str:
    return render("staff/auth/code.html", form=form, target=target, kept=kept, refusal=refusal)


@bp.route("/login/code", methods=["GET", "POST"])
@public
def second_step() -> ResponseReturnValue:
    """The code after a right password. Failures count towards the lock as those of the password do."""
    target, step = (
        own_path(request.args.get("next")),
        request.cookies.get(named(current_app, entering.STEP), ""),
    )
    form = CodeForm()
    if request.method == "GET" or not form.validate_on_submit():
        if not signin.awaited(db.session(), step):
            return redirect(url_for(".sign_in"), 303)
        return _code_page(form, target, _kept()), 422 if form.is_submitted() else 200
    try:
        entry = signin.second(step, form.code.data or "", entering.visitor(), demands=must_have_factor)
    except CodeRefused as error:
        return _code_page(form, target, _kept(), error.message), 401
    except StepGone as error:
        response = make_response(_door(SignInForm(formdata=None), 401, error.message))
        drop_cookie(current_app, response, entering.STEP)
        return response
    return entering.enter(entry.token, target, _kept())


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
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.route("/invite/<token>", methods=["GET", "POST"])
@public
def first_password(token: str) -> ResponseReturnValue:
    """Set a first password by the link of an invitation, then sign in with it."""
    return _by_link(token, "invite")


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def new_password(token: str) -> ResponseReturnValue:
    """Set a new password by the link that an administrator handed over; an open lock falls."""
    return _by_link(token, "reset")


def _by_link(token: str, purpose: str) -> ResponseReturnValue:
    owner = service.link_account(db.session(), token, purpose)
    if owner is None:
        signin.note_bad_link(request.remote_addr or "")
        return render("staff/auth/link_used.html"), 404
    form = NewPasswordForm(rules=policy.current(db.session()))
    if form.validate_on_submit():
        ip = request.remote_addr or ""
        try:
            with unit_of_work() as session:
                service.redeem(session, token, form.password.data or "", ip=ip, purpose=purpose)
        except Invalid as error:
            form.absorb(error)
        else:
            flash(_("密码已设好，请登录。"))
            return redirect(url_for("auth.sign_in"), 303)
    status = 422 if request.method == "POST" else 200
    return render("staff/auth/first_password.html", form=form, owner=owner, purpose=purpose), status


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
