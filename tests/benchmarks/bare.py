"""The bare limit: the same rows by raw SQL, the same sort of page by Jinja, no rights, no sessions.

`python -m tests.benchmarks.bare DATABASE SEARCH_DATABASE PORT` serves it with waitress, as the product is.
"""

import sqlite3
import sys
import threading

from flask import Flask, render_template_string, request
from waitress import serve

LIST_SQL = """SELECT e.public_id, e.name, e.uscc, e.stock_code, coalesce(r.name, ''), coalesce(i.name, ''),
 coalesce(p.name, ''), e.main_products, e.size_class, e.above_scale, e.latest_revenue_fen
 FROM enterprise e LEFT JOIN region r ON r.code = e.region_code LEFT JOIN industry i ON i.code = e.industry_code
 LEFT JOIN park p ON p.id = e.park_id {where} ORDER BY e.sort_key, e.id LIMIT 50 OFFSET ?"""
COUNT_SQL = "SELECT count(*) FROM (SELECT id FROM enterprise e {where} LIMIT 10001)"
PAGE = """<!doctype html><title>list</title><h1>{{ total }}</h1><table>{% for row in rows %}<tr>
{% for cell in row %}<td>{{ cell if cell is not none else "" }}</td>{% endfor %}</tr>{% endfor %}</table>"""
RECORD = """<!doctype html><title>{{ row['name'] }}</title><h1>{{ row['name'] }}</h1><dl>
{% for key in row.keys() %}<dt>{{ key }}</dt><dd>{{ row[key] }}</dd>{% endfor %}</dl>
<table>{% for line in lines %}<tr>{% for cell in line %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"""


def create(database: str, search_database: str) -> Flask:
    app = Flask(__name__)
    local = threading.local()

    def connection(path: str) -> sqlite3.Connection:
        opened: dict[str, sqlite3.Connection] = local.__dict__.setdefault("opened", {})
        if path not in opened:
            opened[path] = sqlite3.connect(path)
            opened[path].row_factory = sqlite3.Row
        return opened[path]

    @app.get("/list")
    def listed() -> str:
        where, values = (
            ("WHERE e.industry_code = ?", [request.args["industry"]])
            if "industry" in request.args
            else ("", [])
        )
        page = int(request.args.get("page", "1"))
        cursor = connection(database)
        total = cursor.execute(COUNT_SQL.format(where=where), values).fetchone()[0]
        rows = cursor.execute(LIST_SQL.format(where=where), [*values, (page - 1) * 50]).fetchall()
        return render_template_string(PAGE, rows=rows, total=total)

    @app.get("/record/<pid>")
    def record(pid: str) -> str:
        cursor = connection(database)
        row = cursor.execute("SELECT * FROM enterprise WHERE public_id = ?", [pid]).fetchone()
        lines = [
            line
            for table in ("former_name", "enterprise_year", "honour", "contact")
            for line in cursor.execute(f"SELECT * FROM {table} WHERE enterprise_id = ?", [row["id"]])
        ]
        return render_template_string(RECORD, row=row, lines=lines)

    @app.get("/name")
    def name() -> str:
        """Two-character fragments by the engine itself: FTS5's phrase of overlapping bigrams."""
        found = connection(search_database).execute(request.args["sql"], [request.args["match"]]).fetchall()
        return render_template_string(PAGE, rows=found, total=len(found))

    return app


if __name__ == "__main__":
    serve(create(sys.argv[1], sys.argv[2]), host="127.0.0.1", port=int(sys.argv[3]), threads=8)
