"""Every revision taken back and brought forward again on the demonstration's rows; killed half-way; locked out."""

import dataclasses
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, MetaData, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

import config
from core import rotation, secrets
from core.db import db, write_mode
from tests.conventions.test_migrations import differences, shape
from tests.support.second import empty_place
from webapp import database
from webapp.cli import start
from webapp.factory import create_app

Rows = dict[str, list[tuple[Any, ...]]]
LOSSY: dict[str, set[str]] = {}
"""Tables whose rows a revision cannot give back as they were, and why."""


@pytest.fixture
def place(the_app: Flask, settings: config.Settings, tmp_path: Path) -> Iterator[config.Settings]:
    """Settings of an empty database of this test's own."""
    with empty_place(settings, tmp_path, "migrated") as second:
        yield second


def _environ(place: config.Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return {
        **kept,
        "MODE": "demo",
        "DATA_DIR": str(place.data_dir),
        "DATABASE_URL": place.database_url,
        "SECRET_KEY": place.secret_key,
    }


def _command(place: config.Settings, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "webapp", *arguments],
        env=_environ(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _done(process: subprocess.Popen[str]) -> str:
    said, _nothing = process.communicate(timeout=180)
    assert process.returncode == 0, said
    return said


@pytest.fixture
def at(place: config.Settings) -> Iterator[Flask]:
    made = create_app(place)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def _rows(app: Flask) -> tuple[Rows, dict[str, tuple[str, ...]]]:
    """All rows by table, and the columns in which they are given."""
    with app.app_context(), db.engine.connect() as connection:
        meta = MetaData()
        meta.reflect(connection)
        columns = {
            name: tuple(sorted(column.name for column in table.columns))
            for name, table in meta.tables.items()
            if name != "alembic_version"
        }
        return {name: _read(connection, name, columns[name]) for name in columns}, columns


def _read(connection: Any, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The rows as they mean: sealed anew, a value has other characters."""
    listed = ", ".join(f'"{column}"' for column in columns)
    sealed = {place for place, column in enumerate(columns) if (table, column) in _sealed()}
    rows = connection.exec_driver_sql(f'SELECT {listed} FROM "{table}"')
    return sorted(
        tuple(
            _meant(value, f"{table}.{columns[place]}") if place in sealed else repr(value)
            for place, value in enumerate(row)
        )
        for row in rows
    )


def _sealed() -> set[tuple[str, str]]:
    return {(table.name, column.name) for table, column in rotation.sealed_columns()}


def _meant(value: Any, bound: str) -> str:
    ring = secrets.ring()
    return repr(str(ring.open(value, bound)) if str(value).startswith(f"{ring.current}.") else value)


def _projected(rows: Rows, columns: dict[str, tuple[str, ...]], onto: dict[str, tuple[str, ...]]) -> Rows:
    found: Rows = {}
    for table in columns.keys() & onto.keys():
        kept = [place for place, name in enumerate(columns[table]) if name in onto[table]]
        found[table] = sorted(tuple(row[place] for place in kept) for row in rows[table])
    return found


def _differing(left: Rows, right: Rows) -> set[str]:
    return {table for table in left.keys() | right.keys() if left.get(table) != right.get(table)}


@pytest.mark.slow
def test_every_revision_goes_down_and_up_again_on_data(place: config.Settings, at: Flask) -> None:
    _done(_command(place, "demo", "load"))
    script = ScriptDirectory.from_config(database.config())
    full, columns = _rows(at)
    assert sum(map(len, full.values())) > 20_000 and len(full["audit_entry"]) > 100
    for revision in script.walk_revisions():  # from the head down
        below = str(revision.down_revision or "base")
        database.downgrade(at, below)
        lower, lower_columns = _rows(at)
        expected = _projected(full, columns, lower_columns)
        kept = _projected(lower, lower_columns, columns)
        assert _differing(kept, expected) <= LOSSY.get(revision.revision, set()), f"{revision.revision} down"
        database.upgrade(at, revision.revision)
        again, again_columns = _rows(at)
        assert again_columns == columns, f"{revision.revision} up"
        back = _projected(again, again_columns, lower_columns)
        assert _differing(back, expected) <= LOSSY.get(revision.revision, set()), f"{revision.revision} up"
        if again.get("audit_entry"):
            _append_only(at)
        database.downgrade(at, below)
        full, columns = lower, lower_columns
    assert not full
    database.upgrade(at)
    assert database.current(at) == database.head()


def _append_only(app: Flask) -> None:
    """A batch alter drops SQLite's triggers; whoever forgets them makes the trail writable."""
    with app.app_context(), write_mode(), db.engine.connect() as connection:
        for deed in ("UPDATE audit_entry SET label = 'x'", "DELETE FROM audit_entry"):
            with pytest.raises(SQLAlchemyError, match="append-only"):
                connection.execute(text(deed))
            connection.rollback()


def test_killed_half_way_it_is_completed_by_the_next_start(place: config.Settings, tmp_path: Path) -> None:
    engine = create_engine(place.database_url)
    stood, kills = "", 0
    for _attempt in range(6):
        process = _command(place, "migrate")
        while process.poll() is None and (seen := _revision(engine)) in ("", stood):
            time.sleep(0.002)
        if process.poll() is None:
            process.kill()
            kills += 1
            stood = seen
        process.communicate()
    assert kills >= 3
    _done(_command(place, "migrate"))
    assert _revision(engine) == database.head()
    once = create_engine(f"sqlite:///{tmp_path / 'once.db'}")
    if engine.dialect.name == "sqlite":
        _done(_command(dataclasses.replace(place, database_url=str(once.url)), "migrate"))
        assert differences(shape(engine), shape(once)) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_head")).scalar() == 1
    once.dispose()
    engine.dispose()


def _revision(engine: Engine) -> str:
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    except SQLAlchemyError:
        return ""


@pytest.mark.postgres
def test_a_locked_table_is_not_waited_for_and_nothing_is_half_done(place: config.Settings, at: Flask) -> None:
    database.upgrade(at)
    script = ScriptDirectory.from_config(database.config())
    with at.app_context():
        holder = create_engine(place.database_url)
        with holder.connect() as connection:
            connection.execute(text("LOCK TABLE account IN ACCESS SHARE MODE"))
            began = time.monotonic()
            with pytest.raises(SQLAlchemyError, match="lock timeout"):
                database.downgrade(at, "base")
            assert time.monotonic() - began < 60
            connection.rollback()
        holder.dispose()
    assert database.current(at) in {one.revision for one in script.walk_revisions()}
    start.prepare_database(at, place)
    assert database.current(at) == database.head()


@pytest.mark.postgres
def test_two_that_migrate_at_once_take_turns(place: config.Settings) -> None:
    said: list[str] = []
    threads = [
        threading.Thread(target=lambda: said.append(_done(_command(place, "migrate")))) for _one in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 3 and all(f"-> {database.head()}" in one for one in said)
