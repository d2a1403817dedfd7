"""Rows that are written at once are, byte for byte, what xlsxwriter makes of them cell by cell."""

import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lists.quick_rows import QuickRows, write_line

Cells = Sequence[str | Decimal | None]
Writer = Callable[[Any, list[Any]], Callable[..., None]]
ODD = [
    "a & b", "<b>", "a > b", '"quoted"', "it's", " before", "after ", "　全角", "", "two\nlines", "tab\there", "\ttab",
    "\r", "_x0041_", "_X0041_", "\x00", "\x1f", "\ufffe", "\uffff", "\x7f", "\x85", "\u2028", "𠮷" * 20_000,
    "甲" * 32_000, "<r>rich</r>", "'=1+1", "有限公司",
]  # fmt: skip


def _sheet(
    target: Path, rows: Sequence[Cells], writer: Callable[[Any, list[Any]], Callable[..., None]]
) -> bytes:
    """The XML of a sheet with a line above and one below the rows."""
    options = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        text, number = book.add_format({"border": 1}), book.add_format({"num_format": "0.00"})
        page = book.add_worksheet()
        page.write_string(0, 0, "above", text)
        page.write_number(0, 1, 1, number)
        write = writer(page, [(text, number)] * len(rows[0]))
        for at, cells in enumerate(rows, 1):
            write(at, cells)
        page.write_string(len(rows) + 1, 0, "below")
    with zipfile.ZipFile(target) as parts:
        return parts.read("xl/worksheets/sheet1.xml")


def _at_once(page: Any, formats: list[Any]) -> Callable[..., None]:
    return QuickRows(page, formats).write


def _by_cell(page: Any, formats: list[Any]) -> Callable[..., None]:
    return lambda at, cells: write_line(page, at, cells, formats)


def _same(folder: Path, rows: Sequence[Cells]) -> None:
    target = folder / "sheet.xlsx"
    assert _sheet(target, rows, _at_once) == _sheet(target, rows, _by_cell)


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:9]))
def test_texts_that_need_care_stand_between_rows_that_do_not(tmp_path: Path, text: str) -> None:
    plain = ["北屿光学", Decimal("1.5"), None]
    _same(tmp_path, [plain, ["甲", text, "乙"], plain, [None, Decimal(2), text], plain])


def test_numbers_and_places_beyond_the_alphabet(tmp_path: Path) -> None:
    numbers = ["0", "-0", "1.005", "0.0333333333", "12345678901234567890", "1E-9", "-3.10", "100"]
    _same(tmp_path, [[Decimal(each), None] for each in numbers])
    _same(tmp_path, [[str(column) for column in range(800)], [None] * 800])


cells = st.one_of(
    st.none(),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15),
    st.text(st.characters(codec="utf-8"), max_size=20),
)


@settings(max_examples=40)
@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_any_cells(tmp_path_factory: pytest.TempPathFactory, rows: list[list[Any]]) -> None:
    _same(tmp_path_factory.mktemp("rows"), rows)
