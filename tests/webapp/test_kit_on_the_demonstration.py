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

LEAD = (
    "SELECT l.public_id FROM lead l JOIN unit u ON u.id = l.unit_id WHERE u.code = 'GXQ' "
    "AND l.status = 'registered' ORDER BY l.id LIMIT 1"
)
PROJECT = (
    "SELECT p.public_id FROM project p JOIN unit u ON u.id = p.unit_id WHERE u.code = 'GXQ' "
    "AND p.stage = 'admitted' ORDER BY p.id LIMIT 1"
)
INVISIBLE = "[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]"
"""Characters that nobody sees; the portal's forms take them out on purpose."""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("kit") / "data", DEMO="1") as started:
        yield started


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """57 hostile files, 30 hostile names, 43 hostile texts, made anew."""
    folder = tmp_path_factory.mktemp("corpus")
    command = [sys.executable, "-m", "tests.support.corpus", str(folder)]
    subprocess.run(command, cwd=KIT.parents[1], check=True, capture_output=True, timeout=300)
    return folder


def _one(product: Product, statement: str) -> str:
    with sqlite3.connect(f"file:{product.data_dir / 'lianzhao.db'}?mode=ro", uri=True) as connection:
        return str(connection.execute(statement).fetchone()[0])


def _token(product: Product) -> str:
    command = [sys.executable, "-m", "webapp", "token", "create", "--user", "head", "--scope", "write"]
    done = subprocess.run(
        command, env=product.environ, cwd=KIT.parents[1], capture_output=True, text=True, check=True
    )
    return done.stdout.split()[-1]


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
        "users": {name: {"username": name, "password": password} for name in ("head", "desk", "langu")},
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


def test_hostile_sheets_are_refused_or_counted_exactly(
    product: Product, corpus: Path, tmp_path: Path
) -> None:
    """Every sheet of the corpus through the pages of an import: no error, bounded memory and time."""
    plan, _firm = _plan(product)
    page = "/imports/new?kind=enterprises"
    plan["import"] = {
        "as": "head",
        "page": page,
        "url": page,
        "file_field": "file",
        "ok_regex": r"(?:先)?导入 (\d+) 行",
        "bad_regex": r"有错的 (\d+) 行",
        "reject_regex": "没有可以导入的行",
        "wait": 8,
    }
    plan["limits"]["max_rss_mb"] = 700
    assert _run("upload_check.py", plan, tmp_path, str(corpus)) > 100


def test_a_step_taken_six_times_at_once_is_taken_once(product: Product, tmp_path: Path) -> None:
    plan, _firm = _plan(product)
    lead, specialist = (
        _one(product, LEAD),
        _one(product, "SELECT id FROM account WHERE username = 'specialist'"),
    )
    plan["transition"] = {
        "as": "head",
        "page": f"/leads/{lead}/respond",
        "url": f"/leads/{lead}/respond",
        "data": {"specialist_id": specialist},
        "count_url": f"/leads/{lead}?show=change",
        "count_regex": "响应并指定专人",
        "want": 1,
    }
    assert _run("double_submit.py", plan, tmp_path) > 1


def test_a_call_with_the_same_key_makes_one_record(product: Product, tmp_path: Path) -> None:
    plan, _firm = _plan(product)
    plan["users"]["program"] = {"token": _token(product)}
    plan["api_create"] = {
        "as": "program",
        "url": "/api/v1/enterprises",
        "json": {"name": "{mark}有限公司"},
        "id_field": "id",
        "list": "/api/v1/enterprises?sort=-updated#{mark}",
    }
    assert _run("double_submit.py", plan, tmp_path) > 5


def test_hostile_texts_in_leads_projects_requests_and_calls(
    product: Product, corpus: Path, tmp_path: Path
) -> None:
    project = f"/projects/{_one(product, PROJECT)}/edit/basics"
    none = dict.fromkeys(("chain_node_id", "park_id", "leader_id", "deputy_id"), "0")
    lead = {"confidentiality": "normal", "source": "", "chain_node_id": "0", "deed": "draft"}
    wish = {
        "category": "approval",
        "nature": "help",
        "content": "车间变压器容量不够，想增容。",
        "contact_phone": "",
    }
    forms: tuple[dict[str, Any], ...] = (
        {"as": "head", "page": "/leads/new", "url": "/leads/new", "field": "content", "data": lead,
         "api": {"as": "program", "url": "/api/v1/enterprises", "field": "name", "keyed": True}},
        {"as": "head", "page": project, "url": project, "field": "content",
         "data": {"kind": "new", "land_mode": "none", "confidentiality": "normal", **none}},
        {"as": "langu", "page": "/portal/requests/new", "url": "/portal/requests/new", "field": "title",
         "data": wish, "id_urls": ["/portal/requests/{x}"], "cleaned": INVISIBLE},
    )  # fmt: skip
    for form in forms:
        plan, _firm = _plan(product)
        plan["login"]["check"] = "/portal/" if form["as"] == "langu" else "/notices"
        plan["users"]["program"] = {"token": _token(product)}
        assert _run("text_fuzz.py", {**plan, "fuzz": form}, tmp_path, str(corpus)) > 100
