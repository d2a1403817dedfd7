"""Taking a file in: kept under a random name, looked at, its sheets and headers read. No database."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core import files
from core.db import new_ulid
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.imports import headers, precheck, sheets
from core.imports.columns import Column, letter
from core.imports.headers import Header
from core.imports.models import Import
from core.imports.precheck import refused
from core.imports.sheets import Head


@dataclass(frozen=True)
class Draft:
    """A file that can be imported: where it is kept, the sheet and header that were found, and the other sheets
    that look like it: one for each district, one for each year."""

    name: str
    stored_as: str
    kind: str
    size: int
    sha256: str
    head: Head
    header: Header
    others: tuple[str, ...]


def folder() -> Path:
    """Where files of imports are kept, beside the attachments."""
    path = files.folder() / "imports"
    path.mkdir(exist_ok=True)
    return path


def take(stream: IO[bytes], name: str, columns: Sequence[Column], sheet: str | None = None) -> Draft:
    """Keep and read a file. Raises Invalid with what is wrong; then nothing of it is kept."""
    shown = files.clean_name(name)
    stored_as = f"{new_ulid()}.bin"
    path = folder() / stored_as
    try:
        size, digest = _keep(stream, path)
        kind = precheck.kind_of(path, shown)
        heads = sheets.peek(path, kind)
        (head, header), *rest = choose(heads, columns, sheet)
        _refuse_doubled(header, columns)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Draft(shown, stored_as, kind, size, digest, head, header, _like(header, rest))


def discard(draft: Draft) -> None:
    """Remove the file of a draft that no import came of."""
    (folder() / draft.stored_as).unlink(missing_ok=True)


def _keep(stream: IO[bytes], path: Path) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as target:
        while chunk := stream.read(1 << 18):
            size += len(chunk)
            if size > precheck.LIMIT_BYTES:
                raise precheck.too_large()
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest()


def again(record: Import, sheet: str, columns: Sequence[Column]) -> Draft:
    """Another sheet of the same file. Raises Invalid, also when the file is kept no longer."""
    path = folder() / record.stored_as
    if not path.exists():
        raise refused("gone", _l("原文件已过保留期，请重新上传。"))
    with path.open("rb") as stream:
        return take(stream, record.file_name, columns, sheet)


def choose(
    heads: Sequence[Head], columns: Sequence[Column], sheet: str | None = None
) -> list[tuple[Head, Header]]:
    """The sheets with a header, first the wanted one, else the one that knows most of the columns.

    Raises Invalid when there is none.
    """
    found = [(head, header) for head in heads if (header := headers.find(head.rows, columns)) is not None]
    found.sort(key=lambda pair: (pair[0].sheet != sheet, -len(pair[1].mapped)))
    if not found or sheet not in (None, found[0][0].sheet):
        known = "、".join(str(column.label) for column in columns[:6])
        raise refused(
            "no_header",
            _l("没有找到表头。请保留写有列名的一行，例如：%(known)s。也可以下载模板填写。", known=known),
        )
    return found


def _like(header: Header, rest: Sequence[tuple[Head, Header]]) -> tuple[str, ...]:
    """Of the other sheets those that know at least half of the same columns and have rows."""
    known = header.mapped.keys()
    return tuple(
        head.sheet
        for head, other in rest
        if 2 * len(known & other.mapped.keys()) >= max(len(known), 3)
        and any(number > other.last_row for number, _cells in head.rows)
    )


def _refuse_doubled(header: Header, columns: Sequence[Column]) -> None:
    labels = {column.key: column.label for column in columns}
    faults = [
        Fault(
            "file",
            "doubled",
            _l(
                "有两列都叫“%(label)s”，请删去一列或改名，第一列在 %(place)s 列。",
                label=labels[key],
                place=letter(header.mapped[key].index),
            ),
        )
        for key in dict.fromkeys(header.doubled)
    ]
    if faults:
        raise Invalid(faults)
