"""Whether an uploaded file is what its name says: size, ending, content; archives by their table of contents."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import filetype

from core.errors import Fault, Invalid
from core.i18n import lazy as _l

LIMIT_MB: Final = 50
LIMIT_BYTES: Final = LIMIT_MB * 1024 * 1024
HEAD: Final = 8192

# ending → what its content must be: a picture, pdf, ole (old Office and WPS), zip with a part of that name, text
KINDS: Final[Mapping[str, str]] = {
    "pdf": "pdf", "png": "png", "jpg": "jpg", "jpeg": "jpg",
    "docx": "word/document.xml", "xlsx": "xl/workbook", "pptx": "ppt/presentation.xml", "ofd": "OFD.xml",
    "doc": "ole", "xls": "ole", "ppt": "ole", "wps": "ole", "et": "ole", "dps": "ole",
    "txt": "text", "csv": "text",
}  # fmt: skip
CONTENT_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "text": "text/plain",
    "ole": "application/octet-stream",
}
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_ZIP_TYPES: Final[Mapping[str, str]] = {
    "docx": f"{_OOXML}wordprocessingml.document",
    "xlsx": f"{_OOXML}spreadsheetml.sheet",
    "pptx": f"{_OOXML}presentationml.presentation",
    "ofd": "application/ofd",
}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_MARKUP: Final = re.compile(
    rb"^\s*<(?:!doctype|html|head|body|svg|script|iframe|\?xml|\?php|%)", re.IGNORECASE | re.MULTILINE
)
_MEMBERS: Final = 5000
_UNPACKED: Final = 300 * 1024 * 1024
_RATIO: Final = 100
ENCODINGS: Final[Sequence[str]] = ("utf-8-sig", "gb18030", "utf-16")


def refused(code: str, message: object) -> Invalid:
    return Invalid(Fault("file", code, message))


def ending_of(name: str) -> str:
    """The permitted ending of a name. Raises Invalid for every other."""
    ending = name.rpartition(".")[2].lower()
    if ending not in KINDS:
        raise refused(
            "type", _l("不收这种文件。可以传 PDF、OFD、图片（PNG、JPG）、Word、Excel、PPT、WPS、TXT 或 CSV。")
        )
    return ending


def too_large() -> Invalid:
    return refused("too_large", _l("文件超过 %(limit)s MB，请压缩或拆开再传。", limit=LIMIT_MB))


def check(path: Path, ending: str) -> str:
    """The content type. Raises Invalid when the file is empty or is not what its ending says."""
    size = path.stat().st_size
    if size == 0:
        raise refused("empty", _l("这个文件是空的。"))
    if size > LIMIT_BYTES:
        raise too_large()
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    kind = KINDS[ending]
    if kind in ("pdf", "png", "jpg"):
        sound = filetype.guess_extension(head) == kind
    elif kind == "ole":
        sound = head.startswith(_OLE)
    elif kind == "text":
        sound = _is_text(head, whole=size <= HEAD)
    else:
        return _check_archive(path, head, size, ending)
    if not sound:
        raise mismatch()
    return CONTENT_TYPES[kind]


def mismatch() -> Invalid:
    return refused("mismatch", _l("文件内容与扩展名不符，请用原文件重新上传。"))


def damaged() -> Invalid:
    return refused("damaged", _l("文件已损坏，打不开。请重新保存或重新下载后再传。"))


def _is_text(head: bytes, *, whole: bool) -> bool:
    """Plain text in one of the usual encodings, and no page or program under another name."""
    if head.startswith((_OLE, _ZIP, b"%PDF", b"MZ", b"\x7fELF")) or _MARKUP.search(head):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head:
        return False
    cut = head if whole else head[: head.rfind(b"\n") + 1] or head[:-4]
    for encoding in ENCODINGS[:2]:
        try:
            cut.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _check_archive(path: Path, head: bytes, size: int, ending: str) -> str:
    if head.startswith(_OLE):
        raise refused("encrypted", _l("文件加了密码，请取消密码后再传。"))
    if not head.startswith(_ZIP):
        raise mismatch()
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise damaged() from error
    names = [part.filename for part in parts]
    if not any(name.startswith(KINDS[ending]) for name in names):
        raise mismatch()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused("macro", _l("文件里带宏，请另存为不带宏的格式再传。"))
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MEMBERS or unpacked > _UNPACKED or unpacked > _RATIO * size + 1_000_000:
        raise refused("bomb", _l("文件展开后过大，已拒绝。"))
    return _ZIP_TYPES[ending]
