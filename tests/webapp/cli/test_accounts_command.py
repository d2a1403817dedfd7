"""The first administrators of a new installation: one-time links, and none once there is one of the kind."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.conftest import csrf_of
from tests.support.product import Product

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "Xin-mima-2026"
pytestmark = pytest.mark.slow


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MODE": "demo", "DEMO": "0", "DATA_DIR": str(folder)}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "webapp", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def _first(folder: Path, username: str, *more: str) -> subprocess.CompletedProcess[str]:
    return _run(folder, "accounts", "first-admin", "--username", username, *more)


def test_the_first_administrator_comes_by_a_link_that_works_once(tmp_path: Path) -> None:
    assert _run(tmp_path, "migrate").returncode == 0
    assert "--unit" in _first(tmp_path, "sysadmin").stderr, "without a unit it says how to name one"
    made = _first(tmp_path, "sysadmin", "--unit", "示例市")
    assert made.returncode == 0, made.stderr
    link = urlsplit(re.findall(r"^http\S+/invite/\S+$", made.stdout, re.M)[0]).path
    again = _first(tmp_path, "second")
    assert (again.returncode, "already" in again.stderr) == (2, True)
    with Product(tmp_path, DEMO="0") as product:
        visitor = requests.Session()
        page = visitor.get(product.base + link, timeout=30)
        data = {"csrf_token": csrf_of(page.text), "password": PASSWORD, "again": PASSWORD}
        assert visitor.post(product.base + link, data=data, timeout=30).ok
        assert requests.get(product.base + link, timeout=30).status_code == 404
        signed_in = product.sign_in("sysadmin", PASSWORD)
        assert "示例市" in signed_in.get(f"{product.base}/admin/units", timeout=30).text


def test_each_of_the_three_can_be_made_once_and_stands_alone(tmp_path: Path) -> None:
    assert _run(tmp_path, "migrate").returncode == 0
    assert _first(tmp_path, "sysadmin", "--unit", "示例市").returncode == 0
    assert _first(tmp_path, "secadmin", "--role", "security").returncode == 0
    assert _first(tmp_path, "secadmin2", "--role", "security").returncode == 2
    assert _first(tmp_path, "sysadmin", "--role", "audit").returncode == 2, "a taken name is refused"
    assert _first(tmp_path, "auditor", "--role", "audit").returncode == 0
