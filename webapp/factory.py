"""Putting the application together. Starts no thread and touches no table."""

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from core import files, secrets
from core.db import db
from webapp import areas, keys
from webapp.api.v1.door import bp as api
from webapp.web import (
    access,
    acting,
    assets,
    attempts,
    errors,
    formats,
    headers,
    language,
    limits,
    observing,
    outside,
    rates,
    searching,
    session,
    templates,
    uploads,
)

MAX_BODY = 52 * 1024 * 1024
"""A file of 50 MB and its form around it."""


_POSTGRES = " ".join(
    (
        "-c statement_timeout=15000",
        "-c lock_timeout=10000",
        "-c idle_in_transaction_session_timeout=600000",
    )
)
"""A page gives up before its reader does; jobs and commands ask for more (`core.db.unhurried`)."""
_KEEPALIVES = {"keepalives": 1, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}


def create_app(settings: config.Settings) -> Flask:
    """The application for these settings; entry points and tests build on it alike."""
    app = attempts.Application("webapp", static_folder=None)
    app.config.update(
        SETTINGS=settings,
        PRODUCTION=settings.production,
        ADMINISTRATORS_NEED_FACTOR=settings.production,
        SECRET_KEY=config.ensure_secret(settings),
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        WTF_CSRF_SECRET_KEY=[*settings.secret_key_fallbacks, config.ensure_secret(settings)],
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.https,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.session_interface = session.BoundSession()
    files.use_folder(settings.files_dir)
    secrets.use(keys.load(settings))
    searching.init_app(settings)
    outside.init_app(settings)
    db.init_app(app)
    _around_requests(app, settings)
    for blueprint in areas.BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.assert_every_route_states_its_access(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's way
    assets.init_app(app)
    return app


def _around_requests(app: Flask, settings: config.Settings) -> None:
    """In this order: an id and sane characters, who it is, may he, a sane form, the form's token."""
    observing.init_app(app)
    headers.init_app(app, https=settings.https)
    limits.init_app(app)
    acting.init_app(app)
    app.before_request(access.check)
    app.before_request(limits.check_form)
    CSRFProtect(app).exempt(api)  # changes come there by token only, never by cookie
    rates.init_app(app, settings)
    language.init_app(app)
    formats.init_app(app)
    templates.init_app(app)
    errors.init_app(app)
    uploads.init_app(app)


def _engine_options(url: str) -> dict[str, object]:
    # An error of the database would otherwise quote the values of the statement, in logs and in failed jobs.
    if url.startswith("sqlite"):
        return {
            "hide_parameters": True,
            "pool_size": 20,
            "max_overflow": 20,
            "pool_use_lifo": True,  # what one request has read is still in the connection's cache for the next
            "connect_args": {"timeout": 5},
        }
    return {
        "hide_parameters": True,
        "pool_size": 10,
        "max_overflow": 20,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "pool_timeout": 10,
        "connect_args": {"connect_timeout": 3, "options": _POSTGRES, **_KEEPALIVES},
    }
