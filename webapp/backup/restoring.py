"""Restore into an empty installation, and prove what came back."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy.engine import make_url

import config
from core import audit, audit_chain, files
from core.db import db, unit_of_work
from core.permissions import SYSTEM
from webapp import database, keys
from webapp.backup import postgres, sqlite
from webapp.backup.archive import BadArchive, Reader

RESTORED = "backups.restored"


@dataclass(frozen=True)
class Restored:
    """What came back, and the recovery time: from the first byte read to a database that may serve."""

    rows: int
    files: int
    seconds: float


def check(reader: Reader, secret_key: str, *, unsigned: bool = False) -> None:
    """Every checksum, the signature and the version. Raises BadArchive."""
    if not unsigned and not reader.signed_with(secret_key):
        raise BadArchive(
            "The signature does not fit this SECRET_KEY: the archive was altered, or the key is another one.\n"
            "Restore with the SECRET_KEY of the installation that made it (or its key files and "
            "--key-passphrase-file). Only if you know where the archive comes from: --unsigned."
        )
    reader.verify()
    revision = reader.manifest["database"]["revision"]
    known = database.known()
    if revision not in known:
        raise BadArchive(
            f"The archive is from a newer version (revision {revision}); this one knows up to {database.head()}."
        )


def refuse_unless_empty(app: Flask, settings: config.Settings, reader: Reader) -> None:
    """Raises BadArchive when anything would be overwritten, or the database is of the other kind."""
    url, kind = make_url(settings.database_url), reader.manifest["database"]["kind"]
    if url.get_backend_name() != kind:
        raise BadArchive(
            f"The archive holds a {kind} database, but DATABASE_URL names {url.get_backend_name()}."
        )
    if kind == "sqlite":
        taken = Path(str(url.database)).exists()
    else:
        with app.app_context():
            taken = not postgres.is_empty()
    if taken:
        raise BadArchive(
            "The database is not empty. Restore goes into an empty one only; nothing was changed."
        )
    if any(settings.files_dir.rglob("*")):
        raise BadArchive(f"{settings.files_dir} is not empty. Move it away first; nothing was changed.")
    if next(files.kept().names(), None) is not None:
        raise BadArchive(
            "The store of files is not empty. Name another bucket or prefix; nothing was changed."
        )


def restore(app: Flask, settings: config.Settings, reader: Reader) -> Restored:
    """Bring everything back; the caller has called `check` and `refuse_unless_empty`."""
    began = time.monotonic()
    number = _files(reader)
    if reader.manifest["database"]["kind"] == "sqlite":
        for path in settings.data_dir.glob("search.db*"):
            path.unlink()  # the index of another database; it is made anew
        sqlite.put_back(reader, Path(str(make_url(settings.database_url).database)))
    else:
        _postgres(app, reader)
    _compare(app, settings, reader)
    database.upgrade(app)
    try:
        keys.check(app)
    except keys.WrongKeys:
        raise BadArchive(
            "Restored, but what is sealed in the database does not open: the key ring is another one.\n"
            f"Put the ring of the installation that made the archive at {keys.path_of(settings)} and start."
        ) from None
    with app.app_context():
        with unit_of_work():
            audit.record(RESTORED, "backup", 0, actor=SYSTEM, label=str(reader.manifest["made_at"]))
        faults = list(audit_chain.verify(db.session()))
        db.session.rollback()
    if faults:
        raise BadArchive(
            f"Restored, but the audit trail is broken at row {faults[0].seq} ({faults[0].problem})."
        )
    rows = sum(reader.manifest["database"]["tables"].values())
    return Restored(rows, number, time.monotonic() - began)


def _files(reader: Reader) -> int:
    """Back into the folder; what was kept elsewhere goes to where this installation keeps files."""
    root = files.folder()
    for member in reader.names("files"):
        _write(reader, member, root / member.removeprefix("files/"))
    for member in reader.names("store"):
        name = member.removeprefix("store/")
        waiting = root / f"{name}.part"
        _write(reader, member, waiting)
        files.kept().put(name, waiting)
    return len(reader.names("files")) + len(reader.names("store"))


def _write(reader: Reader, member: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with reader.open(member) as stream, path.open("xb") as target:
        shutil.copyfileobj(stream, target, 1 << 20)


def _postgres(app: Flask, reader: Reader) -> None:
    database.upgrade(app, reader.manifest["database"]["revision"])
    try:
        with app.app_context():
            postgres.put_back(reader)
    except Exception:
        database.downgrade(app, "base")  # so that the target is empty again for the next attempt
        raise


def _compare(app: Flask, settings: config.Settings, reader: Reader) -> None:
    said = reader.manifest["database"]["tables"]
    if reader.manifest["database"]["kind"] == "sqlite":
        found = sqlite.counts(Path(str(make_url(settings.database_url).database)))
    else:
        with app.app_context():
            found = postgres.counts(list(said))
    if wrong := {name: (rows, found.get(name)) for name, rows in said.items() if found.get(name) != rows}:
        raise BadArchive(f"Tables differ from the manifest (said, found): {wrong}")
