"""What is no whole archive of this platform, or would overwrite something, is refused before anything changes."""

import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import config
from core import files
from webapp.backup import archive, keys, making, restoring
from webapp.backup.archive import BadArchive, Reader

Members = dict[str, bytes]


@pytest.fixture
def made(app: Flask, settings: config.Settings, tmp_path: Path) -> Path:
    files.use_folder(settings.files_dir)
    (settings.files_dir / "01TESTFILE.bin").write_bytes(b"%PDF-1.4 anlage")
    (settings.data_dir / "secret_key").write_text("k" * 48)
    try:
        return making.make(app, settings, tmp_path / "b.tar").path
    finally:
        (settings.files_dir / "01TESTFILE.bin").unlink()
        (settings.data_dir / "secret_key").unlink()


def _rewritten(path: Path, change: Callable[[Members], None]) -> Path:
    with tarfile.open(path) as tar:
        members = {info.name: tar.extractfile(info).read() for info in tar.getmembers()}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(path, "w") as tar:
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
    return path


def _checked(path: Path, secret: str, **options: Any) -> None:
    reader = Reader(path)
    try:
        restoring.check(reader, secret, **options)
    finally:
        reader.close()


def test_an_untouched_archive_is_whole_and_private(app: Flask, made: Path) -> None:
    _checked(made, app.config["SECRET_KEY"])
    assert made.stat().st_mode & 0o777 == 0o600
    assert not list(made.parent.glob("*.partial"))


def _flip(members: Members) -> None:
    members["files/01TESTFILE.bin"] = b"%PDF-1.4 anders"


def _drop(members: Members) -> None:
    del members["files/01TESTFILE.bin"]


def _surplus(members: Members) -> None:
    members["files/intruder.bin"] = b"x"


@pytest.mark.parametrize(
    ("change", "said"), [(_flip, "altered"), (_drop, "missing"), (_surplus, "does not name")]
)
def test_an_altered_archive_is_refused(
    app: Flask, made: Path, change: Callable[[Members], None], said: str
) -> None:
    with pytest.raises(BadArchive, match=said):
        _checked(_rewritten(made, change), app.config["SECRET_KEY"], unsigned=True)


def test_an_altered_manifest_does_not_fit_its_signature(app: Flask, made: Path) -> None:
    def forge(members: Members) -> None:
        _flip(members)
        manifest = json.loads(members["manifest.json"])
        body = members["files/01TESTFILE.bin"]
        manifest["members"]["files/01TESTFILE.bin"]["sha256"] = archive.hashlib.sha256(body).hexdigest()
        members["manifest.json"] = json.dumps(manifest).encode()

    with pytest.raises(BadArchive, match="signature"):
        _checked(_rewritten(made, forge), app.config["SECRET_KEY"])


def test_another_installation_s_key_is_refused_unless_told(made: Path) -> None:
    with pytest.raises(BadArchive, match="SECRET_KEY"):
        _checked(made, "another-" + "x" * 40)
    _checked(made, "another-" + "x" * 40, unsigned=True)


def test_a_torn_or_foreign_file_is_refused(made: Path, tmp_path: Path) -> None:
    body = made.read_bytes()
    for name, part in (("torn.tar", body[: len(body) // 2]), ("text.tar", b"no archive"), ("empty.tar", b"")):
        (tmp_path / name).write_bytes(part)
        with pytest.raises(BadArchive):
            Reader(tmp_path / name)


def test_a_member_that_would_leave_the_folder_is_refused(app: Flask, made: Path) -> None:
    def escape(members: Members) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["members"]["files/../../evil"] = {"size": 1, "sha256": "0" * 64}
        members["manifest.json"] = json.dumps(manifest).encode()

    with pytest.raises(BadArchive, match="no backup has"):
        Reader(_rewritten(made, escape))


def test_an_archive_of_a_newer_version_is_refused(app: Flask, made: Path) -> None:
    def later(members: Members) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["database"]["revision"] = "9999_later"
        members["manifest.json"] = json.dumps(manifest).encode()
        signed = archive.signature(members["manifest.json"], app.config["SECRET_KEY"])
        members["manifest.sig"] = signed.encode()

    with pytest.raises(BadArchive, match="newer version"):
        _checked(_rewritten(made, later), app.config["SECRET_KEY"])


def test_nothing_is_overwritten(
    app: Flask, settings: config.Settings, target: config.Settings, made: Path
) -> None:
    reader = Reader(made)
    with pytest.raises(BadArchive, match="database is not empty"):
        restoring.refuse_unless_empty(app, settings, reader)
    reader.close()


def test_files_in_the_way_are_not_overwritten(
    restored_app: Flask, target: config.Settings, made: Path
) -> None:
    (target.files_dir / "01KEPT.bin").write_bytes(b"kept")
    reader = Reader(made)
    with pytest.raises(BadArchive, match="not empty"):
        restoring.refuse_unless_empty(restored_app, target, reader)
    reader.close()
    assert (target.files_dir / "01KEPT.bin").read_bytes() == b"kept"


def test_keys_are_named_and_left_out_or_sealed(
    app: Flask, settings: config.Settings, made: Path, tmp_path: Path
) -> None:
    reader = Reader(made)
    assert "secret_key" in reader.manifest["keys"]["names"]
    assert reader.names("keys") == [] and b"k" * 48 not in made.read_bytes()
    reader.close()
    (settings.data_dir / "secret_key").write_text("q" * 48)
    try:
        sealed = making.make(app, settings, tmp_path / "k.tar", passphrase="correct horse battery").path
    finally:
        (settings.data_dir / "secret_key").unlink()
    assert b"q" * 48 not in sealed.read_bytes()
    reader, fresh = Reader(sealed), tmp_path / "fresh"
    with pytest.raises(BadArchive, match="passphrase"):
        keys.restore(reader, fresh, "wrong horse battery")
    assert keys.restore(reader, fresh, "correct horse battery") == ["data_keys.json", "secret_key"]
    assert (fresh / "secret_key").read_text() == "q" * 48
    assert (fresh / "secret_key").stat().st_mode & 0o777 == 0o600
    (fresh / "secret_key").write_text("other")
    with pytest.raises(BadArchive, match="another key"):
        keys.restore(reader, fresh, "correct horse battery")
    reader.close()


def test_rotation_keeps_days_weeks_and_months(tmp_path: Path) -> None:
    newest = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    for day in range(120):
        (tmp_path / making.name_at(newest - timedelta(days=day))).touch()
    (tmp_path / "lianzhao-notes.tar").touch()
    for path in making.surplus(tmp_path):
        path.unlink()
    kept = sorted(path.name for path in tmp_path.glob("lianzhao-2*.tar"))
    assert making.name_at(newest) in kept and making.name_at(newest - timedelta(days=6)) in kept
    assert making.name_at(newest - timedelta(days=7)) not in kept
    assert [name[9:15] for name in kept].count("202609") == 1
    assert len(kept) in (11, 12) and (tmp_path / "lianzhao-notes.tar").exists()
