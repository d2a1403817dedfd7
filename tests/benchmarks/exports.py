"""The workbook of a list: ours row by row from the database, beside xlsxwriter with the same cells and borders."""

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

import config
from core.db import db
from core.lists import export_files, ledger, reading
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.enterprises.listing import LIST
from tests.benchmarks import measure, setup
from tests.benchmarks.measure import Figure
from webapp.cli import imports
from webapp.factory import create_app

ROWS = 100_000
TURNS = 3
HEADING = ledger.Heading("企业名录", "绵州市", date(2026, 1, 1), "全部")


def figures(home: Path, scale: int) -> list[Figure]:
    """Rows per second of a file of at most 100,000 rows with the columns that are shown, three times in turn."""
    app = create_app(config.load({"DATA_DIR": str(home), "DEMO": "0"}))
    count = min(scale, ROWS)
    with app.app_context(), tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "list.xlsx"
        actor = imports._actor(setup.USER)
        columns = LIST.chosen(())
        makers = [ledger.cell_of(column) for column in columns]
        cells = [[make(row) for make in makers] for row in _rows(actor, count)]
        gc.freeze()  # as the product's process does with what it has loaded
        taken = [
            (_seconds(lambda: _ours(target, actor, count)), _seconds(lambda: _bare(target, cells)))
            for _turn in range(TURNS)
        ]
        db.session.remove()
    ours, bare = (count / sorted(each)[TURNS // 2] for each in zip(*taken, strict=True))
    return [measure.rate(f"export xlsx, {len(columns)} columns", "embedded", count, "rows/s", ours, bare)]


def _rows(actor: Actor, count: int) -> Iterator[Any]:
    found = reading.walk(db.session(), LIST, ListQuery(), actor=actor, size=export_files.BATCH)
    return (row for _number, row in islice(found, count))


def _ours(target: Path, actor: Actor, count: int) -> None:
    written = ledger.write_xlsx(target, HEADING, LIST.chosen(()), _rows(actor, count), LIST.unit)
    assert written == count


def _bare(target: Path, cells: list[list[Any]]) -> None:
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        shape = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        for number, row in enumerate(cells):
            page.write_row(number, 0, row, shape)


def _seconds(make: Callable[[], None]) -> float:
    started = time.perf_counter()
    make()
    return time.perf_counter() - started
