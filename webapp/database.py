"""Bringing the database to the shape that this version of the code expects."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, inspect

from core.db import db, write_mode
from core.lazy import lazy

_command: Any = lazy("alembic.command")
_alembic: Any = lazy("alembic.config")

_TURN = 7_120_002  # the advisory lock of those that migrate
_NAMED = re.compile(r'^(revision|down_revision)\b[^=\n]*= "([^"]+)"$', re.MULTILINE)
FOLDER = Path(__file__).resolve().parent.parent / "migrations"


class NewerDatabase(Exception):
    """The database was written by a later version; this one must not touch it."""


def config() -> Any:
    """What Alembic wants to know."""
    made = _alembic.Config()
    made.set_main_option("script_location", str(FOLDER))
    return made


@cache
def _history() -> dict[str, str | None]:
    """Every revision with the one below it, read from the files: a process at its head never loads Alembic."""
    found = {}
    for file in (FOLDER / "versions").glob("*.py"):
        named = dict(_NAMED.findall(file.read_text("utf-8")))
        found[named["revision"]] = named.get("down_revision")
    return found


def known() -> set[str]:
    """The revisions of this code."""
    return set(_history())


def head() -> str:
    """The revision that this code expects."""
    (last,) = known() - set(_history().values())
    return last


def current(app: Flask) -> str | None:
    """The revision that the database stands at; None when it is empty."""
    with app.app_context(), db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def upgrade(app: Flask, revision: str = "head") -> None:
    """Migrate up. Raises NewerDatabase when the database knows revisions that this code does not."""
    standing = current(app)
    if standing is not None and standing not in known():
        raise NewerDatabase(standing)
    if standing != (head() if revision == "head" else revision):
        _run(app, lambda settings: _command.upgrade(settings, revision))


def downgrade(app: Flask, revision: str) -> None:
    _run(app, lambda settings: _command.downgrade(settings, revision))


def _run(app: Flask, act: Callable[[Any], None]) -> None:
    """On SQLite foreign keys rest meanwhile: a batch alter would otherwise delete the child rows."""
    with app.app_context(), write_mode(), db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            _pragma(connection, "foreign_keys=OFF")
            _pragma(connection, "secure_delete=ON")  # what a migration seals must not stay in freed pages
        else:
            _take_turn(connection)
        settings = config()
        settings.attributes["connection"] = connection
        act(settings)
        connection.commit()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            connection.rollback()
            _pragma(connection, "foreign_keys=ON")
            _pragma(connection, "wal_checkpoint(TRUNCATE)")
            if broken:
                raise RuntimeError(f"foreign keys broken after migration: {broken[:5]}")


def _take_turn(connection: Connection) -> None:
    """PostgreSQL: one process migrates at a time, and none waits long for a table in use.

    A waiting ALTER TABLE makes every reader behind it wait, too; giving up lets them pass.
    """
    connection.detach()  # it is closed at the end, and the lock with it, whatever happens
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql("SET lock_timeout = '60s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({_TURN})")
    connection.exec_driver_sql("SET lock_timeout = '5s'")
    connection.commit()


def _pragma(connection: Connection, text: str) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.cursor().execute(f"PRAGMA {text}")
