"""`import KIND FILE --user NAME`: the same import as in the browser, for scripts."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.accounts.models import Account
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid, Refused
from core.imports import checking, intake, mappings, queries, running, service
from core.imports.handlers import handler_for
from core.imports.models import Import
from core.permissions import Actor, require
from webapp import import_kinds
from webapp.cli.start import Trouble
from webapp.web.actors import actor_of


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("import", help="import a spreadsheet: check, then write what is correct")
    parser.add_argument("kind", choices=import_kinds.KINDS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--user", required=True, help="user name in whose name and with whose rights")
    parser.add_argument("--dry-run", action="store_true", help="only check; the register is not changed")
    parser.add_argument("--existing", choices=tuple(service.EXISTING), default="overwrite")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace, _app: Flask) -> int:
    """Status 0 when every row went in, 1 when some did not."""
    actor = _actor(arguments.user)
    try:
        import_id = _upload(arguments.kind, arguments.file, actor)
        checking.check_file(import_id, actor=actor)
        if not arguments.dry_run:
            _write(import_id, arguments.existing, actor)
        answer = _answer(import_id, dry_run=arguments.dry_run)
    except DomainError as error:
        return _refused(arguments, error)
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        for fault in answer["faults"]:
            print(f"{fault['row']}{fault['column'] or ''}: {fault['message']}")
        print(" ".join(f"{name} {answer[name]}" for name in ("rows", "inserted", "updated", "skipped")))
    return 1 if answer["faults"] else 0


def _actor(username: str) -> Actor:
    session = db.session()
    account = session.scalars(select(Account).where(Account.username == username)).one_or_none()
    if account is None:
        raise Trouble(f"There is no account {username!r}.")
    return actor_of(session, account, request_id="cli")


def _upload(kind: str, file: Path, actor: Actor) -> int:
    handler = handler_for(kind)
    require(actor, handler.permission)
    try:
        with file.open("rb") as stream:
            draft = intake.take(stream, file.name, handler.columns)
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}") from error
    with unit_of_work() as session:
        record = service.open_import(session, kind, draft, actor=actor)
        if missing := mappings.unmapped(record):
            raise Trouble(f"No column of {file.name} stands for: {', '.join(missing)}")
    return record.id


def _write(import_id: int, existing: str, actor: Actor) -> None:
    try:
        with unit_of_work() as session:
            public_id = session.get_one(Import, import_id).public_id
            service.confirm(
                session, public_id, existing=existing, only_correct=True, queue=False, actor=actor
            )
    except Refused as error:
        if not all(missing.code == "nothing" for missing in error.missing):
            raise
        return
    running.run(import_id, actor=actor, progress=_progress)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} / {total}", end="", file=sys.stderr)


def _answer(import_id: int, *, dry_run: bool) -> dict[str, Any]:
    session = db.session()
    record = session.get_one(Import, import_id)
    session.refresh(record)
    planned = queries.counts(session, record)
    inserted, updated = (planned.create, planned.update) if dry_run else (record.created, record.updated)
    return {
        "rows": record.total,
        "inserted": inserted,
        "updated": updated,
        "skipped": record.total - inserted - updated,
        "faults": [
            {
                "row": fault.row,
                "column": fault.column or None,
                "code": fault.code,
                "message": fault.message,
            }
            for fault in queries.faults(session, record)
        ],
    }


def _refused(arguments: argparse.Namespace, error: DomainError) -> int:
    """A file that cannot be imported at all: the same shape, with the reason as a fault of row 0."""
    faults = (
        [(fault.code, str(fault.message)) for fault in error.faults]
        if isinstance(error, Invalid)
        else [(error.code, str(error.message))]
    )
    if arguments.json:
        rows = [{"row": 0, "column": None, "code": code, "message": message} for code, message in faults]
        print(
            json.dumps(
                {"rows": 0, "inserted": 0, "updated": 0, "skipped": 0, "faults": rows}, ensure_ascii=False
            )
        )
    else:
        for _code, message in faults:
            print(message, file=sys.stderr)
    return 1
