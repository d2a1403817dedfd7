"""The drill: back up while people write, lose everything, restore, and compare row by row and file by file."""

import hashlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from moto.server import ThreadedMotoServer
from sqlalchemy import MetaData, func, select, text

import config
from core import audit, audit_chain, dirty, files
from core.accounts.models import Account
from core.db import Base, db, unit_of_work
from core.files import Attachment
from core.filestore import Bucket
from core.permissions import SYSTEM
from core.places import Park
from webapp import database, keys
from webapp.backup import making, restoring
from webapp.backup.archive import BadArchive, Reader

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 20


class Writers:
    """Threads that each create a park with an attached file, an audit row and a dirty mark at a time."""

    def __init__(self, app: Flask) -> None:
        self.app, self.stopping, self.kept = app, threading.Event(), [0, 0, 0]
        self.failures: list[BaseException] = []
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(3)]

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _write(self, number: int) -> None:
        try:
            while not self.stopping.is_set():
                with self.app.app_context():
                    _one(f"D{number}-{self.kept[number]:05d}")
                self.kept[number] += 1
        except BaseException as error:
            self.failures.append(error)


def _one(code: str) -> None:
    with unit_of_work() as session:
        park = Park(code=code, name="演练\t园\n区 \\N")
        session.add(park)
        session.flush()
        files.store(
            session, io.BytesIO(PDF + code.encode()), "合同.pdf", kind="park", record_id=park.id, actor=SYSTEM
        )
        audit.record("parks.created", "park", park.id, actor=SYSTEM, label=code)
        dirty.touch("park", [park.id])


def _all_rows(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    meta = MetaData()
    meta.reflect(connection)
    return {
        name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for name, table in meta.tables.items()
        if name not in ("audit_entry", "audit_head")
    }


def test_backup_under_load_restores_one_consistent_moment(
    app: Flask, settings: config.Settings, target: config.Settings, restored_app: Flask, tmp_path: Path
) -> None:
    files.use_folder(settings.files_dir)
    with Writers(app) as writers:
        deadline = time.monotonic() + 30
        while min(writers.kept) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        before = list(writers.kept)
        made = making.make(app, settings, tmp_path / "b.tar")
        after = list(writers.kept)
        time.sleep(0.2)
    assert writers.failures == [] and made.missing == ()
    reader = Reader(made.path)
    restoring.check(reader, app.config["SECRET_KEY"])
    files.use_folder(target.files_dir)
    restoring.refuse_unless_empty(restored_app, target, reader)
    done = restoring.restore(restored_app, target, reader)
    assert done.files >= sum(before) > 0
    with restored_app.app_context():
        session = db.session()
        for number in range(3):
            codes = list(
                session.scalars(select(Park.code).where(Park.code.like(f"D{number}-%")).order_by(Park.code))
            )
            # A prefix of what was acknowledged: all from before the backup, none twice, no hole.
            assert codes == [f"D{number}-{serial:05d}" for serial in range(len(codes))]
            assert before[number] <= len(codes) <= after[number] + 1
        _whole(session)
        assert list(audit_chain.verify(session)) == []
        session.rollback()
    reader.close()


def _whole(session: Any) -> None:
    """Each park has its file with its bytes, its audit row and its mark: no half unit of work."""
    parks = {park.id: park for park in session.scalars(select(Park).where(Park.code.like("D%-%")))}
    attached = list(session.scalars(select(Attachment)))
    assert {one.record_id for one in attached} == parks.keys()
    for one in attached:
        with files.open_(one) as stream:
            body = stream.read()
        assert body == PDF + parks[one.record_id].code.encode()
        assert hashlib.sha256(body).hexdigest() == one.sha256
    created = session.scalar(
        select(func.count()).select_from(audit.AuditEntry).where(audit.AuditEntry.action == "parks.created")
    )
    marked = session.scalar(
        select(func.count()).select_from(dirty.SearchDoc).where(dirty.SearchDoc.kind == "park")
    )
    assert created == marked == len(parks)
    assert all(park.name == "演练\t园\n区 \\N" for park in parks.values())


def test_every_table_comes_back_row_by_row(
    app: Flask, settings: config.Settings, target: config.Settings, restored_app: Flask, tmp_path: Path
) -> None:
    files.use_folder(settings.files_dir)
    keys.check(app)  # as every start does; it writes the sealed word
    _one("D9-00000")
    with db.engine.connect() as connection:
        rows = _all_rows(connection)
    made = making.make(app, settings, tmp_path / "b.tar")
    reader = Reader(made.path)
    files.use_folder(target.files_dir)
    restoring.restore(restored_app, target, reader)
    with restored_app.app_context(), db.engine.connect() as connection:
        assert _all_rows(connection) == rows
    assert sum(len(found) for found in rows.values()) > 50
    assert database.current(restored_app) == database.head()
    with restored_app.app_context():
        actions = db.session.scalars(
            select(audit.AuditEntry.action).order_by(audit.AuditEntry.seq.desc()).limit(1)
        ).all()
        assert actions == ["backups.restored"]
        db.session.rollback()
        _new_ids_do_not_collide()
    reader.close()


def _new_ids_do_not_collide() -> None:
    """Sequences stand where they stood; triggers and keys guard again."""
    before = db.session.scalar(select(func.max(Park.id))) or 0
    db.session.rollback()
    with unit_of_work() as session:
        park = Park(code="NEW", name="新园")
        session.add(park)
        session.flush()
        assert park.id > before
    with pytest.raises(Exception, match="append-only"), unit_of_work() as session:
        session.execute(text("UPDATE audit_entry SET label = 'x'"))
    with pytest.raises(Exception, match=r"(?i)foreign key"), unit_of_work() as session:
        session.execute(text("UPDATE park SET parent_id = 999999999 WHERE code = 'NEW'"))
    assert Base.metadata.tables and db.session.scalar(select(func.count()).select_from(Account))
    db.session.rollback()


@pytest.fixture
def buckets(app: Flask) -> Iterator[Callable[[str], Bucket]]:
    """`buckets("a")`: a place of that name in a store that speaks S3, served by moto on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()

    def make(name: str) -> Bucket:
        made = Bucket.connect("lianzhao", f"{name}/", f"http://127.0.0.1:{port}", "key", "secret")
        if name == "a":
            made.client.create_bucket(Bucket="lianzhao")
        return made

    yield make
    server.stop()


def test_files_kept_in_a_bucket_go_along_and_come_back_to_another(
    app: Flask,
    settings: config.Settings,
    target: config.Settings,
    restored_app: Flask,
    buckets: Callable[[str], Bucket],
    tmp_path: Path,
) -> None:
    files.use_folder(settings.files_dir)
    files.use_store(buckets("a"))
    _one("D8-00000")
    made = making.make(app, settings, tmp_path / "b.tar")
    assert made.missing == () and made.files >= 1
    reader, second = Reader(made.path), buckets("b")
    files.use_folder(target.files_dir)
    files.use_store(second)
    restoring.refuse_unless_empty(restored_app, target, reader)
    restoring.restore(restored_app, target, reader)
    with restored_app.app_context():
        (kept,) = db.session.scalars(select(Attachment))
        with files.open_(kept) as stream:
            assert stream.read() == PDF + b"D8-00000"
        db.session.rollback()
    with pytest.raises(BadArchive, match="not empty"):
        restoring.refuse_unless_empty(restored_app, target, reader)
    reader.close()
