"""Handing out the cookie of a session that has just begun or been renewed."""

from flask import Response, current_app, g, make_response, redirect, request, url_for

from core.accounts import sessions
from core.accounts.signin import Visitor
from core.db import db, unit_of_work
from webapp.web import resuming
from webapp.web.acting import become, cookie_name, resolved
from webapp.web.rendering import render
from webapp.web.session import cookie_options, drop_cookie

STEP = "step"


def visitor() -> Visitor:
    """From where this request comes."""
    return Visitor(request.remote_addr or "", request.user_agent.string, g.request_id)


def first_page(kind: str) -> str:
    return url_for("home.today") if kind == "staff" else "/portal/"


def enter(token: str, target: str | None, kept: str) -> Response:
    """Begin with a new session; whatever session this browser had before ends. A kept form is shown again."""
    before = resolved()
    if before is not None:
        with unit_of_work() as session:
            sessions.close(session, before.session_id)
    return go_on(token, target, kept)


def go_on(token: str, target: str | None, kept: str = "") -> Response:
    """The cookie of `token`, and the page that was wanted: a kept form, `target`, or the first page."""
    found = sessions.resolve(db.session(), token)
    assert found is not None
    held = resuming.waiting(kept, found.account.id) if kept else None
    if held is not None:
        become(found)
        response = make_response(render("staff/auth/resume.html", held=held))
    else:
        response = make_response(redirect(target or first_page(found.account.kind), 303))
    give_cookie(response, token)
    return response


def give_cookie(response: Response, token: str) -> None:
    response.set_cookie(cookie_name(), token, **cookie_options(current_app))
    drop_cookie(current_app, response, "csrf")
    drop_cookie(current_app, response, STEP)
