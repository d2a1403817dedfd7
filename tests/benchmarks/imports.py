"""Import of an Excel file through the product's own command, beside calamine and one bulk insert."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.benchmarks import data, measure, setup
from tests.benchmarks.measure import Figure

HEAD = (
    "统一社会信用代码", "企业名称", "行业代码", "成立日期", "注册资本（万元）", "法定代表人", "注册地址", "主要产品",
)  # fmt: skip


def figures(folder: Path, count: int) -> list[Figure]:
    """Rows per second, ours and bare, three times in turn; the median of each."""
    folder.mkdir()
    sheet = folder / "rows.xlsx"
    _write(sheet, count)
    ours, bare = [], []
    for turn in range(3):
        home = folder / f"turn{turn}"
        home.mkdir()
        setup.prepare(home, 1)
        ours.append(count / _import(home, sheet))
        bare.append(count / _bare(home / "bare.db", sheet))
    return [
        measure.rate("import xlsx, 8 columns", "embedded", count, "rows/s", sorted(ours)[1], sorted(bare)[1])
    ]


def _write(path: Path, count: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD)
        for number, row in enumerate(data.enterprises(count, seed=11), start=1):
            values = list(row.values())
            values[3] = values[3].isoformat()
            page.write_row(number, 0, values)


def _import(home: Path, sheet: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "webapp", "import", "enterprises", str(sheet), "--user", setup.USER, "--json"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "DATA_DIR": str(home), "DEMO": "0"},
    )
    taken = time.perf_counter() - started
    counts = json.loads(done.stdout)
    assert counts["inserted"] >= counts["rows"] - 1, counts
    return taken


def _bare(target: Path, sheet: Path) -> float:
    started = time.perf_counter()
    rows = CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python(skip_empty_area=True)[1:]
    with sqlite3.connect(target) as connection:
        columns = ", ".join(f"c{number}" for number in range(len(HEAD)))
        connection.execute(f"CREATE TABLE plain (id INTEGER PRIMARY KEY, {columns})")
        connection.execute("CREATE UNIQUE INDEX u ON plain (c0)")
        connection.execute("CREATE INDEX n ON plain (c1)")
        marks = ", ".join("?" * len(HEAD))
        connection.executemany(f"INSERT INTO plain ({columns}) VALUES ({marks})", rows)
    return time.perf_counter() - started
