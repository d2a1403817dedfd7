"""A full disk, a file locked by somebody else, a clock that jumps: nothing half-done, work goes on by itself."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults.writers import ADDRESS, NAMES, filled
from tests.support.product import Product

pytestmark = pytest.mark.slow


def _password(folder: Path) -> str:
    return str(json.loads((folder / "demo_accounts.json").read_text("utf-8"))["password"])


def _save(product: Product, session: requests.Session, mark: str) -> int:
    """Send one new enterprise; the status of the answer."""
    page = session.get(f"{product.base}{ADDRESS}", timeout=40)
    if page.status_code != 200:
        return page.status_code
    assert "/login" not in page.url
    form = filled(page.text, mark)
    return session.post(f"{product.base}{ADDRESS}", data=form, allow_redirects=False, timeout=60).status_code


def _names(folder: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(folder / "lianzhao.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT name FROM enterprise WHERE name LIKE ? ORDER BY id", (f"{NAMES}%",))
        return [row[0].removeprefix(NAMES).removesuffix("有限公司") for row in rows]


def _trail_is_whole(product: Product) -> bool:
    command = [sys.executable, "-m", "webapp", "verify-audit"]
    return subprocess.run(command, env=product.environ, stdout=subprocess.DEVNULL).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "lianzhao-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_kindly_and_recovers_when_freed(small_disk: Path) -> None:
    with Product(small_disk, DEMO="1") as product:
        session = product.sign_in("specialist", _password(small_disk))
        assert _save(product, session, "before") == 303
        filler = small_disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 65536)
        # What still fits into the log of the database is saved; then every answer is a refusal, never a 500.
        statuses = [_save(product, session, f"full{number}") for number in range(60)]
        assert set(statuses) <= {303, 503, 507} and statuses[-1] in (503, 507)
        assert requests.get(f"{product.base}/livez", timeout=5).ok
        assert requests.get(f"{product.base}/readyz", timeout=5).status_code == 503
        filler.unlink()
        assert _save(product, session, "after") == 303
        assert _trail_is_whole(product)
        kept = [f"full{number}" for number, status in enumerate(statuses) if status == 303]
    assert _names(small_disk) == ["before", *kept, "after"]


def test_a_file_locked_by_another_program_delays_or_refuses_and_loses_nothing(tmp_path: Path) -> None:
    with Product(tmp_path, DEMO="1") as product:
        session = product.sign_in("specialist", _password(tmp_path))
        with contextlib.closing(sqlite3.connect(tmp_path / "lianzhao.db", isolation_level=None)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            assert _save(product, session, "locked") == 503
            assert time.monotonic() - began < 25
            assert requests.get(f"{product.base}/readyz", timeout=5).ok  # reading goes on
            foreign.execute("ROLLBACK")
        assert _save(product, session, "freed") == 303
    assert _names(tmp_path) == ["freed"]


def test_a_clock_that_jumps_loses_nothing_and_signs_nobody_out_too_early(tmp_path: Path) -> None:
    moved, minute = tmp_path / "clock", 60
    moved.write_text("0")
    # Forward by less than the half hour after which an idle session ends, and back by hours.
    jumps = (20 * minute, -120 * minute, 0, 25 * minute)
    product = Product(tmp_path / "data", DEMO="1", MOVED_CLOCK=str(moved))
    product.module = "tests.support.moved_clock"
    with product:
        session = product.sign_in("specialist", _password(tmp_path / "data"))
        for number, jump in enumerate(jumps):
            moved.write_text(str(jump))
            assert _save(product, session, f"jump{number}") == 303, jump
        moved.write_text(str(2 * 24 * 60 * minute))
        page = session.get(f"{product.base}{ADDRESS}", timeout=20)
        assert "/login" in page.url  # no session is immortal
        assert _trail_is_whole(product)
    assert _names(tmp_path / "data") == [f"jump{number}" for number in range(len(jumps))]
