"""Attachments: what is taken and what is not, pictures re-encoded, two kinds of store, the scanner, the sweep."""

import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock, filecare, files, settings
from core.db import unit_of_work
from core.errors import Invalid
from core.files import Attachment
from core.jobs import runner
from core.jobs.models import Job
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
