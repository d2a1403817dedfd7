"""Who is acting in this request: resolved once from the session cookie, composed once into an Actor."""

from dataclasses import replace
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.exc import SQLAlchemyError

from core.accounts import sessions, tokens
from core.accounts.models import Account
from core.accounts.sessions import Resolved
from core.accounts.tokens import Bearer
from core.db import db, driver_errors, unit_of_work
from core.errors import Busy
from core.permissions import Actor
from webapp.web.actors import actor_of

_PER_REQUEST = (
    "_login_user",
    "_flask_babel",
    "resolved",
    "bearer",
    "actor",
    "csrf_token",
    "csrf_valid",
    "submitted_form",
    "merges",
)

login: Any = LoginManager()


class SignedIn(UserMixin):
    """What Flask-Login holds for a request: the account behind a living session row."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return str(self.account.id)


def init_app(app: Flask) -> None:
    login.init_app(app)
    login.session_protection = None
    login.request_loader(_load)
    app.after_request(_note_seen)
    app.after_request(_note_used)


def cookie_name() -> str:
    return "__Host-sid" if current_app.config["PRODUCTION"] else "sid"


def forget() -> None:
    """Start a request with a clean slate, also where an application context outlives it."""
    for name in _PER_REQUEST:
        g.pop(name, None)


def stranger() -> None:
    """Go on as if nobody were signed in, without asking the database who it is."""
    forget()
    g.resolved = None


def become(found: Resolved) -> None:
    """Go on in this request as the session that has just begun, with its form token."""
    forget()
    g.resolved = found


def resolved() -> Resolved | None:
    """The living session of this request's cookie; asked for once."""
    if "resolved" not in g:
        token = request.cookies.get(cookie_name(), "")
        g.resolved = sessions.resolve(db.session(), token) if token else None
    found: Resolved | None = g.resolved
    return found


API = "/api/"


def bearer() -> Bearer | None:
    """The living token of a program that calls the API; asked for once. Pages know no tokens."""
    if "bearer" not in g:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        asks = request.path.startswith(API) and scheme.lower() == "bearer"
        g.bearer = tokens.resolve(db.session(), text.strip()) if asks else None
    found: Bearer | None = g.bearer
    return found


def _load(_request: Any) -> SignedIn | None:
    by_token = bearer()
    if by_token is not None:
        return SignedIn(by_token.account)
    if request.path.startswith(API) and "Authorization" in request.headers:
        return None  # a wrong token is not mended by a cookie
    found = resolved()
    return SignedIn(found.account) if found is not None else None


def is_signed_in() -> bool:
    signed: Any = current_user
    return bool(signed.is_authenticated)


def account() -> Account:
    """The account that is signed in."""
    signed: Any = current_user
    found: Account = signed.account
    return found


def acting() -> Actor:
    """The acting user of this request. Only where the route demands to be signed in."""
    if "actor" not in g:
        program = bearer()
        g.actor = _program(program) if program is not None else _person()
    actor: Actor = g.actor
    return actor


def act_as(holder: Account) -> Actor:
    """Go on in this request as the holder of a secret address, who has no session: for reading only."""
    forget()
    g.resolved = None
    g.actor = actor_of(db.session(), holder, ip=request.remote_addr or "", request_id=g.request_id)
    actor: Actor = g.actor
    return actor


def _person() -> Actor:
    found = resolved()
    if found is None:
        raise RuntimeError("nobody is signed in; this route must not be @public")
    return actor_of(
        db.session(),
        found.account,
        ip=request.remote_addr or "",
        request_id=g.request_id,
        session_id=found.session_id,
        stands_in=found.stands_in,
    )


def _program(found: Bearer) -> Actor:
    """A token's owner, less what the token leaves out."""
    actor = actor_of(db.session(), found.account, ip=request.remote_addr or "", request_id=g.request_id)
    return replace(actor, limits=found.token.limits())


def _note_used(response: Response) -> Response:
    found = g.get("bearer")
    if found is not None and found.stale:
        try:
            with unit_of_work() as session:
                tokens.used(session, found.token.id, request.remote_addr or "")
        except _busy():
            current_app.logger.info("token_use_not_written")
    return response


def _busy() -> tuple[type[Exception], ...]:
    return (Busy, SQLAlchemyError, *driver_errors())


def _note_seen(response: Response) -> Response:
    """Write "last seen" at most every five minutes; a busy database must not spoil the answer.

    A page that asks by itself (X-Poll) is nobody's presence: it must not keep an idle session alive.
    """
    found = g.get("resolved")
    polled = "X-Poll" in request.headers
    if found is not None and found.stale and not polled and response.status_code < 400:
        try:
            with unit_of_work() as session:
                sessions.seen(session, found.session_id)
        except _busy():
            current_app.logger.info("session_seen_not_written")
    return response
