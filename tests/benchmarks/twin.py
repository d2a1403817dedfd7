"""The bare twin of a page: the same template, the same rows by raw SQL, no session, no rights, no objects.

`python -m tests.benchmarks.twin FOLDER USER PASSWORD PORT` asks the product once for each address that it is
told of (one a line on standard input), keeps template, context and SELECTs, and then answers these addresses
with a plain Flask view: the page's statements through the driver, then the same template.
"""

import re
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, g, request, template_rendered
from jinja2 import Template
from sqlalchemy import Engine, event
from waitress import serve

import config
from core.db import db
from core.lists.query import Page
from webapp.factory import create_app

FRAME = re.compile(r"FROM (session_row|role_grant|notice|unit|deput|setting)\b")
"""Statements of signing in, rights, settings and the bell: the twin has none of these."""


class Statement(NamedTuple):
    sql: str
    values: Any


@dataclass
class Kept:
    """A real answer: what was rendered, and the page's own statements."""

    template: Template
    context: dict[str, Any]
    statements: list[Statement] = field(default_factory=list)
    g: dict[str, Any] = field(default_factory=dict)


class Recorder:
    """Asks the product for addresses and keeps what each answer was made of."""

    def __init__(self, app: Flask, client: Any) -> None:
        self.app, self.client = app, client

    @contextmanager
    def _statements(self) -> Iterator[list[Statement]]:
        found: list[Statement] = []

        def note(_c: Any, _cursor: Any, sql: str, values: Any, _x: Any, _many: bool) -> None:
            if sql.startswith("SELECT") and not FRAME.search(sql):
                found.append(Statement(sql, values))

        event.listen(Engine, "before_cursor_execute", note)
        yield found
        event.remove(Engine, "before_cursor_execute", note)

    def keep(self, address: str) -> Kept:
        rendered: list[tuple[Template, dict[str, Any], dict[str, Any]]] = []

        def note(_app: Flask, template: Template, context: dict[str, Any], **_more: Any) -> None:
            kept = {name: getattr(g, name) for name in ("resolved", "actor", "_flask_babel") if name in g}
            rendered.append((template, context, kept))

        with self._statements() as statements, template_rendered.connected_to(note, self.app):
            answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        template, context, kept = rendered[-1]  # panels are rendered first, the page last
        return Kept(template, context, statements, kept)


def serve_bare(app: Flask, kept: dict[str, Kept], database: Path, port: int) -> None:
    """The kept addresses as a plain Flask application on waitress, threads as the product has them."""
    for hooks in (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs):
        hooks.clear()
    app.jinja_env.globals.update(unread=lambda: 3, csrf_token=lambda: "bare")
    local = threading.local()

    def answer() -> str:
        page = kept[request.full_path.rstrip("?")]
        for name, value in page.g.items():
            setattr(g, name, value)
        cursor = getattr(local, "cursor", None)
        if cursor is None:
            cursor = local.cursor = sqlite3.connect(database, isolation_level=None)
        results = [cursor.execute(sql, values).fetchall() for sql, values in page.statements]
        return page.template.render(_with_rows(page.context, results))

    for endpoint in app.view_functions:
        app.view_functions[endpoint] = lambda **_values: answer()
    serve(app, host="127.0.0.1", port=port, threads=8, _quiet=True)


def _with_rows(context: dict[str, Any], results: list[list[tuple[Any, ...]]]) -> dict[str, Any]:
    """The list's rows as the driver gave them, under the names that the template asks for."""
    page = context.get("page")
    if not isinstance(page, Page) or not page.rows or not is_dataclass(page.rows[0]):
        return dict(context)
    kind = type(page.rows[0])
    names = [each.name for each in fields(kind)]
    raw = next((rows for rows in results if len(rows) == len(page.rows) and len(rows[0]) >= len(names)), None)
    if raw is None:
        return dict(context)
    make = _row_class(kind, tuple(names))
    return {**context, "page": replace(page, rows=[make(row) for row in raw])}


_classes: dict[type, type] = {}


def _row_class(kind: type, names: tuple[str, ...]) -> type:
    """Attributes without objects: the cheapest thing that the template can read."""
    if kind not in _classes:

        class Raw:
            __slots__ = names

            def __init__(self, row: tuple[Any, ...]) -> None:
                for name, value in zip(names, row, strict=False):
                    setattr(self, name, value)

        _classes[kind] = Raw
    return _classes[kind]


def main() -> None:
    folder, user, password, port = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert token
    client.post("/login", data={"username": user, "password": password, "csrf_token": token[1]})
    recorder = Recorder(app, client)
    kept = {address: recorder.keep(address) for address in sys.stdin.read().split()}
    with app.app_context():
        db.engine.dispose()
    serve_bare(app, kept, folder / "lianzhao.db", port)


if __name__ == "__main__":
    main()
