"""A list written as officials file it: title, reporting unit, cut-off date, unit of measure, conditions, signers, sums.

No cell is ever a formula: what looks like one gets an apostrophe in front. Details are exact; a sum adds the exact
values and is rounded once, half up (DOMAIN 2.2, 2.4). Every printed page says who made the file and when.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from operator import attrgetter
from pathlib import Path
from typing import Any

from core import clock
from core.i18n import _
from core.lazy import lazy
from core.lists.quick_rows import QuickRows, write_line
from core.lists.spec import Column
from core.types import quantize, to_mu

xlsxwriter = lazy("xlsxwriter")

CELL_LIMIT = 32_000
_SIGNS = "=+-@\t\r\n\0＝＋－＠"
_HARMLESS = re.compile(r"[+-]?\d[\d\s,.()/-]*%?\Z")
_NUMBERS = ("wan", "yi", "mu", "number")
_YI = Decimal(10000)
COUNTER = "no"


@dataclass(frozen=True)
class Heading:
    """What stands above and below the table. `maker`, `reviewer`, `issuer` sign; empty ones leave room to sign."""

    title: str
    unit_name: str
    as_of: date
    conditions: str
    maker: str = ""
    reviewer: str = ""
    issuer: str = ""
    phone: str = ""
    table_no: str = ""
    watermark: str = ""

    def lines(self, measure: str) -> list[str]:
        """The lines between title and column heads."""
        gap = "　　"
        first = [
            _("填报单位：%(name)s", name=self.unit_name),
            _("截止日期：%(day)s", day=self.as_of.isoformat()),
        ]
        if measure:
            first.append(_("计量单位：%(measure)s", measure=measure))
        if self.table_no:
            first.append(_("表号：%(number)s", number=self.table_no))
        signers = [
            _("填表人：%(name)s", name=self.maker or "＿＿＿＿"),
            _("审核人：%(name)s", name=self.reviewer or "＿＿＿＿"),
            _("签发人：%(name)s", name=self.issuer or "＿＿＿＿"),
            _("联系电话：%(phone)s", phone=self.phone or "＿＿＿＿"),
        ]
        return [gap.join(first), _("筛选条件：%(conditions)s", conditions=self.conditions), gap.join(signers)]


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula; numbers and +86 138… stay as they are."""
    if text[:1].isalnum() and len(text) <= CELL_LIMIT:
        return text
    cut = text[:CELL_LIMIT]
    bare = cut.lstrip(" \u3000\ufeff\u200b")
    if bare[:1] and bare[0] in _SIGNS and not _HARMLESS.match(bare):
        return f"'{cut}"
    return cut


def cell_of(column: Column) -> Callable[[Any], Any]:
    """Gives the cell of a row: an exact Decimal for numbers, text for all else, None for what is missing.

    What depends on the column alone, such as its labels in the reader's language, is looked up once.
    """
    of = column.value or attrgetter(column.name)
    written = _written(column)

    def cell(row: Any) -> Any:
        value = of(row)
        return None if value is None or value == "" else written(value)

    return cell


def _written(column: Column) -> Callable[[Any], Any]:
    kind = column.kind
    if kind == "yi":
        return lambda value: Decimal(value) / _YI
    if kind == "mu":
        return lambda value: to_mu(Decimal(value))
    if kind in _NUMBERS:
        return Decimal
    if kind == "code":
        labels = {value: neutral(str(label)) for value, label in column.labels.items()}
        return lambda value: labels[value] if value in labels else neutral(str(value))
    if kind == "yesno":
        words = {True: str(_("是")), False: str(_("否"))}
        return lambda value: words[bool(value)]
    if kind == "many":
        return lambda value: neutral("、".join(map(str, value))) or None
    return _text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else neutral(str(value))


def numbers() -> list[Column]:
    """The column that counts the rows of one file, from 1."""
    counter = count(1)
    return [Column(COUNTER, _("序号"), "number", value=lambda _row: next(counter))]


class Sums:
    """The exact sums of the columns that are summed, and how many rows there were."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.of = {at: Decimal(0) for at, column in enumerate(columns) if column.total}
        self.rows = 0

    def add(self, cells: Sequence[Any]) -> None:
        self.rows += 1
        for at in self.of:
            if cells[at] is not None:
                self.of[at] += cells[at]

    def line(self, columns: Sequence[Column], unit: Any) -> list[Any]:
        line: list[Any] = [None] * len(columns)
        line[0] = _("合计 %(count)s %(unit)s", count=self.rows, unit=unit)
        for at, total in self.of.items():
            line[at] = quantize(total, 2)
        return line


def measure_of(columns: Sequence[Column]) -> str:
    """The units of the numbers in the table: “亿元”, or “亿元、亩”."""
    return "、".join(dict.fromkeys(str(column.unit) for column in columns if column.unit))


def head_of(column: Column) -> str:
    return neutral(f"{column.label}（{column.unit}）" if column.unit else str(column.label))


def note_of(sums: Sums) -> str:
    return str(_("合计由未舍入的明细相加后四舍五入，保留两位小数。")) if sums.of else ""


def write_csv(path: Path, heading: Heading, columns: Sequence[Column], rows: Iterable[Any], unit: Any) -> int:
    """UTF-8 with a mark, so that Excel and WPS read it; how many rows were written."""
    sums = Sums(columns)
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        sheet = csv.writer(target)
        sheet.writerow([neutral(heading.title)])
        sheet.writerows([neutral(line)] for line in heading.lines(measure_of(columns)))
        sheet.writerow([head_of(column) for column in columns])
        makers = [cell_of(column) for column in columns]
        for row in rows:
            cells = [make(row) for make in makers]
            sums.add(cells)
            sheet.writerow([_plain(cell) for cell in cells])
        sheet.writerow([_plain(cell) for cell in sums.line(columns, unit)])
        sheet.writerow([f"{note_of(sums)} {heading.watermark}".strip()])
    return sums.rows


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell.normalize() if cell == cell.to_integral() else cell, "f")
    return str(cell)


def write_xlsx(
    path: Path, heading: Heading, columns: Sequence[Column], rows: Iterable[Any], unit: Any
) -> int:
    """Row by row in constant memory; how many rows were written."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    sums = Sums(columns)
    with xlsxwriter.Workbook(str(path), options) as book:
        shapes = _shapes(book)
        page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", heading.title)[:31] or "list")
        _set_up_page(page, heading, len(columns), counted=columns[0].name == COUNTER)
        at = _head(page, heading, columns, shapes)
        makers = [cell_of(column) for column in columns]
        body = QuickRows(page, _formats(columns, shapes, "text"))
        for row in rows:
            cells = [make(row) for make in makers]
            sums.add(cells)
            body.write(at, cells)
            at += 1
        write_line(page, at, sums.line(columns, unit), _formats(columns, shapes, "bold"))
        page.write_string(at + 1, 0, f"{note_of(sums)} {heading.watermark}".strip())
    return sums.rows


def _shapes(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
        "bold": book.add_format({"bold": True, "border": 1, "text_wrap": True}),
        "text": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
        "money": book.add_format({"border": 1, "num_format": "#,##0.00", "valign": "top"}),
        "number": book.add_format({"border": 1, "num_format": "#,##0.##", "valign": "top"}),
    }


def _set_up_page(page: Any, heading: Heading, width: int, *, counted: bool) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(4)
    page.freeze_panes(5, 1 + int(counted))
    mark = heading.watermark.replace("&", "&&")[:200]
    page.set_header(f"&R&8{mark}")
    page.set_footer(f"&L&8{mark}&C{_('第 %(page)s 页，共 %(pages)s 页', page='&P', pages='&N')}")
    first = int(counted)
    page.set_column(0, 0, 10)
    page.set_column(first, first, 30)
    page.set_column(first + 1, max(first + 1, width - 1), 16)


def _head(page: Any, heading: Heading, columns: Sequence[Column], shapes: dict[str, Any]) -> int:
    if len(columns) > 1:
        page.merge_range(0, 0, 0, len(columns) - 1, neutral(heading.title), shapes["title"])
    else:
        page.write_string(0, 0, neutral(heading.title), shapes["title"])
    for at, line in enumerate(heading.lines(measure_of(columns)), 1):
        page.write_string(at, 0, neutral(line))
    for at, column in enumerate(columns):
        page.write_string(4, at, head_of(column), shapes["bold"])
    return 5


def _formats(columns: Sequence[Column], shapes: dict[str, Any], text: str) -> list[tuple[Any, Any]]:
    """For each column the shape of its texts and of its numbers."""
    money = ("wan", "yi", "mu")
    return [(shapes[text], shapes["money" if column.kind in money else "number"]) for column in columns]
