"""PostgreSQL: one REPEATABLE READ snapshot written out by COPY. Needs no client program and no superuser."""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.db import db, unhurried, write_mode
from core.lazy import lazy
from webapp.backup.archive import Reader, Writer

if TYPE_CHECKING:
    from psycopg import Connection

sql: Any = lazy("psycopg.sql")  # the command line names this module on SQLite, too

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
    "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
)
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
_KEYS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)
_KEPT = ("alembic_version",)


@contextmanager
def _raw(*, snapshot: bool = False) -> Iterator["Connection[Any]"]:
    """The driver's own connection, in a transaction that ends with the block."""
    with unhurried(), db.engine.connect() as connection:
        if snapshot:
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            connection.exec_driver_sql("SELECT 1")  # the transaction, and with it the snapshot, begins here
            yield cast("Connection[Any]", connection.connection.driver_connection)


def add(writer: Writer, scratch: Path) -> dict[str, Any]:
    """Write every table of one moment; what the manifest says of them."""
    tables: dict[str, int] = {}
    columns: dict[str, list[str]] = {}
    with _raw(snapshot=True) as raw:
        for name in _column(raw, _TABLES):
            columns[name] = _column(raw, _COLUMNS, name)
            path = scratch / f"{name}.copy.gz"
            tables[name] = _write_table(raw, name, columns[name], path)
            with path.open("rb") as stream:
                writer.add(f"tables/{path.name}", stream, path.stat().st_size)
            path.unlink()
        sequences = dict(raw.execute(_SEQUENCES).fetchall())
        revision = _column(raw, "SELECT version_num FROM alembic_version")
    return {
        "kind": "postgresql",
        "revision": revision[0] if revision else None,
        "tables": tables,
        "columns": columns,
        "sequences": sequences,
    }


def _column(raw: "Connection[Any]", statement: str, *values: object) -> list[str]:
    return [row[0] for row in raw.execute(statement, values or None).fetchall()]


def _copy(name: str, columns: list[str], direction: str) -> Any:
    listed = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(name), listed, sql.SQL(direction))


def _write_table(raw: "Connection[Any]", name: str, columns: list[str], path: Path) -> int:
    rows = 0
    with (
        gzip.open(path, "wb", compresslevel=3) as file,
        raw.cursor() as cursor,
        cursor.copy(_copy(name, columns, "TO STDOUT")) as copy,
    ):
        for block in copy:
            file.write(block)
            rows += bytes(block).count(b"\n")  # a line break within a value is written as two characters
    return rows


def is_empty() -> bool:
    with _raw() as raw:
        return not _column(raw, _TABLES)


def counts(names: list[str]) -> dict[str, int]:
    """Rows by table."""
    with _raw() as raw:
        found = {}
        for name in names:
            row = raw.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            found[name] = int(row[0]) if row else 0
    return found


def put_back(reader: Reader) -> None:
    """Fill the tables of a database that was just migrated to the archive's revision, all in one transaction."""
    facts = reader.manifest["database"]
    names = [name for name in facts["tables"] if name not in _KEPT]
    with write_mode(), _raw() as raw:
        keys = raw.execute(_KEYS).fetchall()
        for table, key, _definition in keys:
            raw.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(key))
            )
        for name in names:  # some are append-only, and migrations have put first rows into some
            raw.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
        raw.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(sql.Identifier(name) for name in names)))
        for name in names:
            _read_table(raw, reader, name, facts["columns"][name])
        for name in names:
            raw.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
        for table, key, definition in keys:
            parts = (sql.SQL(table), sql.Identifier(key), sql.SQL(definition))
            raw.execute(sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(*parts))
        for name, last in facts["sequences"].items():
            if last is not None:
                raw.execute("SELECT setval(%s::regclass, %s)", (f'"{name}"', last))


def _read_table(raw: "Connection[Any]", reader: Reader, name: str, columns: list[str]) -> None:
    with (
        reader.open(f"tables/{name}.copy.gz") as stream,
        gzip.GzipFile(fileobj=stream) as plain,
        raw.cursor() as cursor,
        cursor.copy(_copy(name, columns, "FROM STDIN")) as copy,
    ):
        shutil.copyfileobj(plain, copy, 1 << 20)
