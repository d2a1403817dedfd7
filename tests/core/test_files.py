"""Attachments: what is taken and what is not, pictures re-encoded, two kinds of store, the scanner, the sweep."""

import io
import os
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from moto.server import ThreadedMotoServer
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config
from core import clock, filecare, files, filestore, scanning, settings
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid, Refused
from core.files import Attachment
from core.filestore import Bucket
from core.jobs import runner
from core.jobs.models import Job
from core.notify import Notice
from core.permissions import SYSTEM, Actor

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    return _saved(Image.new("RGB", size, "red"), "PNG")


def _saved(picture: Image.Image, name: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, name, **options)
    return target.getvalue()


def photo() -> bytes:
    """A sideways photograph that knows where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SpyCam"
    exif.get_ifd(0x8825)[2] = (31.0, 28.0, 0.0)
    return _saved(Image.new("RGB", (60, 20), "blue"), "JPEG", exif=exif)


def pdf() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 300)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def archive(*names: str, size: int = 10) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, b"0" * size)
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
DOCX = archive("[Content_Types].xml", "word/document.xml")


@pytest.fixture
def attach(app: Flask, actor: Callable[[str], Actor]) -> Callable[..., int]:
    """`attach(data, name)`: the id of a file of record 1."""
    me = actor("spec_a")

    def add(data: bytes, name: str, by: Actor = me) -> int:
        received = files.receive(io.BytesIO(data), name)
        with unit_of_work() as session:
            return files.attach(session, received, kind="lead", record_id=1, actor=by).id

    yield add
    for name, _since in list(files.kept().names()):
        files.kept().delete(name)


def stored(session: Session, file_id: int, which: str = "stored_as") -> bytes:
    with files.open_(session.get_one(Attachment, file_id), which) as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (png(), "厂区.png", "image/png"), (photo(), "现场.JPG", "image/jpeg"), (pdf(), "合同.pdf", "application/pdf"),
        (DOCX, "纪要.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (archive("OFD.xml"), "公文.ofd", "application/ofd"), (OLE, "旧表.xls", "application/octet-stream"),
        (OLE, "方案.wps", "application/octet-stream"), ("说明\n".encode("gb18030"), "说明.txt", "text/plain"),
        ("名称,税号\n".encode("utf-8-sig"), "表.csv", "text/plain"),
    ],
)  # fmt: skip
def test_what_offices_use_is_taken_and_its_chinese_name_kept(
    attach: Callable[..., int], session: Session, data: bytes, name: str, content_type: str
) -> None:
    row = session.get_one(Attachment, attach(data, name))
    assert (row.name, row.content_type, row.state) == (name, content_type, "unscanned")
    assert row.stored_as.endswith(".bin") and name.partition(".")[0] not in row.stored_as


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"<svg xmlns='x'/>", "a.svg", "type"), (b"<html>", "a.html", "type"), (b"x", "a.exe", "type"),
        (b"x", "noending", "type"), (b"", "a.pdf", "empty"), (b"<html><script>", "a.pdf", "mismatch"),
        (b"MZ\x90\0", "a.png", "mismatch"), (b"<?php system(1);", "a.txt", "mismatch"),
        (b"\n <svg onload=x>", "a.txt", "mismatch"), (b"a\0b", "a.csv", "mismatch"),
        (b"\xff\xfa\x81", "a.txt", "mismatch"), (DOCX, "a.xlsx", "mismatch"), (png(), "a.pdf", "mismatch"),
        (OLE, "a.docx", "encrypted"), (b"PK\x03\x04broken", "a.docx", "damaged"),
        (archive("word/document.xml", "word/vbaProject.bin"), "a.docx", "macro"),
        (archive("word/document.xml", size=40_000_000), "a.docx", "bomb"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "a.png", "damaged"),
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_reason_and_leaves_nothing(
    app: Flask, data: bytes, name: str, code: str
) -> None:
    before = set(files.folder().iterdir())
    with pytest.raises(Invalid) as refused:
        files.receive(io.BytesIO(data), name)
    assert refused.value.faults[0].code == code and refused.value.faults[0].field == "file"
    assert set(files.folder().iterdir()) == before


def test_a_file_over_fifty_megabytes_is_refused_while_it_comes(app: Flask) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"a" * size

    stream = Endless()
    with pytest.raises(Invalid, match="invalid") as refused:
        files.receive(stream, "a.txt")  # type: ignore[arg-type]
    assert refused.value.faults[0].code == "too_large" and stream.given < 51 * 1024 * 1024


def test_a_pixel_flood_is_refused_by_its_size_alone(app: Flask) -> None:
    flood = _saved(Image.new("1", (6000, 6000)), "PNG")
    assert len(flood) < 20_000
    with pytest.raises(Invalid) as refused:
        files.receive(io.BytesIO(flood), "flood.png")
    assert refused.value.faults[0].code == "pixels"


def test_a_photograph_loses_what_it_knows_and_stands_upright(
    attach: Callable[..., int], session: Session
) -> None:
    original = photo()
    assert b"SpyCam" in original
    kept = stored(session, attach(original, "现场.jpg"))
    assert b"SpyCam" not in kept and b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (20, 60) and not picture.getexif()


def test_what_hides_behind_a_picture_does_not_survive(attach: Callable[..., int], session: Session) -> None:
    kept = stored(session, attach(png() + b"<html><script>alert(1)</script>", "a.png"))
    assert b"<script>" not in kept


def test_a_pdf_gets_a_preview_of_its_first_page_and_a_thumbnail(
    attach: Callable[..., int], session: Session
) -> None:
    file_id = attach(pdf(), "合同.pdf")
    with Image.open(io.BytesIO(stored(session, file_id, "preview_as"))) as preview:
        assert preview.format == "PNG" and preview.height > preview.width > 500
    with Image.open(io.BytesIO(stored(session, file_id, "thumb_as"))) as thumb:
        assert max(thumb.size) <= 320
    broken = session.get_one(Attachment, attach(b"%PDF-1.7 broken", "坏的.pdf"))
    assert (broken.preview_as, broken.thumb_as) == (None, None)


def test_a_rollback_takes_the_bytes_along(app: Flask, actor: Callable[[str], Actor]) -> None:
    me = actor("spec_a")
    received = files.receive(io.BytesIO(pdf()), "a.pdf")
    assert (files.folder() / received.stored_as).exists()
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        files.attach(session, received, kind="lead", record_id=1, actor=me)
        raise ZeroDivisionError
    assert [name for name, _since in files.kept().names()] == []


def test_a_day_s_quota_is_refused_by_name(
    attach: Callable[..., int], session: Session, actor: Callable[[str], Actor]
) -> None:
    with unit_of_work() as writing:
        settings.put(writing, files.DAILY_FILES, 2, actor=SYSTEM)
    other = actor("spec_b")
    attach(b"one", "1.txt")
    attach(b"two", "2.txt")
    lying = len(list(files.kept().names()))
    with pytest.raises(Invalid) as refused:
        attach(b"three", "3.txt")
    assert refused.value.faults[0].code == "quota" and len(list(files.kept().names())) == lying
    attach(b"three", "3.txt", other)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        attach(b"three", "3.txt")
    assert session.scalar(select(func.count(Attachment.id))) == 4


FULL = """
import io, resource, sys
import config
from core import files
from core.filestore import NoSpace
from webapp.factory import create_app
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
files.use_folder(__import__("pathlib").Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    files.receive(io.BytesIO(b"a" * 1_000_000), "a.txt")
except NoSpace as error:
    print(error.status, error.field, [path.name for path in files.folder().iterdir()])
"""


def test_a_disk_without_room_says_so_and_keeps_nothing(tmp_path: Path) -> None:
    """The limit on file sizes gives the same kind of error as a full disk, and needs no mount."""
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "files")], capture_output=True, text=True, timeout=60
    )
    assert ended.stdout.strip() == "507 file []", ended.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of two megabytes, where this machine lets us mount one."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True)
    if os.geteuid() != 0 or made.returncode:
        pytest.skip("cannot mount a file system here")
    yield place
    subprocess.run(["umount", str(place)], check=False)


def test_a_full_disk_refuses_and_recovers_when_freed(
    app: Flask, settings: config.Settings, small_disk: Path, session: Session, actor: Callable[[str], Actor]
) -> None:
    me = actor("spec_a")
    files.use_folder(small_disk)
    try:
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"0" * 1_900_000)
        with pytest.raises(filestore.NoSpace):
            files.receive(io.BytesIO(b"a" * 1_000_000), "a.txt")
        assert [path.name for path in small_disk.iterdir()] == ["ballast"]
        ballast.unlink()
        received = files.receive(io.BytesIO(b"a" * 1_000_000), "a.txt")
        with unit_of_work() as writing:
            files.attach(writing, received, kind="lead", record_id=1, actor=me)
        assert session.scalar(select(func.count(Attachment.id))) == 1
    finally:
        files.use_folder(settings.files_dir)


@pytest.fixture
def bucket(app: Flask, settings: config.Settings) -> Iterator[Bucket]:
    """A store that speaks S3, served by moto on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    made = Bucket.connect("lianzhao", "office/", f"http://127.0.0.1:{port}", "key", "secret")
    made.client.create_bucket(Bucket="lianzhao")
    files.use_store(made)
    yield made
    files.use_folder(settings.files_dir)
    server.stop()


def test_a_bucket_keeps_files_previews_and_forgets_what_is_rolled_back(
    bucket: Bucket, session: Session, actor: Callable[[str], Actor]
) -> None:
    me = actor("spec_a")
    received = files.receive(io.BytesIO(pdf()), "合同.pdf")
    with unit_of_work() as writing:
        file_id = files.attach(writing, received, kind="lead", record_id=1, actor=me).id
    assert len(list(bucket.names())) == 3
    assert stored(session, file_id) == pdf() or stored(session, file_id).startswith(b"%PDF")
    assert stored(session, file_id, "thumb_as").startswith(b"\x89PNG")
    session.rollback()
    other = files.receive(io.BytesIO(b"text"), "a.txt")
    with pytest.raises(ZeroDivisionError), unit_of_work() as writing:
        files.attach(writing, other, kind="lead", record_id=1, actor=me)
        raise ZeroDivisionError
    assert len(list(bucket.names())) == 3
    bucket.delete(received.stored_as)
    with pytest.raises(FileNotFoundError):
        stored(session, file_id)


@pytest.mark.parametrize("gone", ["server", "bucket"])
def test_a_store_that_is_away_or_refuses_is_said_and_never_taken_for_a_missing_file(
    bucket: Bucket, tmp_path: Path, gone: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    here = bucket.client.meta.endpoint_url
    away = Bucket.connect(
        "lianzhao" if gone == "server" else "other", "", nobody if gone == "server" else here, "k", "s"
    )
    waiting = tmp_path / "a.part"
    waiting.write_bytes(b"a")
    for use in (lambda: away.put("a", waiting), lambda: away.delete("a"), lambda: list(away.names())):
        with pytest.raises(filestore.Away):
            use()
    assert waiting.exists()
    with pytest.raises(filestore.Away if gone == "server" else FileNotFoundError):
        away.open("a")


class _Clamd(socketserver.StreamRequestHandler):
    """Speaks INSTREAM as clamd does, and knows one virus."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            body += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Signature FOUND\0" if EICAR in body else b"stream: OK\0")


@pytest.fixture
def clamd() -> Iterator[str]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"tcp://127.0.0.1:{server.server_address[1]}"
    scanning.use(address)
    yield address
    scanning.use("")
    server.shutdown()
    server.server_close()


def _run_scans(app: Flask, session: Session) -> list[str]:
    session.rollback()
    for job_id in session.scalars(select(Job.id).where(Job.state == "queued")).all():
        runner.run(job_id, app.app_context)
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Attachment.state).order_by(Attachment.id)))


@pytest.mark.usefixtures("clamd")
def test_nothing_is_handed_out_before_the_scanner_has_passed_it(
    app: Flask, attach: Callable[..., int], session: Session
) -> None:
    clean, bad = attach(b"good" * 50_000, "好.txt"), attach(b"see: " + EICAR, "坏.txt")
    with pytest.raises(Refused, match="refused"):
        files.check_downloadable(session.get_one(Attachment, clean))
    assert _run_scans(app, session) == ["clean", "infected"]
    files.check_downloadable(session.get_one(Attachment, clean))
    infected = session.get_one(Attachment, bad)
    assert infected.finding == "Eicar-Signature"
    with pytest.raises(Refused) as refused:
        files.check_downloadable(infected)
    assert refused.value.missing[0].code == "infected"
    assert session.scalars(select(Notice.code)).all() == ["files.infected"]
    assert session.scalar(select(AuditEntry.action).where(AuditEntry.action == "files.infected"))


def test_a_scanner_that_is_away_leaves_the_file_waiting_and_is_asked_again(
    app: Flask, attach: Callable[..., int], session: Session
) -> None:
    scanning.use("tcp://127.0.0.1:9")
    try:
        attach(b"text", "a.txt")
        assert _run_scans(app, session) == ["unscanned"]
        assert tuple(session.execute(select(Job.state, Job.attempts)).one()) == ("queued", 1)
    finally:
        scanning.use("")


def test_the_sweep_removes_bytes_without_a_row_and_marks_rows_without_bytes(
    app: Flask, attach: Callable[..., int], session: Session
) -> None:
    kept, gone = attach(pdf(), "在.pdf"), attach(b"gone", "丢.txt")
    lying = {name for name, _since in files.kept().names()}
    old, young = files.folder() / "01ORPHAN.bin", files.folder() / "01YOUNG.bin"
    for path in (old, young):
        path.write_bytes(b"x")
    yesterday = clock.now().timestamp() - 25 * 3600
    for path in (old, *(files.folder() / name for name in lying)):
        os.utime(path, (yesterday, yesterday))
    files.kept().delete(session.get_one(Attachment, gone).stored_as)
    session.rollback()
    with unit_of_work() as writing:
        job = filecare.jobs.enqueue(writing, filecare.SWEEP_JOB, {}, actor=SYSTEM)
    runner.run(job.id, app.app_context)
    session.rollback()
    session.expire_all()
    found = session.get_one(Job, job.id)
    assert (found.state, found.result) == ("done", {"removed": 1, "lost": 1, "found_again": 0})
    assert not old.exists() and young.exists()
    assert session.get_one(Attachment, kept).state == "unscanned"
    assert session.get_one(Attachment, gone).state == "lost"
    assert stored(session, kept, "thumb_as").startswith(b"\x89PNG")
