"""Import of an Excel file through the product's own command, beside calamine and one bulk insert."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.benchmarks import data, measure, setup
from tests.benchmarks.measure import Figure

HEAD = (
    "统一社会信用代码", "企业名称", "行业代码", "成立日期", "注册资本（万元）", "法定代表人", "注册地址", "主要产品",
)  # fmt: skip


UNDO = """
from core.db import unit_of_work
from core.imports import undoing
from core.imports.models import Import
from sqlalchemy import select
from webapp.cli import imports
actor = imports._actor({user!r})
with unit_of_work() as session:
    record = session.scalars(select(Import)).one()
    undoing.ask(session, record.public_id, queue=False, actor=actor)
done = undoing.undo(record.id, actor=actor)
assert done.reversed == done.created + done.updated and not done.kept and not done.stuck
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
    """(seconds, the most memory of the process in MB), from the command to its end."""
    command = ["import", "enterprises", str(sheet), "--user", setup.USER, "--json"]
    report = home / "report.json"
    started = time.perf_counter()
    with report.open("w") as output:
        memory = _run([sys.executable, "-m", "webapp", *command], home, output)
    taken = time.perf_counter() - started
    counts = json.loads(report.read_text().splitlines()[-1])
    assert counts["inserted"] >= 0.97 * counts["rows"] > 0, counts
    return taken, memory


def _undo(home: Path) -> float:
    """Seconds of taking it back, in a process that has started already."""
    script = "\n".join(
        [
            "import time, config",
            "from webapp.factory import create_app",
            f"app = create_app(config.load({{'DATA_DIR': {str(home)!r}, 'DEMO': '0'}}))",
            "with app.app_context():",
            "    started = time.perf_counter()",
            *(f"    {line}" for line in UNDO.format(user=setup.USER).strip().splitlines()),
            "    print(time.perf_counter() - started)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _run(command: list[str], home: Path, output: IO[str]) -> float:
    process = subprocess.Popen(
        command,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "DATA_DIR": str(home), "DEMO": "0"},
    )
    _pid, _status, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss / 1024


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
