"""What Flask calls the session: never an identity, only the form token's secret and the next page's notices.

Signed in, the secret is that of the row in `session_row`, so that a token dies with its session and
fits no other. An anonymous visitor gets it in a signed cookie (double submit) and makes no row.
"""

import secrets
from typing import Any

from flask import Flask, Request, Response, g
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.web.acting import forget, resolved

CSRF = "csrf_token"
_FLASHES = "_flashes"
_LONGEST_COOKIE = 3000


class RequestSession(dict[str, Any], SessionMixin):
    """A dict whose form secret is looked up when it is first asked for."""

    anonymous_secret: str | None = None
    fresh_secret: str | None = None
    notices_changed = False

    def _secret(self) -> str:
        found = resolved()
        if found is not None:
            return found.csrf_secret
        if self.anonymous_secret is None:
            self.anonymous_secret = self.fresh_secret = secrets.token_hex(32)
        return self.anonymous_secret

    def __contains__(self, key: object) -> bool:
        return key == CSRF or super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        return self._secret() if key == CSRF else super().__getitem__(key)

    def __setitem__(self, key: str, value: Any) -> None:
        if key != _FLASHES:
            raise RuntimeError("the browser keeps no state; use a table")
        self.notices_changed = True
        super().__setitem__(key, value)

    def pop(self, key: str, *default: Any) -> Any:
        self.notices_changed = self.notices_changed or key in self
        return super().pop(key, *default)


class BoundSession(SessionInterface):
    """Reads and writes two small signed cookies."""

    def open_session(self, app: Flask, request: Request) -> RequestSession:
        forget()
        session = RequestSession()
        session.anonymous_secret = _read(app, request, "csrf")
        notices = _read(app, request, "notices")
        if notices:
            dict.__setitem__(session, _FLASHES, [tuple(notice) for notice in notices])
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, RequestSession)
        signed_in = g.get("resolved") is not None
        if session.fresh_secret is not None and not signed_in and not g.get("signing_in"):
            _write(app, response, "csrf", session.fresh_secret)
        if session.notices_changed:
            notices = session.get(_FLASHES)
            if notices:
                # A refusal's message is lazy: it becomes words here, in the language of who was refused.
                _write(app, response, "notices", [(look, str(said)) for look, said in notices])
            else:
                drop_cookie(app, response, "notices")


def cookie_options(app: Flask) -> dict[str, Any]:
    return {"path": "/", "httponly": True, "samesite": "Lax", "secure": app.config["PRODUCTION"]}


def cookie_name(app: Flask, name: str) -> str:
    return f"__Host-{name}" if app.config["PRODUCTION"] else name


def drop_cookie(app: Flask, response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(app, name), **cookie_options(app))


def signing_keys(app: Flask) -> list[str]:
    """What signatures are checked with: earlier keys that still hold, then the present one, which signs."""
    return [*app.config.get("SECRET_KEY_FALLBACKS", []), app.config["SECRET_KEY"]]


def _serializer(app: Flask, name: str) -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(app), salt=f"cookie-{name}")


def _read(app: Flask, request: Request, name: str) -> Any:
    text = request.cookies.get(cookie_name(app, name), "")
    try:
        return _serializer(app, name).loads(text) if text else None
    except BadSignature:
        return None


def _write(app: Flask, response: Response, name: str, value: Any) -> None:
    text = str(_serializer(app, name).dumps(value))
    if len(text) <= _LONGEST_COOKIE:
        response.set_cookie(cookie_name(app, name), text, **cookie_options(app))
