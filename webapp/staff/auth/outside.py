"""Sign-in by the city's provider, and binding its identity to one's own account."""

import logging
from dataclasses import asdict
from typing import Any

from flask import Response, current_app, flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import NotFound

from core import clock, oidc
from core.accounts import identities, signin
from core.accounts.models import Account
from core.accounts.refusals import AccountResting, SignInRefused
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from webapp.staff.auth import entering
from webapp.staff.auth.factor import bp
from webapp.staff.auth.views import came_in
from webapp.web import provider
from webapp.web.access import public, requires_fresh, signed_in
from webapp.web.acting import acting, resolved
from webapp.web.demands import must_have_factor
from webapp.web.rendering import render
from webapp.web.session import cookie_name, cookie_options, drop_cookie, signing_keys
from webapp.web.signin import own_path

__all__ = ["bp"]

log = logging.getLogger(__name__)

COOKIE = "provider"
SECONDS = 600


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(current_app), salt="provider")


def _provider() -> oidc.Provider:
    found = provider.settings()
    if found is None:
        raise NotFound
    return found


def _back() -> str:
    return f"{current_app.config['SETTINGS'].public_url}{url_for('auth.from_provider')}"


def _leave(**kept: Any) -> ResponseReturnValue:
    """Off to the provider; what must fit on return stays in a signed cookie of this browser for ten minutes."""
    asked, intent = _provider(), oidc.begin()
    try:
        metadata = oidc.discover(asked, provider.fetch)
    except oidc.Untrusted as error:
        return _refused(str(error), 503)
    response = make_response(redirect(oidc.leave_url(asked, metadata, intent, _back()), 303))
    text = str(_serializer().dumps({**kept, "intent": asdict(intent)}))
    response.set_cookie(
        cookie_name(current_app, COOKIE), text, max_age=SECONDS, **cookie_options(current_app)
    )
    return response


@bp.post("/login/provider")
@public
def to_provider() -> ResponseReturnValue:
    """Leave to sign in at the provider."""
    return _leave(next=own_path(request.args.get("next")), account=None)


@bp.post("/account/identity")
@signed_in
@requires_fresh
def bind_identity() -> ResponseReturnValue:
    """Leave to prove an identity that is then bound to this account."""
    return _leave(next=url_for("auth.mine"), account=acting().account_id, session=acting().session_id)


@bp.get("/login/provider/back")
@public
def from_provider() -> ResponseReturnValue:
    """The answer: state, nonce and PKCE must fit what this browser left with."""
    asked, kept = _provider(), _kept()
    if kept is None:
        return _refused("no_intent")
    try:
        subject = oidc.subject_of_answer(
            asked, request.args.to_dict(), oidc.Intent(**kept["intent"]), _back(), provider.fetch, clock.now()
        )
    except oidc.Untrusted as error:
        return _refused(str(error))
    if kept["account"] is not None:
        return _bind(asked, subject, kept)
    owner = identities.owner(db.session(), asked.issuer, subject)
    if owner is None:
        return _page(_("这个身份还没有绑定账号。请先用账号和密码登录，再到“我的账号”里绑定。"), 403)
    try:
        entry = signin.arrive(owner, entering.visitor(), demands=must_have_factor)
    except (SignInRefused, AccountResting) as error:
        return _page(error.message, 401)
    return _without_intent(make_response(came_in(entry, own_path(kept["next"]), "")))


def _kept() -> dict[str, Any] | None:
    text = request.cookies.get(cookie_name(current_app, COOKIE), "")
    try:
        found: dict[str, Any] = _serializer().loads(text, max_age=SECONDS)
    except BadData:
        return None
    return found


def _bind(asked: oidc.Provider, subject: str, kept: dict[str, Any]) -> ResponseReturnValue:
    """Only in the session that left for it."""
    found = resolved()
    if found is None or found.session_id != kept["session"]:
        return _refused("another_session")
    actor = acting()
    try:
        with unit_of_work() as session:
            owner = session.get_one(Account, actor.account_id)
            identities.link(session, owner, asked.issuer, subject, actor=actor)
    except Invalid as error:
        return _page(error.faults[0].message, 409)
    flash(_("统一身份认证已绑定。"))
    return _without_intent(make_response(redirect(url_for("auth.mine"), 303)))


@bp.post("/account/identity/<int:identity_id>/unlink")
@signed_in
@requires_fresh
def unbind_identity(identity_id: int) -> ResponseReturnValue:
    actor = acting()
    with unit_of_work() as session:
        owner = session.get_one(Account, actor.account_id)
        identities.unlink(session, owner, identity_id, actor=actor)
    flash(_("已解除绑定。"))
    return redirect(url_for("auth.mine"), 303)


def _refused(reason: str, status: int = 401) -> ResponseReturnValue:
    log.warning("provider_refused reason=%s request_id=%s", reason, g.get("request_id", ""))
    text = _("统一身份认证没有成功。请重试，或用账号和密码登录。")
    return _page(text, status)


def _page(text: object, status: int) -> ResponseReturnValue:
    response = make_response(render("staff/auth/provider_refused.html", text=text), status)
    return _without_intent(response)


def _without_intent(response: Response) -> Response:
    drop_cookie(current_app, response, COOKIE)
    return response
