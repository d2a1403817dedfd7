"""SQLite: a consistent copy by the backup API while others write; put back by one rename."""

import contextlib
import gzip
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from webapp.backup.archive import BadArchive, Reader, Writer

MEMBER = "database/lianzhao.db.gz"


def add(writer: Writer, database: Path, scratch: Path) -> dict[str, Any]:
    """Copy, check and pack the database; what the manifest says of it."""
    copy, packed = scratch / "copy.db", scratch / "copy.db.gz"
    with (
        contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        _check(target)
        facts = _facts(target)
    with copy.open("rb") as plain, gzip.open(packed, "wb", compresslevel=3) as file:
        shutil.copyfileobj(plain, file, 1 << 20)
    copy.unlink()
    with packed.open("rb") as stream:
        writer.add(MEMBER, stream, packed.stat().st_size)
    packed.unlink()
    return facts


def _check(connection: sqlite3.Connection) -> None:
    said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise BadArchive(f"The database is damaged: {said}")


def _facts(connection: sqlite3.Connection) -> dict[str, Any]:
    listed = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    names = sorted(row[0] for row in listed)
    counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - names of our own tables
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return {"kind": "sqlite", "revision": revision[0] if revision else None, "tables": counts}


def counts(database: Path) -> dict[str, int]:
    """Rows by table."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        found: dict[str, int] = _facts(connection)["tables"]
    return found


def put_back(reader: Reader, database: Path) -> None:
    """Write the database file anew. The caller has seen that there is none."""
    incoming = database.with_name(database.name + ".restoring")
    handle = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as target, reader.open(MEMBER) as stream:
        with gzip.GzipFile(fileobj=stream) as plain:
            shutil.copyfileobj(plain, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
    with contextlib.closing(sqlite3.connect(incoming)) as connection:
        _check(connection)
    incoming.replace(database)
