"""`migrate`, `doctor`, `verify-audit`: bringing the data forward and looking after it."""

import argparse
import ctypes.util
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

import config
from core import audit, audit_chain, clock
from core.db import db
from core.lazy import lazy
from search.elastic.engine import connect
from search.engine import EngineDown
from search.opening import FILE, open_engine
from webapp import database
from webapp.cli import start
from webapp.factory import create_app
from webapp.metrics import BACKUP
from webapp.web.searching import server_of

elasticsearch = lazy("elasticsearch")
redis: Any = lazy("redis")

_ANCHOR = re.compile(r'\bseq"?[=:]\s*(?P<seq>\d+)\b.*?\bhash"?[=:]\s*"?(?P<hash>[0-9a-f]{64})\b')

Finding = tuple[str, str]
"""`ok`, `note` or `FAULT`, and a sentence."""


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("migrate", help="bring the database to the form this version expects")
    parser.set_defaults(handler=migrate, bare=True)
    parser = subparsers.add_parser("doctor", help="say what this installation has and lacks")
    parser.set_defaults(handler=doctor, bare=True)
    parser = subparsers.add_parser("verify-audit", help="walk the chain of the audit trail")
    parser.add_argument(
        "--log", type=Path, help="also compare with the ends of the chain that this log has kept"
    )
    parser.set_defaults(handler=verify_audit)


def migrate(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    start.check_folder(settings.data_dir)
    app = create_app(settings)
    before = database.current(app)
    start.prepare_database(app, settings)
    print(f"database: {before or 'empty'} -> {database.current(app)}")
    return 0


def doctor(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    """Print a line for each part; exit status 1 when one is at fault."""
    checks: tuple[Callable[[config.Settings], Finding], ...] = (
        _python,
        _folder,
        _database,
        _jobs,
        _search,
        _space,
        _printing,
        _scanner,
        _backup,
    )
    faults = 0
    for check in checks:
        state, sentence = check(settings)
        faults += state == "FAULT"
        print(f"{state:<6} {sentence}")
    return 1 if faults else 0


def _python(settings: config.Settings) -> Finding:
    found = platform.python_version()
    state = "ok" if sys.version_info >= (3, 11) else "FAULT"
    return state, f"Python {found}, SQLite {sqlite3.sqlite_version}, mode {settings.mode}"


def _folder(settings: config.Settings) -> Finding:
    try:
        start.check_folder(settings.data_dir)
    except start.Trouble as trouble:
        return "FAULT", str(trouble)
    return "ok", f"data folder {settings.data_dir}"


def _database(settings: config.Settings) -> Finding:
    try:
        app = create_app(settings)
        with app.app_context():
            name = db.engine.dialect.name
            db.session.execute(text("SELECT 1"))
            db.session.remove()
        standing, expected = database.current(app), database.head()
    except (SQLAlchemyError, OSError) as error:
        return "FAULT", f"database: {str(error).splitlines()[0]}"
    if standing == expected:
        return "ok", f"database {name} at revision {standing}"
    return "note", f"database {name} at revision {standing or 'none'}; `migrate` brings it to {expected}"


def _jobs(settings: config.Settings) -> Finding:
    if settings.redis_url is None:
        return "ok", "jobs: worker and schedule inside `run` (no REDIS_URL)"
    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        return "FAULT", f"jobs: Redis does not answer ({type(error).__name__}); check REDIS_URL"
    return "ok", "jobs: Redis answers; run `worker` and one `beat`"


def _search(settings: config.Settings) -> Finding:
    """Whether the engine answers, and whether its index is of this version's form."""
    server = server_of(settings)
    if server is None:
        return _embedded_index(settings)
    client = connect(server.url, server.username, server.password, server.api_key, server.ca_certs)
    try:
        client.cluster.health(timeout="2s")
    except (elasticsearch.ApiError, elasticsearch.TransportError, ValueError) as error:
        return "FAULT", f"search: Elasticsearch {_search_trouble(error)}"
    finally:
        client.close()
    engine = open_engine(settings.data_dir, server)
    health = engine.health()
    engine.close()
    if not health.up:
        return "FAULT", f"search: Elasticsearch answers, but its index does not ({health.note})"
    if health.stale:
        return "note", "search: Elasticsearch answers; a rebuild of the index is due (`search rebuild`)"
    return "ok", f"search: Elasticsearch answers, {health.documents} documents, {health.note}"


def _embedded_index(settings: config.Settings) -> Finding:
    if not (settings.data_dir / FILE).exists():
        return (
            "ok",
            "search: the embedded engine (no ELASTICSEARCH_URL); its index is made at the first start",
        )
    try:
        engine = open_engine(settings.data_dir, None)
    except EngineDown as error:
        return (
            "FAULT",
            f"search: {FILE} cannot be opened ({error}); remove it and start again, it is made anew",
        )
    health = engine.health()
    engine.close()
    if health.stale:
        return "note", "search: the embedded engine; its index is rebuilt at the next start"
    return "ok", f"search: the embedded engine (no ELASTICSEARCH_URL), {health.documents} documents"


def _search_trouble(error: Exception) -> str:
    """What is wrong and which setting to look at; never the setting's value."""
    status = getattr(error, "status_code", None)
    if status in (401, 403):
        return (
            f"refuses these credentials ({status}); check ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD,"
            " or ELASTICSEARCH_API_KEY"
        )
    if type(error).__name__ in ("TlsError", "SSLError"):
        return (
            "shows a certificate that is not trusted; ELASTICSEARCH_CA_CERTS names the file of its authority"
        )
    return f"does not answer ({type(error).__name__}); check ELASTICSEARCH_URL"


def _space(settings: config.Settings) -> Finding:
    parent = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(parent).free / 1e9
    return ("ok" if free > 2 else "note"), f"free space {free:.1f} GB"


def _printing(_settings: config.Settings) -> Finding:
    """Official forms as PDF need pango and Chinese type."""
    lacking = []
    if ctypes.util.find_library("pangoft2-1.0") is None:
        lacking.append("pango (Debian: libpangoft2-1.0-0)")
    listed = ""
    if shutil.which("fc-list") is not None:
        command = ["fc-list", ":lang=zh", "family"]
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our constants
    if not listed.strip() and not any(Path("/usr/share/fonts").glob("**/*CJK*")):
        lacking.append("Chinese fonts (Debian: fonts-noto-cjk)")
    if lacking:
        return "note", "printing to PDF lacks " + " and ".join(lacking)
    return "ok", "printing: pango and Chinese fonts"


def _scanner(_settings: config.Settings) -> Finding:
    if shutil.which("clamdscan") or shutil.which("clamscan"):
        return "ok", "malware scanner: ClamAV is installed"
    return "note", "no malware scanner is installed; uploads are checked by kind and size only"


def _backup(settings: config.Settings) -> Finding:
    try:
        app = create_app(settings)
        with app.app_context():
            statement = select(func.max(audit.AuditEntry.at)).where(audit.AuditEntry.action == BACKUP)
            last = db.session.scalar(statement)
            db.session.remove()
    except (SQLAlchemyError, OSError):
        return "note", "backup: not known, the database does not answer"
    if last is None:
        return "note", "no backup was ever made; see `backup`"
    hours = (clock.now() - last).total_seconds() / 3600
    return ("ok" if hours < 26 else "note"), f"last backup {hours:.0f} hours ago"


def verify_audit(arguments: argparse.Namespace, _app: Flask) -> int:
    """Print every row that was altered, removed or moved; exit status 1 when there is one."""
    anchors = _anchors(arguments.log) if arguments.log else {}
    faults = list(audit_chain.verify(db.session(), anchors))
    for fault in faults:
        print(f"row {fault.seq}: {fault.problem}")
    kept = f" and agrees with {len(anchors)} ends in the log" if anchors else ""
    print(f"audit trail is whole{kept}" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def _anchors(log: Path) -> dict[int, str]:
    """Ends of the chain by number, from the lines that each commit has left in the log."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        found = (_ANCHOR.search(line) for line in lines if "audit_head" in line)
        return {int(match["seq"]): match["hash"] for match in found if match}
