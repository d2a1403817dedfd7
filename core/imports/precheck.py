"""What is looked at before a file is parsed: size, ending, content, the table of contents of a workbook."""

import re
import zipfile
from pathlib import Path
from typing import Final

from core.errors import Fault, Invalid
from core.i18n import lazy as _l

LIMIT_BYTES: Final = 50 * 1024 * 1024
MEMBERS: Final = 500
UNPACKED_BYTES: Final = 300 * 1024 * 1024
RATIO: Final = 100
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_BOOKS: Final = ("Workbook", "Book")
"""The stream that makes a compound file an old workbook; some are sent with the ending of the new ones."""

_PROLOGUE: Final = 65_536
_ROOT = re.compile(rb"<[A-Za-z]")
_STRANGE: Final = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def refused(code: str, message: object) -> Invalid:
    """A refusal of the whole file, at the field it was chosen in."""
    return Invalid(Fault("file", code, message))


def kind_of(path: Path, name: str) -> str:
    """`xlsx`, `xls` or `csv`. Raises Invalid with what is wrong and what to do; nothing is parsed yet."""
    ending = name.rpartition(".")[2].lower()
    if ending not in ("xlsx", "xls", "csv"):
        raise refused("type", _l("只收 xlsx、xls 和 csv 文件。请另存为其中一种再传。"))
    size = path.stat().st_size
    if size == 0:
        raise refused("empty", _l("这个文件是空的。"))
    if size > LIMIT_BYTES:
        raise too_large()
    with path.open("rb") as stream:
        head = stream.read(8192)
    if ending == "csv":
        _check_csv(head)
        return "csv"
    if head.startswith(_ZIP):
        _check_workbook(path, size)
        return "xlsx"
    if head.startswith(_OLE):
        return _check_ole(path, ending)
    raise refused(
        "not_excel", _l("这不是 Excel 文件：内容与扩展名不符。请用 Excel 或 WPS 打开后另存为 xlsx。")
    )


def too_large() -> Invalid:
    return refused(
        "too_large",
        _l("文件超过 %(limit)s MB，请拆成几个文件，或另存为 csv。", limit=LIMIT_BYTES // 1024 // 1024),
    )


def _check_csv(head: bytes) -> None:
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    strange = len(head) - len(head.translate(None, _STRANGE))
    if head.startswith((_ZIP, _OLE)) or (strange > max(8, len(head) // 100) and not utf16):
        raise refused("not_csv", _l("这不是 csv 文件：内容与扩展名不符。Excel 文件请保留 xlsx 扩展名。"))


def _check_ole(path: Path, ending: str) -> str:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise refused("encrypted", _l("文件加了密码，请取消密码后再传。"))
    if ending == "xlsx" and not any(name.encode("utf-16-le") in data for name in _OLD_BOOKS):
        raise refused("not_excel", _l("文件加了密码，或不是表格。请取消密码，另存为 xlsx 再传。"))
    return "xls"


def _check_workbook(path: Path, size: int) -> None:
    """The central directory alone; only the first bytes of each XML part are unpacked."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            if len(parts) > MEMBERS:
                raise refused("members", _l("文件里有 %(count)s 个部件，不像正常的表格。", count=len(parts)))
            unpacked = sum(part.file_size for part in parts)
            if unpacked > UNPACKED_BYTES or unpacked > RATIO * max(size, 1) + 1_000_000:
                raise refused("bomb", _l("文件展开后过大，已拒绝。数据很多时请另存为 csv 再传。"))
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/workbook") for n in names):
                raise refused("not_excel", _l("这不是 Excel 工作簿。请用 Excel 或 WPS 打开后另存为 xlsx。"))
            if any(part.flag_bits & 1 or part.compress_type not in _PACKED for part in parts):
                raise refused("encrypted", _l("文件加了密码，请取消密码后再传。"))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _refuse_entities(book, part)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise damaged() from error


def damaged() -> Invalid:
    return refused("damaged", _l("文件已损坏，打不开。请重新保存或重新下载后再传。"))


def _refuse_entities(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A document type can only stand before the first element; no spreadsheet program writes one."""
    with book.open(part) as stream:
        head = stream.read(_PROLOGUE).replace(b"\0", b"")
    root = _ROOT.search(head)
    prologue = head[: root.start()] if root else head
    if b"<!DOCTYPE" in prologue or b"<!ENTITY" in prologue or (root is None and len(head) >= _PROLOGUE // 2):
        raise refused("entities", _l("文件里含有不安全的 XML 声明，已拒绝。请用 Excel 或 WPS 另存后再传。"))
