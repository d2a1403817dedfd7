"""How often programs and search boxes may ask. Redis counts where there is one; without it each process does."""

from typing import Any

from flask import Flask, g, request
from flask_limiter import Limiter

import config

CALLS = "600 per minute"
SEARCHES = "60 per minute"


def _who() -> str:
    """The account that asks, else the address: a whole building may stand behind one."""
    actor = g.get("actor")
    return f"account:{actor.account_id}" if actor is not None else f"address:{request.remote_addr}"


limiter: Any = Limiter(_who, headers_enabled=True, in_memory_fallback_enabled=True, swallow_errors=False)


def init_app(app: Flask, settings: config.Settings) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    app.config["RATELIMIT_STORAGE_OPTIONS"] = (
        {"socket_connect_timeout": 1, "socket_timeout": 1} if settings.redis_url else {}
    )
    limiter.init_app(app)
