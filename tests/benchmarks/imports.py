"""Import of an Excel file as the product's own command does it, beside calamine and one bulk insert."""

import csv
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.benchmarks import data, measure, setup
from tests.benchmarks.measure import Figure

HEAD = (
    "统一社会信用代码", "企业名称", "行业代码", "成立日期", "注册资本（万元）", "法定代表人", "注册地址", "主要产品",
)  # fmt: skip


START = """
import time, config
from webapp.factory import create_app
from core.db import unit_of_work
from core.imports import checking, undoing
from core.imports.models import Import
from pathlib import Path
from sqlalchemy import select
from webapp.cli import imports
app = create_app(config.load({{"DATA_DIR": {home!r}, "DEMO": "0"}}))
app.app_context().push()
actor = imports._actor({user!r})
started = time.perf_counter()
"""

IMPORT = """
import_id = imports._upload("enterprises", Path({sheet!r}), actor)
checking.check_file(import_id, actor=actor)
imports._write(import_id, "overwrite", actor)
taken = time.perf_counter() - started
counts = imports._answer(import_id, dry_run=False)
assert counts["inserted"] >= 0.97 * counts["rows"] > 0, counts
print(taken)
"""

UNDO = """
with unit_of_work() as session:
    record = session.scalars(select(Import)).one()
    undoing.ask(session, record.public_id, queue=False, actor=actor)
done = undoing.undo(record.id, actor=actor)
assert done.reversed == done.created + done.updated and not done.kept and not done.stuck
print(time.perf_counter() - started)
"""


def figures(folder: Path, count: int) -> list[Figure]:
    """Rows per second of import and undo, ours and bare, three times in turn; the median of each."""
    folder.mkdir()
    sheet = folder / "rows.xlsx"
    _write(sheet, count)
    found: dict[str, list[float]] = {"in": [], "bare in": [], "out": [], "bare out": [], "memory": []}
    for turn in range(3):
        home = folder / f"turn{turn}"
        home.mkdir()
        setup.prepare(home, 1)
        seconds, memory = _import(home, sheet)
        found["in"].append(count / seconds)
        found["memory"].append(memory)
        found["bare in"].append(count / _bare(home / "bare.db", _cells(sheet)))
        found["out"].append(count / _undo(home))
        found["bare out"].append(count / _bare_undo(home / "bare.db"))
    middle = {name: sorted(values)[1] for name, values in found.items()}
    return [
        measure.rate("import xlsx, 8 columns", "embedded", count, "rows/s", middle["in"], middle["bare in"]),
        measure.rate("undo of that import", "embedded", count, "rows/s", middle["out"], middle["bare out"]),
        measure.single("memory of that import", "embedded", count, "MB", middle["memory"]),
        *_names(folder),
    ]


def _names(folder: Path) -> list[Figure]:
    """The register of 204,000 names, once, where the machine has it (LIANZHAO_SHARED)."""
    path = Path(os.environ.get("LIANZHAO_SHARED", "")) / "data/companies/synthetic_companies_204k.csv"
    if not path.is_file():
        return []
    home = folder / "names"
    home.mkdir()
    setup.prepare(home, 1)
    seconds, memory = _import(home, path)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        started = time.perf_counter()
        rows = [row[:8] + [""] * (8 - len(row)) for row in csv.reader(lines)][1:]
        bare = time.perf_counter() - started + _bare(home / "bare.db", lambda: rows, unique=False)
    count = len(rows)
    return [
        measure.rate("import csv, names", "embedded", count, "rows/s", count / seconds, count / bare),
        measure.single("memory of that import", "embedded", count, "MB", memory),
    ]


def _write(path: Path, count: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        for number, row in enumerate(data.enterprises(count, seed=11), start=1):
            values = list(row.values())
            values[3] = values[3].isoformat()
            page.write_row(number, 0, values)


def _import(home: Path, sheet: Path) -> tuple[float, float]:
    """(seconds, the most memory in MB) from the file to its last row, in a process that has started already."""
    return _run(home, IMPORT.format(sheet=str(sheet)))


def _undo(home: Path) -> float:
    return _run(home, UNDO)[0]


def _run(home: Path, work: str) -> tuple[float, float]:
    """(seconds that the work says, the most memory in MB that its process and the children have together)."""
    script = START.format(home=str(home), user=setup.USER) + work
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, _memory(process.pid))
        time.sleep(0.1)
    assert process.stdout is not None and process.returncode == 0
    return float(process.stdout.read().split()[-1]), most


def _memory(pid: int) -> float:
    """MB that a process and its children hold."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pages = [int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in (pid, *children)]
    except OSError:  # one of them has just ended
        return 0.0
    return sum(pages) * os.sysconf("SC_PAGESIZE") / (1 << 20)


def _cells(sheet: Path) -> Callable[[], list[Any]]:
    return lambda: CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python(skip_empty_area=True)[1:]


def _bare(target: Path, read: Callable[[], list[Any]], *, unique: bool = True) -> float:
    started = time.perf_counter()
    rows = read()
    with sqlite3.connect(target) as connection:
        columns = ", ".join(f"c{number}" for number in range(len(HEAD)))
        connection.execute(f"CREATE TABLE plain (id INTEGER PRIMARY KEY, {columns})")
        connection.execute(f"CREATE {'UNIQUE ' if unique else ''}INDEX u ON plain (c0)")
        connection.execute("CREATE INDEX n ON plain (c1)")
        marks = ", ".join("?" * len(HEAD))
        connection.executemany(f"INSERT INTO plain ({columns}) VALUES ({marks})", rows)
    return time.perf_counter() - started


def _bare_undo(target: Path) -> float:
    started = time.perf_counter()
    with sqlite3.connect(target) as connection:
        connection.execute("DELETE FROM plain WHERE id > 0")
    return time.perf_counter() - started
