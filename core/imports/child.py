"""Reads one workbook or CSV in a process of its own, which limits itself before it opens the file.

It loads nothing of the product but `marks`. Writes one JSON line per
message to standard output: {"sheet": {…}}, {"rows": [[row_no, [cell, …]], …]}, {"end": rows} or
{"error": code, "line": n}. Row numbers are those that a person sees in the sheet.
"""

import codecs
import csv
import io
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from core.imports import marks

MEMORY_BYTES = 1 << 30
BATCH = 1000
PEEK_ROWS = 60
PEEK_SHEETS = 8
PEEK_COLUMNS = 256
CELL_LIMIT = 131_072
_NEUTRALISED = "=+-@\t\r\n\0＝＋－＠"

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")

Row = tuple[int, list[Any]]


class Unreadable(Exception):
    """The file cannot be read: a stable code and, where one is to blame, the line."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


def main(arguments: list[str]) -> int:
    path, kind, mode, sheet, cpu_seconds, columns = arguments
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds) + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wanted = [int(number) for number in columns.split(",")] if columns else None
    try:
        if kind == "csv":
            _csv(path, peek=mode == "peek", wanted=wanted)
        else:
            _workbook(path, peek=mode == "peek", sheet=sheet, wanted=wanted)
    except Unreadable as refused:
        _say({"error": refused.code, "line": refused.line})
    except PasswordError:
        _say({"error": "encrypted"})
    except MemoryError:
        _say({"error": "too_big"})
    except CalamineError as broken:
        _say({"error": "encrypted" if "password" in str(broken).lower() else "damaged"})
    return 0


def _say(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(message) + b"\n")
    sys.stdout.buffer.flush()


def _send(rows: Iterable[Row], wanted: list[int] | None) -> None:
    batch: list[Row] = []
    total = 0
    for number, cells in rows:
        if wanted is not None:
            width = len(cells)
            cells = [cells[place] if place < width else None for place in wanted]
        if any(cell is not None for cell in cells):
            batch.append((number, cells))
            total += 1
        if len(batch) == BATCH:
            _say({"rows": batch})
            batch = []
    if batch:
        _say({"rows": batch})
    _say({"end": total})


def _workbook(path: str, *, peek: bool, sheet: str, wanted: list[int] | None) -> None:
    with CalamineWorkbook.from_path(path) as book:
        if not peek:
            _send(_sheet_rows(book.get_sheet_by_name(sheet), marks.of(path, sheet)[0]), wanted)
            return
        shown = [each for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        if not shown:
            raise Unreadable("no_sheet")
        for each in shown[:PEEK_SHEETS]:
            found = book.get_sheet_by_name(each.name)
            hidden = marks.of(path, each.name)[1]
            _say({"sheet": {"name": each.name, "height": found.total_height, "hidden_rows": hidden}})
            _say({"rows": list(_head(found))})
        _say({"end": 0})


def _sheet_rows(sheet: CalamineSheet, failed: marks.Failed) -> Iterator[Row]:
    """Rows from the first column on; a value merged over several rows is repeated in each of them.

    `iter_rows` begins at the first row of the sheet but at the first column that holds anything. Formulas that
    failed over rows without a value say nothing: they were drawn down too far.
    """
    left = (sheet.start or (0, 0))[1]
    filled = _merged_down(sheet)
    carried: dict[int, tuple[int, Any]] = {}
    for number, cells in enumerate(sheet.iter_rows()):
        row = [None] * left + [_plain(cell) for cell in cells]
        for column, last in filled.get(number, ()):
            if column < len(row):
                carried[column] = (last, row[column])
        for column, (last, value) in list(carried.items()):
            if number > last:
                del carried[column]
            elif column < len(row) and row[column] is None:
                row[column] = value
        if any(cell is not None for cell in row):
            for column, word in failed.get(number, ()):
                row += [None] * (column + 1 - len(row))
                row[column] = word
            yield number + 1, row


def _merged_down(sheet: CalamineSheet) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _right) in sheet.merged_cell_ranges or []:
        if bottom > top:
            found.setdefault(top, []).append((left, bottom))
    return found


def _head(sheet: CalamineSheet) -> Iterator[Row]:
    """The first rows, merged cells repeated across and down, so that a header of two rows can be read."""
    top, left = sheet.start or (0, 0)
    table = [[None] * left + [_plain(cell) for cell in cells] for cells in sheet.to_python(nrows=PEEK_ROWS)]
    for (first, start), (last, end) in sheet.merged_cell_ranges or []:
        if 0 <= first - top < len(table) and start < len(table[first - top]):
            value = table[first - top][start]
            for row in table[first - top : last - top + 1]:
                for column in range(start, min(end + 1, len(row))):
                    if row[column] is None:
                        row[column] = value
    for offset, row in enumerate(table):
        if any(cell is not None for cell in row):
            yield top + offset + 1, row[:PEEK_COLUMNS]


def _plain(cell: Any) -> Any:
    """A cell as JSON keeps it: whole floats as integers, days as ISO text, blank text as None."""
    if isinstance(cell, str):
        return _text(_ESCAPED.sub(_unescaped, cell) if "_x" in cell else cell)
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return str(cell)
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, datetime):
        moment = cell.replace(microsecond=0)
        return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if isinstance(cell, int) else str(cell)


def _unescaped(found: "re.Match[str]") -> str:
    """What a workbook writes as _x000D_ because XML has no sign for it; a half of a surrogate pair stays."""
    number = int(found[1], 16)
    return found[0] if 0xD800 <= number <= 0xDFFF else chr(number)


def _text(cell: str) -> str | None:
    """Blank text is nothing; the apostrophe that our exports put before a formula sign is taken off."""
    if not cell or cell.isspace():
        return None
    if cell[0] == "'" and len(cell) > 1 and cell[1] in _NEUTRALISED:
        return cell[1:]
    return cell


def _csv(path: str, *, peek: bool, wanted: list[int] | None) -> None:
    with open(path, "rb") as stream:
        data = stream.read()
    encoding = _encoding(data)
    text = data.decode(encoding)
    del data
    csv.field_size_limit(CELL_LIMIT)
    if peek:
        _say({"sheet": {"name": "", "height": text.count("\n") + 1, "hidden_rows": 0, "encoding": encoding}})
        rows = [(number, cells[:PEEK_COLUMNS]) for number, cells in _limited(_csv_rows(text), PEEK_ROWS)]
        _say({"rows": rows})
        _say({"end": 0})
    else:
        _send(_csv_rows(text), wanted)


def _limited(rows: Iterable[Row], count: int) -> Iterator[Row]:
    for place, row in enumerate(rows):
        if place == count:
            return
        yield row


def _csv_rows(text: str) -> Iterator[Row]:
    """Rows by the number that a spreadsheet program would give them; a refusal names the line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number, line = 0, 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            code = "cell_too_long" if "field larger" in str(error) else "quotes"
            raise Unreadable(code, line) from error
        number, line = number + 1, reader.line_num + 1
        row = [_text(cell) for cell in cells]
        if any(cell is not None for cell in row):
            yield number, row


def _delimiter(text: str) -> str:
    first = text[:4096].splitlines()[0] if text.strip() else ""
    return max(",\t;", key=first.count)


def _encoding(data: bytes) -> str:
    """By byte order mark, else UTF-8, else GB18030; each strictly, so that nothing is replaced unseen."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16")
    if data.startswith(codecs.BOM_UTF8):
        return _strict(data, "utf-8-sig")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        _refuse_mixture(data)
        return _strict(data, "gb18030")
    return "utf-8"


def _strict(data: bytes, encoding: str) -> str:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding", data.count(b"\n", 0, error.start) + 1) from error
    return encoding


def _refuse_mixture(data: bytes) -> None:
    """Lines in UTF-8 among lines that are not: GB18030 would read them as other characters."""
    first_utf8 = first_other = 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            chinese = sum("\u4e00" <= char <= "\u9fff" for char in line.decode("utf-8"))
        except UnicodeDecodeError:
            first_other = first_other or number
        else:
            first_utf8 = first_utf8 or (number if chinese >= 2 else 0)
        if first_utf8 and first_other:
            raise Unreadable("mixed_encoding", max(first_utf8, first_other))
