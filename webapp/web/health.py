"""For watchdogs: whether the process lives, whether it can serve, and its figures."""

import hmac

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

import config
from core.errors import NotFound
from webapp import metrics as figures
from webapp.web import readiness
from webapp.web.access import public

bp = Blueprint("health", __name__)

_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@bp.get("/livez")
@public
def live() -> ResponseReturnValue:
    """Asks nothing of anybody: a watchdog must not restart a process because the database is away."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """503 only when the database, its revision or the disk forbids to serve. Parts are for watchers alone."""
    found = readiness.look()
    shown: dict[str, object] = {"status": found.status}
    if may_watch():
        shown["parts"] = found.parts
    return jsonify(shown), 503 if found.failing else 200


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    if not may_watch():
        raise NotFound()
    return Response(figures.page(), content_type=CONTENT_TYPE_LATEST)


def may_watch() -> bool:
    """Holders of METRICS_TOKEN; without one, this machine itself, but not what a proxy on it passes on."""
    settings: config.Settings = current_app.config["SETTINGS"]
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.metrics_token.encode())
    return request.remote_addr in ("127.0.0.1", "::1") and not any(
        name in request.headers for name in _FORWARDED
    )
