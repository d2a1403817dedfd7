"""What calamine does not tell of a workbook: cells whose formula failed, and rows that are hidden or filtered out.

Read from the sheet's own XML as it streams by, in the child that reads the workbook; nothing is kept of it.
"""

import re
import zipfile
import zlib
from functools import reduce
from xml.etree import ElementTree as ET

_FAILED = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>'
    rb"(?:<f\b[^>]*/>|<f\b.*?</f>)?<v>(#[^<]{1,20})</v>",
    re.DOTALL,
)
_HIDDEN = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"[^>]*(?<!/)>')
_CHUNK = 1 << 20
_LONGEST_ROW = 1 << 24

Failed = dict[int, list[tuple[int, str]]]
"""By row from 0: (column from 0, what stands in the cell, e.g. #N/A)."""


def of(path: str, sheet: str) -> tuple[Failed, int]:
    """The failed cells of a sheet, and how many of its rows are hidden. Of an old workbook nothing is known."""
    failed: Failed = {}
    hidden, rest = 0, b""
    try:
        with zipfile.ZipFile(path) as book, book.open(_part_of(book, sheet)) as stream:
            while chunk := stream.read(_CHUNK):
                text = rest + chunk
                end = len(text) if len(text) > _LONGEST_ROW else text.rfind(b"</row>")
                whole, rest = text[: max(end, 0)], text[max(end, 0) :]
                hidden += len(_HIDDEN.findall(whole)) if b'hidden="' in whole else 0
                for letters, row, word in _FAILED.findall(whole) if b't="e"' in whole else ():
                    found = (_column(letters), word.decode("ascii", "replace"))
                    failed.setdefault(int(row) - 1, []).append(found)
    except (zipfile.BadZipFile, zlib.error, ET.ParseError, LookupError, EOFError, OSError):
        return {}, 0  # whether it can be read at all, calamine says
    return failed, hidden


def _column(letters: bytes) -> int:
    """A → 0, AA → 26."""
    return reduce(lambda at, letter: at * 26 + letter - 64, letters, 0) - 1


def _part_of(book: zipfile.ZipFile, sheet: str) -> str:
    """Where a sheet stands in its workbook, which holds no entities (`precheck`). Raises LookupError."""
    parts = ET.fromstring(book.read("xl/workbook.xml")).iter()  # noqa: S314 - no entities
    numbers = {
        each.get("name"): value
        for each in parts
        if each.tag.endswith("}sheet")
        for key, value in each.items()
        if key.endswith("}id")
    }
    links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels")).iter()  # noqa: S314 - no entities
    target = {each.get("Id"): each.get("Target", "") for each in links}[numbers[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
