"""Whether this process can serve: database, migrations and disk decide; Redis and search only degrade."""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import config
from core.db import db
from core.lazy import lazy
from search import desk
from search.engine import EngineDown
from webapp import database

redis: Any = lazy("redis")

LEAST_FREE = 100 * 1024 * 1024
"""Below this the next upload or the next checkpoint may fail half-way."""
_KEPT_SECONDS = 3.0


@dataclass
class Readiness:
    """What each part says; `failing` parts stop traffic, `degraded` ones only lack something."""

    parts: dict[str, str] = field(default_factory=dict)
    failing: bool = False
    degraded: bool = False

    @property
    def status(self) -> str:
        return "unavailable" if self.failing else "degraded" if self.degraded else "ok"


_lock = threading.Lock()
_kept: dict[str, tuple[float, str]] = {}


def look() -> Readiness:
    """Ask every part; the slow ones at most every three seconds."""
    settings: config.Settings = current_app.config["SETTINGS"]
    found = Readiness()
    for name, ask in (("database", _database), ("disk", lambda: _disk(settings))):
        found.parts[name] = said = ask()
        found.failing |= said != "ok"
    for name, ask in (("redis", lambda: _redis(settings)), ("search", _search)):
        found.parts[name] = said = _seldom(name, ask)
        found.degraded |= said not in ("ok", "embedded")
    return found


def _seldom(name: str, ask: Callable[[], str]) -> str:
    with _lock:
        at, said = _kept.get(name, (0.0, ""))
        if not said or time.monotonic() - at > _KEPT_SECONDS:
            said = ask()
            _kept[name] = (time.monotonic(), said)
    return said


def _database() -> str:
    try:
        standing = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return "does not answer"
    finally:
        db.session.rollback()
    return "ok" if standing == database.head() else "needs migrate"


def _disk(settings: config.Settings) -> str:
    try:
        free = shutil.disk_usage(settings.data_dir).free
    except OSError:
        return "data folder is gone"
    return "ok" if free >= LEAST_FREE else "full"


def _redis(settings: config.Settings) -> str:
    if settings.redis_url is None:
        return "embedded"
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "does not answer"
    return "ok"


def _search() -> str:
    try:
        health = desk.finder().engine.health()
    except EngineDown:
        return "does not answer"
    return "ok" if health.up else "does not answer"
