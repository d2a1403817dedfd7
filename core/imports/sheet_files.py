"""The workbooks that an import hands out: template, faulty rows, report. No cell is ever a formula."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, Final

from sqlalchemy.orm import Session

from core.i18n import _
from core.i18n import lazy as _l
from core.imports.checking import mapped_of
from core.imports.columns import CLEANED
from core.imports.handlers import ImportHandler, handler_for
from core.imports.models import Import, ImportRow
from core.imports.queries import every_row, letters
from core.lazy import lazy

xlsxwriter = lazy("xlsxwriter")

RESULTS: Final = {
    "created": _l("新增"),
    "updated": _l("更新"),
    "unchanged": _l("未变"),
    "skipped": _l("跳过"),
    "rejected": _l("未导入"),
}
UNDONE: Final = {"reversed": _l("已撤销"), "kept": _l("保留"), "failed": _l("没能撤销")}
_FORMULA_SIGNS: Final = "=+-@\t\r\n\0＝＋－＠"
_CELL_LIMIT: Final = 32_000
_SPOOL: Final = 4 * 1024 * 1024


def template(handler: ImportHandler) -> IO[bytes]:
    """An empty sheet with every column as text, and a second one that says how to fill it."""
    head = [
        f"{column.label}（{column.unit}）" if column.unit else str(column.label) for column in handler.columns
    ]
    notes = [
        [str(column.label), _("必填") if column.required else _("可空"), column.sample]
        for column in handler.columns
    ]
    stream: IO[bytes] = tempfile.SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 - the caller sends and closes it
    with _book(stream) as book:
        as_text = book.add_format({"num_format": "@"})
        page = book.add_worksheet(str(handler.label)[:31])
        page.set_column(0, len(head) - 1, 20, as_text)
        _write(book, page, [head])
        guide = book.add_worksheet(_("填写说明")[:31])
        guide.set_column(0, 2, 24)
        _write(book, guide, [[_("列名"), _("是否必填"), _("样例")], *notes])
    stream.seek(0)
    return stream


def faults(session: Session, record: Import) -> IO[bytes]:
    """The faulty rows under the file's own header, with what is wrong behind, to be mended and sent again."""
    order, head = _layout(record)
    where = letters(record)

    def lines() -> Iterator[list[Any]]:
        yield [*head, _("哪里不对")]
        for row in every_row(session, record, faulty=True):
            told = "；".join(
                _("第 %(row)s 行 %(column)s 列：%(message)s", row=row.row_no, column=where[key], message=text)
                if key in where
                else _("第 %(row)s 行：%(message)s", row=row.row_no, message=text)
                for key, _family, _code, text in row.faults or []
            )
            yield [*(row.cells.get(key) for key in order), told]

    return _workbook(lines(), _("错误行"))


def report(session: Session, record: Import) -> IO[bytes]:
    """Every row with what became of it, and of its way back."""
    order, head = _layout(record)
    taken_back = record.state in ("undoing", "undone")
    where = letters(record)

    def lines() -> Iterator[list[Any]]:
        yield [_("行号"), _("结果"), _("说明"), *([_("撤销"), _("撤销说明")] if taken_back else []), *head]
        for row in every_row(session, record):
            said = "；".join(each for each in (row.reason, _cleaned(row, where)) if each)
            back = [str(UNDONE.get(row.undone or "", "")), row.undo_reason] if taken_back else []
            yield [row.row_no, _result(row), said, *back, *(row.cells.get(key) for key in order)]

    return _workbook(lines(), _("导入报告"))


def _result(row: ImportRow) -> str:
    return str(RESULTS.get(row.outcome or "", _("还没有导入")))


def _cleaned(row: ImportRow, where: Mapping[str, str]) -> str:
    found = [where[key] for key in (row.note or {}).get(CLEANED, ()) if key in where]
    return str(_("去掉了控制字符：%(columns)s 列", columns="、".join(found))) if found else ""


def _layout(record: Import) -> tuple[list[str], list[str]]:
    """Column keys in the order of the sheet, and the words they had there."""
    places = sorted(mapped_of(record).items(), key=lambda item: item[1].index)
    labels = {column.key: str(column.label) for column in handler_for(record.kind).columns}
    heads = [
        record.header.get(str(place.index), labels.get(key, key)).rpartition(" / ")[2]
        for key, place in places
    ]
    return [key for key, _place in places], heads


def book_of(pages: Mapping[str, Iterable[Sequence[Any]]]) -> IO[bytes]:
    """A workbook with one page for each title; the first line of a page is its head."""
    stream: IO[bytes] = tempfile.SpooledTemporaryFile(_SPOOL)  # noqa: SIM115 - the caller sends and closes it
    with _book(stream) as book:
        for title, lines in pages.items():
            _write(book, book.add_worksheet(title[:31]), lines)
    stream.seek(0)
    return stream


def _workbook(lines: Iterator[Sequence[Any]], title: str) -> IO[bytes]:
    return book_of({title: lines})


def _book(stream: IO[bytes]) -> Any:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    return xlsxwriter.Workbook(stream, options)


def _write(book: Any, page: Any, lines: Any) -> None:
    quoted = book.add_format({"quote_prefix": True})
    bold = book.add_format({"bold": True})
    for number, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                page.write_number(number, column, cell)
                continue
            text = str(cell)[:_CELL_LIMIT]
            shape = bold if number == 0 else quoted if text[:1] in _FORMULA_SIGNS else None
            page.write_string(number, column, text, shape)
    page.freeze_panes(1, 0)
