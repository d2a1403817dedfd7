"""`backup` and `restore`: one archive of everything that cannot be made anew."""

import argparse
import json
from pathlib import Path
from typing import Any

from flask import Flask

import config
from core import clock
from core.filestore import Away
from search import desk, rebuilding
from search.engine import EngineDown
from webapp import database
from webapp.backup import keys, making, restoring
from webapp.backup.archive import BadArchive, Reader
from webapp.cli import start
from webapp.factory import create_app


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("backup", help="write database and files into one archive, while in use")
    parser.add_argument("--to", type=Path, help="a folder or a .tar file (default: DATA_DIR/backups)")
    parser.add_argument(
        "--rotate", action="store_true", help="then keep 7 daily, 4 weekly, 3 monthly archives"
    )
    parser.add_argument(
        "--key-passphrase-file", type=Path, help="take the key files along, encrypted with this"
    )
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(handler=backup)
    parser = subparsers.add_parser("restore", help="bring an archive back into an empty installation")
    parser.add_argument("archive", type=Path)
    parser.add_argument("--check", action="store_true", help="only verify the archive")
    parser.add_argument("--key-passphrase-file", type=Path, help="restore the key files with this passphrase")
    parser.add_argument("--unsigned", action="store_true", help="accept an archive signed with another key")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(handler=restore, bare=True)


def backup(arguments: argparse.Namespace, app: Flask) -> int:
    settings: config.Settings = app.config["SETTINGS"]
    if database.current(app) != database.head():
        raise start.Trouble("The database is not at the revision of this version; run `migrate` first.")
    to = arguments.to or settings.data_dir / "backups"
    path = to if to.suffix == ".tar" else to / making.name_at(clock.now())
    try:
        made = making.make(app, settings, path, passphrase=_passphrase(arguments))
    except Away as error:
        raise start.Trouble(
            "The backup was not made: the store of files (FILES_URL) does not answer."
        ) from error
    except (OSError, BadArchive) as error:
        raise start.Trouble(f"The backup was not made: {error}") from error
    gone = making.surplus(path.parent) if arguments.rotate else []
    for old in gone:
        old.unlink()
    if arguments.json:
        said = {"path": str(made.path), "bytes": made.size, "rows": made.rows, "files": made.files}
        print(json.dumps({**said, "missing": made.missing, "seconds": round(made.seconds, 2)}))
        return 0
    print(
        f"{made.path}: {made.rows} rows, {made.files} files, {made.size / 1e6:.1f} MB in {made.seconds:.1f} s"
    )
    for name in made.missing:
        print(f"missing from the store: {name}")
    for old in gone:
        print(f"removed by rotation: {old.name}")
    if not arguments.key_passphrase_file:
        print(
            "keys are not in the archive; keep SECRET_KEY and key files elsewhere: "
            + ", ".join(_keys(settings))
        )
    return 0


def _keys(settings: config.Settings) -> list[str]:
    return keys.found(settings.data_dir) or ["SECRET_KEY"]


def restore(arguments: argparse.Namespace, settings: config.Settings) -> int:
    try:
        reader = Reader(arguments.archive)
        try:
            return _restore(arguments, settings, reader)
        finally:
            reader.close()
    except BadArchive as error:
        raise start.Trouble(str(error)) from error


def _restore(arguments: argparse.Namespace, settings: config.Settings, reader: Reader) -> int:
    start.check_folder(settings.data_dir)
    with start.hold_folder(settings.data_dir):
        if passphrase := _passphrase(arguments):
            keys.restore(reader, settings.data_dir, passphrase)
        restoring.check(reader, config.ensure_secret(settings), unsigned=arguments.unsigned)
        if arguments.check:
            print(f"{arguments.archive} is whole: made {reader.manifest['made_at']}")
            return 0
        app = create_app(settings)
        restoring.refuse_unless_empty(app, settings, reader)
        done = restoring.restore(app, settings, reader)
        documents = _index(app)
    if arguments.json:
        said = {
            "rows": done.rows,
            "files": done.files,
            "documents": documents,
            "rto_seconds": round(done.seconds, 2),
        }
        print(json.dumps(said))
        return 0
    print(
        f"restored {done.rows} rows and {done.files} files; the audit trail is whole; recovery {done.seconds:.1f} s"
    )
    print(
        "search index: " + ("rebuild it: `search rebuild`" if documents is None else f"{documents} documents")
    )
    return 0


def _index(app: Flask) -> int | None:
    """The index is made from the database; None when the engine does not answer now."""
    with app.app_context():
        try:
            finder = desk.finder()
            return rebuilding.rebuild(finder.engine, finder.sources)
        except EngineDown:
            return None


def _passphrase(arguments: argparse.Namespace) -> str | None:
    if arguments.key_passphrase_file is None:
        return None
    try:
        text = str(arguments.key_passphrase_file.read_text("utf-8")).strip()
    except OSError as error:
        raise start.Trouble(f"{arguments.key_passphrase_file} cannot be read ({error.strerror}).") from error
    if len(text) < keys.SHORTEST_PASSPHRASE:
        raise start.Trouble(f"The passphrase needs at least {keys.SHORTEST_PASSPHRASE} characters.")
    return text
