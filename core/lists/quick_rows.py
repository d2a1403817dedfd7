"""Rows of a worksheet of xlsxwriter, each written at once: cell by cell the library takes three times as long.

In constant memory it keeps one row and writes it when the next begins. A row whose cells need no escaping is written
here as its XML, just as the library would; every other row goes through the library.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

_ODD = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_|\A\s|\s\Z")
"""What XML or a workbook cannot hold as it stands, and blanks at an end, which have to be marked."""

_LONG = 16_000
"""Characters beyond it may be too many UTF-16 units for a cell; the library counts them."""

Format = tuple[Any, Any]


class QuickRows:
    """Writes rows of a page, downwards. `formats` are those of each column's texts and numbers."""

    def __init__(self, page: Any, formats: Sequence[Format]) -> None:
        self._page = page
        self._formats = formats
        self._shapes = [
            (f'<c r="{_letters(at)}', *_middles(text, number)) for at, (text, number) in enumerate(formats)
        ]

    def write(self, at: int, cells: Sequence[str | Decimal | None]) -> None:
        """The row at this place, from 0: texts, exact numbers, nothing."""
        number, parts = at + 1, []
        for cell, (begin, text, figure, blank) in zip(cells, self._shapes, strict=True):
            if cell is None:
                parts.append(f"{begin}{number}{blank}")
            elif isinstance(cell, Decimal):
                parts.append(f"{begin}{number}{figure}{float(cell):.16G}</v></c>")
            elif _ODD.search(cell) or len(cell) > _LONG:
                write_line(self._page, at, cells, self._formats)
                return
            else:
                parts.append(f"{begin}{number}{text}{cell}</t></is></c>")
        page = self._page
        page._check_dimensions(at, len(parts) - 1)
        page._write_single_row(at)
        page.fh.write(f'<row r="{number}">{"".join(parts)}</row>')


def write_line(page: Any, at: int, cells: Sequence[str | Decimal | None], formats: Sequence[Format]) -> None:
    """A row cell by cell."""
    for place, (cell, (text, number)) in enumerate(zip(cells, formats, strict=True)):
        if cell is None:
            page.write_blank(at, place, None, text)
        elif isinstance(cell, Decimal):
            page.write_number(at, place, float(cell), number)
        else:
            page.write_string(at, place, cell, text)


def _letters(column: int) -> str:
    """A, …, Z, AA: how a sheet names its columns."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _middles(text: Any, number: Any) -> tuple[str, str, str]:
    """What stands between the place of a cell and its text, its number, or its end when it is empty."""
    texts, numbers = text._get_xf_index(), number._get_xf_index()
    return f'" s="{texts}" t="inlineStr"><is><t>', f'" s="{numbers}"><v>', f'" s="{texts}"/>'
