"""The black-box kit on the running demonstration: double submits, lost updates, hostile texts, files and names."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.product import Product

KIT = Path(__file__).resolve().parents[1] / "sec_kit"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kit_on_the_demonstration")]
FIRM = (
    "SELECT e.public_id FROM enterprise e JOIN unit u ON u.id = e.unit_id WHERE u.code = 'GXQ' "
    "ORDER BY e.id LIMIT 1"
)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("kit") / "data", DEMO="1") as started:
        yield started


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """57 hostile files, 30 hostile names, 43 hostile texts, made anew."""
    folder = tmp_path_factory.mktemp("corpus")
    command = [sys.executable, "make_corpus.py", str(folder)]
    subprocess.run(command, cwd=KIT, check=True, capture_output=True, timeout=300)
    return folder


def _plan(product: Product) -> tuple[dict[str, Any], str]:
    password = json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))["password"]
    with sqlite3.connect(f"file:{product.data_dir / 'lianzhao.db'}?mode=ro", uri=True) as connection:
        firm = str(connection.execute(FIRM).fetchone()[0])
    plan = {
        "base": product.base,
        "login": {
            "url": "/login",
            "user_field": "username",
            "pass_field": "password",
            "csrf_field": "csrf_token",
            "check": "/notices",
        },
        "users": {name: {"username": name, "password": password} for name in ("head", "desk")},
        "limits": {"pids": [product.process.pid], "max_rss_mb": 1500, "health": "/livez"},
    }
    return plan, firm


def _run(script: str, plan: dict[str, Any], folder: Path, *more: str) -> int:
    """How many checks passed; none may fail or prove nothing."""
    (folder / "map.json").write_text(json.dumps(plan, ensure_ascii=False), "utf-8")
    done = subprocess.run(
        [sys.executable, script, str(folder / "map.json"), *more],
        cwd=KIT,
        capture_output=True,
        text=True,
        timeout=900,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAIL", "VACUOUS"))]
    assert failed == [], "\n".join(failed) + done.stderr[-2000:]
    assert done.returncode == 0, done.stderr
    return done.stdout.count("PASS")


def test_nothing_is_made_twice_and_no_update_is_lost(product: Product, tmp_path: Path) -> None:
    plan, firm = _plan(product)
    note, edit = f"/activity/enterprise/{firm}/notes/new", f"/enterprises/{firm}/edit"
    plan["create"] = {
        "as": "head",
        "page": note,
        "url": note,
        "data": {"text": "{mark}"},
        "list": f"/enterprises/{firm}",
    }
    plan["edit"] = {
        "as": ["head", "desk"],
        "page": edit,
        "url": edit,
        "view": f"/enterprises/{firm}",
        "field1": "main_products",
        "field2": "reg_address",
        "conflict": "已被别人改过|同时有人在改",
    }
    assert _run("double_submit.py", plan, tmp_path) > 10


def test_hostile_texts_ids_and_parameters_make_no_error(
    product: Product, corpus: Path, tmp_path: Path
) -> None:
    plan, firm = _plan(product)
    edit = f"/enterprises/{firm}/edit"
    places = ("/enterprises", "/leads", "/projects", "/admin/accounts", "/reset")
    plan["fuzz"] = {
        "as": "head",
        "page": edit,
        "url": edit,
        "field": "main_products",
        "id_urls": [f"{place}/{{x}}" for place in places],
        "query_urls": ["/search?q={x}", "/enterprises?page={x}", "/leads?q={x}"],
    }
    assert _run("text_fuzz.py", plan, tmp_path, str(corpus)) > 300


def test_hostile_files_and_names_come_to_nothing(product: Product, corpus: Path, tmp_path: Path) -> None:
    plan, firm = _plan(product)
    page = f"/activity/enterprise/{firm}/files/new"
    plan["attachment"] = {
        "as": "head",
        "page": page,
        "url": page,
        "file_field": "file",
        "download_regex": 'href="(/activity/files/[0-9A-Z]{26})"',
        "reject_regex": "不能上传|不支持|请选文件",
        "wait": 0,
    }
    assert _run("upload_check.py", plan, tmp_path, str(corpus)) > 150
