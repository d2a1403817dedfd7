"""The migrations build exactly the tables that the models describe, and can be taken back."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url

from core.db import Base, write_mode
from webapp import database, models

Shape = dict[str, dict[str, Any]]
MAINTENANCE = "alembic_version"


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    made: list[Engine] = []

    def engine(name: str) -> Engine:
        made.append(create_engine(f"sqlite:///{tmp_path / name}.db"))
        return made[-1]

    yield engine
    for each in made:
        each.dispose()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Callable[[str], Engine]]:
    base = make_url(postgres_url).set(drivername="postgresql+psycopg")
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    made: dict[str, Engine] = {}

    def engine(name: str) -> Engine:
        database_name = f"lz_shape_{name}_{os.getpid()}"
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {database_name} WITH (FORCE)"))
            connection.execute(
                text(f"CREATE DATABASE {database_name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            )
        made[database_name] = create_engine(base.set(database=database_name))
        return made[database_name]

    yield engine
    for database_name, each in made.items():
        each.dispose()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {database_name} WITH (FORCE)"))
    admin.dispose()


def migrated(engine: Engine, *steps: tuple[str, str]) -> Shape:
    """The shape after the steps, each ("upgrade" or "downgrade", revision)."""
    with write_mode(), engine.connect() as connection:
        settings = database.config()
        settings.attributes["connection"] = connection
        for verb, revision in steps:
            getattr(command, verb)(settings, revision)
            connection.commit()
    return shape(engine)


def described(engine: Engine) -> Shape:
    assert models.AREAS
    with write_mode():
        Base.metadata.create_all(engine)
    return shape(engine)


def shape(engine: Engine) -> Shape:
    """Tables with columns, keys, indexes and checks, in a form that two databases can be compared by."""
    look = inspect(engine)
    return {table: _table(look, table) for table in look.get_table_names() if table != MAINTENANCE}


def _table(look: Any, table: str) -> dict[str, Any]:
    return {
        "columns": {
            column["name"]: (str(column["type"]), column["nullable"], _text(column["default"]))
            for column in look.get_columns(table)
        },
        "primary key": look.get_pk_constraint(table),
        "unique": {(one["name"], tuple(one["column_names"])) for one in look.get_unique_constraints(table)},
        "indexes": {
            (
                one["name"],
                tuple(one["column_names"]),
                bool(one["unique"]),
                _options(one),
            )
            for one in look.get_indexes(table)
        },
        "foreign keys": {
            (one["name"], tuple(one["constrained_columns"]), one["referred_table"], str(one["options"]))
            for one in look.get_foreign_keys(table)
        },
        "checks": {(one["name"], _text(one["sqltext"])) for one in look.get_check_constraints(table)},
    }


def _options(index: Any) -> tuple[str, ...]:
    """The condition of a partial index and the like, as text."""
    return tuple(sorted(f"{key}={_text(value)}" for key, value in index.get("dialect_options", {}).items()))


def _text(sql: object) -> str:
    return " ".join(str(sql if sql is not None else "").split())


def differences(from_migrations: Shape, from_models: Shape) -> list[str]:
    found = [f"{table}: only the migrations make it" for table in from_migrations.keys() - from_models.keys()]
    found += [f"{table}: no migration makes it" for table in from_models.keys() - from_migrations.keys()]
    for table in sorted(from_migrations.keys() & from_models.keys()):
        for kind, expected in from_models[table].items():
            if (there := from_migrations[table][kind]) != expected:
                found.append(
                    f"{table}, {kind}: {_parts(there, expected)} in migrations, {_parts(expected, there)} in models"
                )
    return found


def _parts(these: Any, others: Any) -> Any:
    """What stands in these and not in the others."""
    if isinstance(these, dict):
        return {key: value for key, value in these.items() if others.get(key) != value}
    return these - others if isinstance(these, set) else these


def test_sqlite_models_equal_migrations(sqlite: Callable[[str], Engine]) -> None:
    found = differences(migrated(sqlite("migrated"), ("upgrade", "head")), described(sqlite("described")))
    assert not found, "\n".join(found)


@pytest.mark.postgres
def test_postgres_models_equal_migrations(postgres: Callable[[str], Engine]) -> None:
    found = differences(migrated(postgres("migrated"), ("upgrade", "head")), described(postgres("described")))
    assert not found, "\n".join(found)


ROUND = (("upgrade", "head"), ("downgrade", "base"))


def test_sqlite_migrations_can_be_taken_back(sqlite: Callable[[str], Engine]) -> None:
    engine = sqlite("round")
    assert migrated(engine, *ROUND) == {}
    assert migrated(engine, ("upgrade", "head")) == migrated(sqlite("once"), ("upgrade", "head"))


@pytest.mark.postgres
def test_postgres_migrations_can_be_taken_back(postgres: Callable[[str], Engine]) -> None:
    engine = postgres("round")
    assert migrated(engine, *ROUND) == {}
    assert migrated(engine, ("upgrade", "head")) == migrated(postgres("once"), ("upgrade", "head"))


def test_history_is_one_line() -> None:
    """Two heads would make `upgrade head` fail on the user's machine."""
    assert len(ScriptDirectory.from_config(database.config()).get_heads()) == 1
