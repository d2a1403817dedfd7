"""Attachments: checked, stored under random names, Chinese names kept for people.

`receive` does the slow part (copy, checks, re-encoding, preview) outside any transaction; `attach` makes the
row inside one. A rollback removes the bytes again, and the sweeper finds what a crash has left behind.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy import CheckConstraint, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit, clock, filechecks, scanning, settings
from core.db import Base, Keyed, after_commit, after_rollback, new_ulid
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotFound, Refused
from core.filechecks import LIMIT_BYTES
from core.filestore import Folder, NoSpace, Store, guarded
from core.i18n import lazy as _l
from core.jobs import service as jobs
from core.permissions import Actor
from core.types import BIG, UtcDateTime

SEARCH_KIND = "attachment"
SCAN_JOB = "files.scan"
DAILY_MB = "files.daily_mb"
DAILY_FILES = "files.daily_count"
_CHILD_SECONDS = 30
_CHILD = Path(__file__).with_name("picture_child.py")
_root: Path | None = None
_store: Store | None = None


class Attachment(Keyed, Base):
    """A stored file and the record that it belongs to. `state`: unscanned, clean, infected, lost."""

    __tablename__ = "attachment"
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BIG)
    name: Mapped[str] = mapped_column(String(150))
    stored_as: Mapped[str] = mapped_column(String(60), unique=True)
    preview_as: Mapped[str | None] = mapped_column(String(60))
    thumb_as: Mapped[str | None] = mapped_column(String(60))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BIG)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="unscanned")
    finding: Mapped[str] = mapped_column(String(120), default="")
    account_id: Mapped[int] = mapped_column(BIG)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)

    __table_args__ = (
        Index("ix_attachment_kind_record_id", "kind", "record_id"),
        Index("ix_attachment_account_id_at", "account_id", "at"),
        CheckConstraint("state IN ('unscanned', 'clean', 'infected', 'lost')", name="known_state"),
    )

    @property
    def stored_names(self) -> list[str]:
        return [name for name in (self.stored_as, self.preview_as, self.thumb_as) if name]


@dataclass
class Received:
    """A file that has been checked and stored. `attached`: a record has taken it, and that is durable."""

    name: str
    stored_as: str
    content_type: str
    size: int
    sha256: str
    preview_as: str | None = None
    thumb_as: str | None = None
    attached: bool = False

    def columns(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "attached"}


def use_folder(folder: Path) -> None:
    """Say once, at start, where files are worked on and, unless `use_store` says otherwise, kept."""
    global _root, _store
    folder.mkdir(parents=True, exist_ok=True)
    _root, _store = folder, Folder(folder)


def use_store(store: Store) -> None:
    """Keep files elsewhere, e.g. in a bucket."""
    global _store
    _store = store


def folder() -> Path:
    if _root is None:
        raise RuntimeError("core.files.use_folder() has not been called")
    return _root


def kept() -> Store:
    if _store is None:
        raise RuntimeError("core.files.use_folder() has not been called")
    return _store


def clean_name(name: str) -> str:
    """A display name without paths, control or direction characters, at most 120 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:110]}{dot}{ending[:9]}" if dot else name[:120] or "file"


def receive(stream: IO[bytes], name: str) -> Received:
    """Check and store a file; call it outside any transaction. Raises Invalid, NoSpace or Away."""
    shown = clean_name(name)
    ending = filechecks.ending_of(shown)
    with guarded(), tempfile.TemporaryDirectory(prefix="work-", dir=folder()) as work:
        path = Path(work) / "upload"
        _copy(stream, path)
        content_type = filechecks.check(path, ending)
        kind = filechecks.KINDS[ending]
        drawn = _draw(kind, path, Path(work)) if kind in ("pdf", "png", "jpg") else False
        main = Path(work) / "main" if drawn and kind != "pdf" else path
        size, digest = main.stat().st_size, _digest(main)
        stem = new_ulid()
        names = {
            "stored_as": main,
            "preview_as": Path(work) / "preview.png",
            "thumb_as": Path(work) / "thumb.png",
        }
        found: dict[str, str] = {}
        try:
            for column, source in names.items():
                if source.exists():
                    stored = f"{stem}{'' if column == 'stored_as' else '-' + column[:5]}.bin"
                    kept().put(stored, source)
                    found[column] = stored
        except BaseException:
            for stored in found.values():
                kept().delete(stored)
            raise
    return Received(
        shown,
        found["stored_as"],
        content_type,
        size,
        digest,
        preview_as=found.get("preview_as"),
        thumb_as=found.get("thumb_as"),
    )


def attach(session: Session, received: Received, *, kind: str, record_id: int, actor: Actor) -> Attachment:
    """Give a received file to a record, in the open unit of work; a rollback removes its bytes.

    Raises Invalid when the account has sent more today than it may.
    """
    after_rollback(session, lambda: discard(received))
    _check_quota(session, received.size, actor)
    after_commit(session, lambda: setattr(received, "attached", True))
    columns = received.columns()
    attachment = Attachment(kind=kind, record_id=record_id, account_id=actor.account_id, **columns)
    session.add(attachment)
    session.flush()
    if scanning.enabled():
        payload = {"attachment_id": attachment.id}
        jobs.enqueue(session, SCAN_JOB, payload, actor=actor, queue="documents", title=received.name)
    audit.record("files.added", kind, record_id, actor=actor, label=received.name)
    touch(SEARCH_KIND, [attachment.id])
    return attachment


def store(
    session: Session, stream: IO[bytes], name: str, *, kind: str, record_id: int, actor: Actor
) -> Attachment:
    """Receive and attach in one step, for verbs that carry small files inside their own transaction."""
    return attach(session, receive(stream, name), kind=kind, record_id=record_id, actor=actor)


def discard(received: Received) -> None:
    """Remove the bytes of a file that no record took."""
    for name in (received.stored_as, received.preview_as, received.thumb_as):
        if name:
            kept().delete(name)


def open_(attachment: Attachment, which: str = "stored_as") -> IO[bytes]:
    """The bytes of a file, its preview or its thumbnail. Raises FileNotFoundError when they are lost."""
    name = getattr(attachment, which)
    if not name:
        raise FileNotFoundError(which)
    return kept().open(name)


def check_downloadable(attachment: Attachment) -> None:
    """Raises Refused for a file with a virus, one that is lost, or one that still waits for the scanner."""
    if attachment.state == "infected":
        raise Refused([Missing(None, "infected", _l("查出病毒，已封存，不能下载。"))])
    if attachment.state == "lost":
        raise Refused([Missing(None, "lost", _l("这个文件在服务器上找不到了，请联系管理员从备份恢复。"))])
    if attachment.state == "unscanned" and scanning.enabled():
        raise Refused([Missing(None, "unscanned", _l("正在查病毒，查完才能下载。请过一会儿再来。"))])


def get(session: Session, public_id: str) -> Attachment:
    """One file. Raises NotFound; whether its record may be seen, the caller asks."""
    found = session.scalars(select(Attachment).where(Attachment.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def list_for(session: Session, kind: str, record_id: int) -> list[Attachment]:
    statement = (
        select(Attachment)
        .where(Attachment.kind == kind, Attachment.record_id == record_id)
        .order_by(Attachment.id)
    )
    return list(session.scalars(statement))


def _copy(stream: IO[bytes], path: Path) -> None:
    size = 0
    with path.open("xb") as target:
        while chunk := stream.read(1 << 16):
            size += len(chunk)
            if size > LIMIT_BYTES:
                raise filechecks.too_large()
            target.write(chunk)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _draw(kind: str, path: Path, work: Path) -> bool:
    """Re-encode a picture or draw a PDF's first page in a limited child; a PDF may go without a preview."""
    command = [sys.executable, "-I", str(_CHILD), kind, str(path), str(work)]
    try:
        ended = subprocess.run(  # noqa: S603 - our own program and paths
            command, capture_output=True, timeout=_CHILD_SECONDS, check=False
        )
        said = json.loads(ended.stdout or b'{"error": "damaged"}')
    except (subprocess.TimeoutExpired, ValueError):
        said = {"error": "damaged"}
    error = said.get("error")
    if error == "disk_full":
        raise NoSpace()
    if error == "pixels":
        raise filechecks.refused("pixels", _l("图片太大：不能超过 2500 万像素。请缩小后再传。"))
    if error and kind != "pdf":
        raise filechecks.damaged()
    if error:
        for left in ("preview.png", "thumb.png"):
            (work / left).unlink(missing_ok=True)
    return not error


def _check_quota(session: Session, size: int, actor: Actor) -> None:
    """Files and bytes of one account in the last 24 hours; the platform itself has no limit."""
    if actor.kind == "system":
        return
    staff = actor.kind == "staff"
    most_bytes = int(settings.get(session, DAILY_MB, 2000 if staff else 500)) * 1024 * 1024
    most_files = int(settings.get(session, DAILY_FILES, 500 if staff else 100))
    since = clock.now() - timedelta(days=1)
    mine = select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.account_id == actor.account_id, Attachment.at >= since
    )
    count, total = session.execute(mine).one()
    if count >= most_files or total + size > most_bytes:
        raise Invalid(
            Fault(
                "file",
                "quota",
                _l(
                    "今天传得太多了：一天最多 %(files)s 个、共 %(mb)s MB。请明天再传，或请管理员放宽。",
                    files=most_files,
                    mb=most_bytes // 1024 // 1024,
                ),
            )
        )
