"""Make a backup while the platform runs: the database first, then the files that it may name."""

import datetime as dt
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

import config
from core import audit, clock, files
from core.audit import AuditHead
from core.db import db, unit_of_work
from core.files import Attachment
from core.filestore import Folder, Store
from core.permissions import SYSTEM
from webapp.backup import keys, postgres, sqlite
from webapp.backup.archive import Writer
from webapp.metrics import BACKUP

PREFIX = "lianzhao-"
_STAMP = re.compile(PREFIX + r"(\d{8}T\d{6}Z)\.tar$")


@dataclass(frozen=True)
class Made:
    """What was written and how long that took."""

    path: Path
    size: int
    rows: int
    files: int
    missing: tuple[str, ...]
    seconds: float


def make(app: Flask, settings: config.Settings, path: Path, *, passphrase: str | None = None) -> Made:
    """Write one archive to `path`. Safe while people write: the database is taken at one instant.

    Files are written before their row and never changed, so every file that the snapshot names is there,
    unless somebody removed it meanwhile; those are named in the manifest.
    """
    began = time.monotonic()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as scratch, Writer(path) as writer:
        made_at = clock.now()
        facts = _database(app, settings, writer, Path(scratch))
        head = _audit_head(app)
        number, missing = _files(app, writer)
        manifest = {
            "product": "lianzhao",
            "made_at": made_at.isoformat(),
            "database": facts,
            "audit_head": head,
            "missing_files": missing,
            "keys": keys.add(writer, settings.data_dir, passphrase),
        }
        writer.finish(manifest, app.config["SECRET_KEY"])
    _note(app, path)
    rows = sum(facts["tables"].values())
    return Made(path, path.stat().st_size, rows, number, tuple(missing), time.monotonic() - began)


def _database(app: Flask, settings: config.Settings, writer: Writer, scratch: Path) -> dict[str, Any]:
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return sqlite.add(writer, Path(str(url.database)), scratch)
    with app.app_context():
        return postgres.add(writer, scratch)


def _audit_head(app: Flask) -> dict[str, Any]:
    """Where the chain stood about then: an anchor outside the database."""
    with app.app_context():
        head = db.session.scalars(select(AuditHead)).one()
        db.session.rollback()
        return {"seq": head.seq, "hash": head.hash}


def _files(app: Flask, writer: Writer) -> tuple[int, list[str]]:
    """Everything in the folder, and where files are kept elsewhere, everything there; how many, what is missing."""
    with app.app_context():
        named = set(db.session.scalars(select(Attachment.stored_as)))
        db.session.rollback()
    root, number = files.folder(), 0
    for found in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".part"):
        name = found.relative_to(root).as_posix()
        try:
            with found.open("rb") as stream:
                writer.add(f"files/{name}", stream, found.stat().st_size)
        except FileNotFoundError:  # removed between the listing and here
            continue
        named.discard(name)
        number += 1
    if not isinstance(files.kept(), Folder):
        number += _kept_elsewhere(files.kept(), writer, named)
    return number, sorted(named)


def _kept_elsewhere(store: Store, writer: Writer, named: set[str]) -> int:
    number = 0
    for name, _since in store.names():
        try:
            with store.open(name) as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(0)
                writer.add(f"store/{name}", stream, size)
        except FileNotFoundError:
            continue
        named.discard(name)
        number += 1
    return number


def _note(app: Flask, path: Path) -> None:
    """The deed stands in the audit trail; figures and alerts take the last backup's time from there."""
    with app.app_context(), unit_of_work():
        audit.record(BACKUP, "backup", 0, actor=SYSTEM, label=path.name)


def name_at(moment: dt.datetime) -> str:
    return f"{PREFIX}{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.tar"


def surplus(folder: Path, *, days: int = 7, weeks: int = 4, months: int = 3) -> list[Path]:
    """Archives that the rotation gives up: kept are the newest of each of the last days, weeks and months."""
    dated = {path: _moment(path) for path in folder.glob(f"{PREFIX}*.tar") if _STAMP.search(path.name)}
    newest = sorted(dated, key=lambda path: dated[path], reverse=True)
    kept: set[Path] = set()
    for form, number in (("%Y-%m-%d", days), ("%G-%V", weeks), ("%Y-%m", months)):
        first: dict[str, Path] = {}
        for path in newest:
            first.setdefault(dated[path].strftime(form), path)
        kept.update(list(first.values())[:number])
    return [path for path in newest if path not in kept]


def _moment(path: Path) -> dt.datetime:
    found = _STAMP.search(path.name)
    assert found
    return dt.datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
