"""What the page of the calendar costs, and that no reader waits for the library of holidays."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from core.db import db

ROOT = Path(__file__).parents[3]
As = Callable[[str], FlaskClient]
LATE = """
import sys
from core import workdays
workdays.get_ready({ready})
before = set(sys.modules)
days = workdays.WorkCalendar([])
assert days.is_provisional(__import__("datetime").date(2031, 10, 1)), "nothing is announced"
assert days.note(__import__("datetime").date(2031, 10, 1))
print(len(set(sys.modules) - before))
"""


def _tables(client: FlaskClient, address: str) -> list[str]:
    """The tables that a page's statements read, in order."""
    seen: list[str] = []
    listen = lambda *args: seen.append(args[2])  # noqa: E731 - a listener needs an identity to be removed
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    asked = [sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA", "SET "))]
    return [sql.rpartition("\nFROM ")[2].split()[0] for sql in asked]


@pytest.mark.parametrize("year", ["", "?year=2010", "?year=2031"])
@pytest.mark.parametrize("who", ["spec_a", "admin"])
def test_a_year_reads_the_calendar_once_and_no_record(client_as: As, who: str, year: str) -> None:
    client = client_as(who)
    client.get(f"/calendar{year}")
    tables = _tables(client, f"/calendar{year}")
    assert tables.count("calendar_day") == 1
    assert set(tables) <= {"session_row", "unit", "calendar_day", "notice", "calendar_upload"}
    assert len(tables) <= 5


def test_the_library_is_loaded_before_the_first_reader_asks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LATE.format(ready=2030)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0", "another year loads nothing more"


def test_both_ways_to_serve_load_it_before_they_answer() -> None:
    for path, before in (("webapp/cli/serve.py", "heap.settle()"), ("webapp/wsgi.py", "def begin()")):
        text = (ROOT / path).read_text("utf-8")
        assert 0 < text.index("workdays.get_ready(") < text.index(before), path
