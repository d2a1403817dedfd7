"""Where files are kept: a disk without room, a bucket, a store that is away."""

import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from moto.server import ThreadedMotoServer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import config
from core import files, filestore
from core.db import unit_of_work
from core.files import Attachment
from core.filestore import Bucket
from core.permissions import Actor
from tests.core.test_files import attach, pdf, stored

__all__ = ["attach"]


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
