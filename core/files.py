"""Attachments: checked, stored under random names in a folder, Chinese names kept for people."""

import hashlib
import os
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

import filetype
from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit, clock
from core.db import Base, Keyed, after_rollback, new_ulid
from core.dirty import touch
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor
from core.types import BIG, UtcDateTime

SEARCH_KIND = "attachment"
LIMIT_BYTES = 20 * 1024 * 1024
_ALLOWED = {
    "pdf": ("pdf",), "png": ("png",), "jpg": ("jpg",), "jpeg": ("jpg",),
    "docx": ("docx", "zip"), "xlsx": ("xlsx", "zip"), "pptx": ("pptx", "zip"),
    "doc": ("doc", "xls", "ppt", None), "xls": ("xls", "doc", None), "txt": (None,), "csv": (None,),
}  # fmt: skip
_root: Path | None = None


class Attachment(Keyed, Base):
    """A stored file and the record that it belongs to."""

    __tablename__ = "attachment"
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BIG)
    name: Mapped[str] = mapped_column(String(150))
    stored_as: Mapped[str] = mapped_column(String(60), unique=True)
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BIG)
    sha256: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(BIG)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    __table_args__ = (Index("ix_attachment_kind_record_id", "kind", "record_id"),)


def use_folder(folder: Path) -> None:
    """Say once, at start, where files are kept."""
    global _root
    folder.mkdir(parents=True, exist_ok=True)
    _root = folder


def folder() -> Path:
    if _root is None:
        raise RuntimeError("core.files.use_folder() has not been called")
    return _root


def clean_name(name: str) -> str:
    """A display name without paths, control or direction characters, at most 120 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:110]}{dot}{ending[:9]}" if dot else name[:120] or "file"


def store(
    session: Session, stream: IO[bytes], name: str, *, kind: str, record_id: int, actor: Actor
) -> Attachment:
    """Keep a file for one record. Raises Invalid for a wrong type, an empty or an oversized file.

    The file is written and synced before its row; a rollback removes it again.
    """
    shown = clean_name(name)
    ending = shown.rpartition(".")[2].lower()
    if ending not in _ALLOWED:
        raise Invalid(
            Fault("file", "type", _l("不收这种文件。可以传 PDF、图片、Word、Excel、PPT、TXT 或 CSV。"))
        )
    stored_as = f"{new_ulid()}.bin"
    path = folder() / stored_as
    size, digest, head = _copy(stream, path)
    _check(path, size, head, ending)
    after_rollback(session, lambda: path.unlink(missing_ok=True))
    attachment = Attachment(
        kind=kind,
        record_id=record_id,
        name=shown,
        stored_as=stored_as,
        content_type=_content_type(head, ending),
        size=size,
        sha256=digest,
        account_id=actor.account_id,
    )
    session.add(attachment)
    session.flush()
    audit.record("files.added", kind, record_id, actor=actor, label=shown)
    touch(SEARCH_KIND, [attachment.id])
    return attachment


def _copy(stream: IO[bytes], path: Path) -> tuple[int, str, bytes]:
    size, digest, head = 0, hashlib.sha256(), b""
    with path.open("xb") as target:
        while chunk := stream.read(1 << 16):
            head = head or chunk[:8192]
            size += len(chunk)
            if size > LIMIT_BYTES:
                break
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return size, digest.hexdigest(), head


def _check(path: Path, size: int, head: bytes, ending: str) -> None:
    found = filetype.guess_extension(head)
    if size == 0:
        fault = Fault("file", "empty", _l("这个文件是空的。"))
    elif size > LIMIT_BYTES:
        fault = Fault("file", "too_large", _l("文件超过 20 MB，请压缩或拆开再传。"))
    elif found not in _ALLOWED[ending] or (found is None and b"\0" in head and ending in ("txt", "csv")):
        fault = Fault("file", "mismatch", _l("文件内容与扩展名不符，请用原文件重新上传。"))
    else:
        return
    path.unlink(missing_ok=True)
    raise Invalid(fault)


def _content_type(head: bytes, ending: str) -> str:
    if ending in ("txt", "csv"):
        return "text/plain"
    return filetype.guess_mime(head) or "application/octet-stream"


def open_(attachment: Attachment) -> BinaryIO:
    """The bytes of a stored file. Raises FileNotFoundError when the folder has lost it."""
    return (folder() / attachment.stored_as).open("rb")


def list_for(session: Session, kind: str, record_id: int) -> list[Attachment]:
    statement = (
        select(Attachment)
        .where(Attachment.kind == kind, Attachment.record_id == record_id)
        .order_by(Attachment.id)
    )
    return list(session.scalars(statement))
