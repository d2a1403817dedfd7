"""The bare limit of writing: one record and one audit row by raw SQL in one durable transaction.

`python -m tests.benchmarks.bare DATABASE PORT` serves it with waitress, as the product is: no rights, no
validation, no objects.
"""

import sqlite3
import sys
import threading
from datetime import UTC, datetime

from flask import Flask, redirect, request
from waitress import serve
from werkzeug.wrappers import Response

from core.db import new_ulid

READY = "/ready"
CREATE = """INSERT INTO enterprise ({columns}) SELECT {values} FROM enterprise WHERE id = 1"""
AUDIT = """INSERT INTO audit_entry (seq, at, account_id, actor_name, ip, request_id, action, kind, record_id, label,
 changes, reason, prev_hash, hash) SELECT max(seq) + 1, ?, 1, 'bare', '', '', ?, 'enterprise', ?, ?, '{}', '', '', ''
 FROM audit_entry"""


def create(database: str) -> Flask:
    app = Flask(__name__)
    local = threading.local()
    lock = threading.Lock()

    def connection() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(database, isolation_level=None)
            local.connection.execute("PRAGMA synchronous=FULL")
        found: sqlite3.Connection = local.connection
        return found

    fresh = {"id": "NULL", "public_id": "?", "name": "?", "uscc": "NULL", "stock_code": "NULL"}
    names = [row[1] for row in connection().execute("PRAGMA table_info(enterprise)")]
    insert = CREATE.format(
        columns=", ".join(names), values=", ".join(fresh.get(name, name) for name in names)
    )

    def written(sql: str, values: list[object], action: str, label: str) -> Response:
        with lock:
            cursor = connection()
            cursor.execute("BEGIN IMMEDIATE")
            number = cursor.execute(sql, values).lastrowid
            cursor.execute(AUDIT, [datetime.now(UTC).isoformat(), action, number or 0, label])
            cursor.execute("COMMIT")
        return redirect("/ready", 303)

    @app.get(READY)
    def ready() -> str:
        return "ready"

    @app.post("/create")
    def created() -> Response:
        ordered = [
            new_ulid() if name == "public_id" else request.form["name"]
            for name in names
            if fresh.get(name) == "?"
        ]
        return written(insert, ordered, "enterprises.created", request.form["name"])

    @app.post("/change/<pid>")
    def changed(pid: str) -> Response:
        sql = "UPDATE enterprise SET reg_address = ?, version = version + 1 WHERE public_id = ?"
        return written(sql, [request.form["reg_address"], pid], "enterprises.changed", pid)

    return app


if __name__ == "__main__":
    serve(create(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=8)
