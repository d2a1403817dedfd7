"""Keys of an installation: made at the first start, rotated by a command, and refused when they are others."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from webapp import database

ROOT = Path(__file__).resolve().parents[3]
BEFORE = next(
    script.down_revision
    for script in ScriptDirectory.from_config(database.config()).walk_revisions()
    if script.revision.endswith("_sealed")
)
NUMBER = "0816-2345678"
pytestmark = pytest.mark.slow


def _run(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MODE": "demo", "DEMO": "0", "DATA_DIR": str(folder), **changes}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "webapp", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _phone(folder: Path) -> str:
    with sqlite3.connect(folder / "lianzhao.db") as connection:
        return str(connection.execute("SELECT phone FROM account").fetchone()[0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation at the revision before sealing, with a number in clear, then migrated up."""
    code = (
        "import config; from webapp.factory import create_app; from webapp import database;"
        "app = create_app(config.load()); database.upgrade(app, '" + str(BEFORE) + "')"
    )
    environment = {**os.environ, "MODE": "demo", "DEMO": "0", "DATA_DIR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=120)
    with sqlite3.connect(tmp_path / "lianzhao.db") as connection:
        connection.execute(
            "INSERT INTO account (public_id, username, name, kind, title, phone, active, language, failed_count,"
            " last_signed_in_ip, version, created_at, updated_at) VALUES"
            " ('01', 'zhang', '张三', 'staff', '', ?, 1, 'zh', 0, '', 1, '2026-01-01', '2026-01-01')",
            (NUMBER,),
        )
    connection.close()
    done = _run(tmp_path, "migrate")
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_a_migration_seals_what_is_there_and_leaves_no_trace_in_the_file(folder: Path) -> None:
    assert _phone(folder).startswith("k")
    stored = b"".join(path.read_bytes() for path in folder.glob("lianzhao.db*"))
    assert NUMBER.encode() not in stored
    code = (
        "import config; from webapp.factory import create_app; from webapp import database;"
        "app = create_app(config.load()); database.downgrade(app, '" + str(BEFORE) + "')"
    )
    environment = {**os.environ, "MODE": "demo", "DEMO": "0", "DATA_DIR": str(folder)}
    environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=120)
    assert _phone(folder) == NUMBER


def test_rotation_makes_a_new_key_and_other_keys_are_refused_at_the_start(folder: Path) -> None:
    before = _phone(folder)
    done = _run(folder, "secrets", "rotate", DATA_CIPHER="SM4-GCM")
    assert done.returncode == 0, done.stderr
    assert "account.phone: 1 sealed anew" in done.stdout
    assert _phone(folder).split(".")[0] != before.split(".")[0]
    done = _run(folder, "secrets", "check")
    assert (done.returncode, "account.phone: 1 sealed, 0 unreadable" in done.stdout) == (0, True)
    (folder / "data_keys.json").unlink()
    done = _run(folder, "migrate")
    assert done.returncode == 2
    assert "sealed with keys that are not here" in done.stderr
    assert "Traceback" not in done.stderr
