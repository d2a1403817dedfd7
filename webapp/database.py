"""Bringing the database to the shape that this version of the code expects."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection

from core.db import db, write_mode

_TURN = 7_120_002  # the advisory lock of those that migrate
FOLDER = Path(__file__).resolve().parent.parent / "migrations"


class NewerDatabase(Exception):
    """The database was written by a later version; this one must not touch it."""


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    return made


def head() -> str:
    """The revision that this code expects."""
    found = ScriptDirectory.from_config(config()).get_current_head()
    assert found is not None
    return found


def current(app: Flask) -> str | None:
    """The revision that the database stands at; None when it is empty."""
    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(app: Flask, revision: str = "head") -> None:
    """Migrate up. Raises NewerDatabase when the database knows revisions that this code does not."""
    standing = current(app)
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if standing is not None and standing not in known:
        raise NewerDatabase(standing)
    _run(app, lambda settings: command.upgrade(settings, revision))


def downgrade(app: Flask, revision: str) -> None:
    _run(app, lambda settings: command.downgrade(settings, revision))


def _run(app: Flask, act: Callable[[Config], None]) -> None:
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
