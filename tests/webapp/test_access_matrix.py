"""Who may see what, on every channel: the black-box kit on the running demonstration, two zones, two firms."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.product import Product

KIT = Path(__file__).resolve().parents[1] / "sec_kit"
GHOST = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
STAFF = ("specialist", "specialist2", "head2", "leader")
ADMINISTRATORS = ("admin", "security", "auditor")
OTHERS = ("desk", *ADMINISTRATORS)
FIRMS = ("langu", "hengyao")
pytestmark = pytest.mark.xdist_group("access_matrix")

ONE = "SELECT x.public_id, {marker} FROM {table} x JOIN unit u ON u.id = x.unit_id WHERE u.code = 'GXQ'"


def _first(folder: Path, table: str, marker: str, more: str = "") -> tuple[str, str]:
    with sqlite3.connect(f"file:{folder / 'lianzhao.db'}?mode=ro", uri=True) as connection:
        sql = ONE.format(table=table, marker=f"x.{marker}") + more
        found = connection.execute(f"{sql} ORDER BY x.id LIMIT 1").fetchone()
    return str(found[0]), str(found[1])


def _request(folder: Path) -> tuple[str, str]:
    sql = (
        "SELECT r.public_id, r.title FROM enterprise_request r JOIN enterprise_membership m "
        "ON m.enterprise_id = r.enterprise_id JOIN account a ON a.id = m.account_id "
        "WHERE a.username = 'langu' ORDER BY r.id LIMIT 1"
    )
    with sqlite3.connect(f"file:{folder / 'lianzhao.db'}?mode=ro", uri=True) as connection:
        found = connection.execute(sql).fetchone()
    return str(found[0]), str(found[1])


def _page(name: str, path: str, pid: str, marker: str, sees: tuple[str, ...]) -> dict[str, Any]:
    everybody = (*STAFF, *FIRMS)
    return {
        "name": name,
        "url": f"{path}/{pid}",
        "ghost": f"{path}/{GHOST}",
        "markers": [marker],
        "expect": {"anon": "deny", **{who: "see" if who in sees else "404" for who in everybody}},
    }


def _search(name: str, marker: str, sees: tuple[str, ...], *, word: str = "") -> dict[str, Any]:
    expect = {
        who: "see" if who in sees else "noleak" for who in ("specialist", "specialist2", "head2", *FIRMS)
    }
    return {"name": name, "url": f"/search?q={word or marker}", "markers": [f"/{name}/"], "expect": expect}


def _doors(lead: str, project: str, number: str) -> list[dict[str, Any]]:
    """What hangs on a record is as hidden as the record: forms, its reason, its history, its API, the home page."""
    own = ("specialist", "leader")
    everybody = {who: "404" for who in (*STAFF, *FIRMS) if who not in own}
    forms = (
        ("edit a lead", f"/leads/{lead}/edit", {"specialist": "200"}),
        ("edit a project", f"/projects/{project}/edit/basics", {"specialist": "200"}),
        ("add to the plan", f"/projects/{project}/plan/new", {"specialist": "200"}),
        ("follow up a lead", f"/activity/lead/{lead}/follow-up", {"specialist": "200"}),
        ("add a file", f"/activity/project/{project}/files/new", {"specialist": "200"}),
        ("why one sees it", f"/why/project/{project}", {"specialist": "200", "leader": "200"}),
    )
    rows = [
        {
            "name": name,
            "url": url,
            "ghost": url.replace(lead, GHOST).replace(project, GHOST),
            "expect": {
                "anon": "deny",
                **{who: "deny" if who in FIRMS else "404" for who in everybody},
                **sees,
            },
        }
        for name, url, sees in forms
    ]
    calls = {"program": "see", "program2": "404", "anon": "deny"}
    listed = {"program": "see", "program2": "noleak", "anon": "deny"}
    note = {
        "name": "write on a project",
        "method": "POST",
        "url": f"/activity/project/{project}/notes/new",
        "ghost": f"/activity/project/{GHOST}/notes/new",
        "csrf_page": "/account",
        "data": {"csrf_token": "{csrf}", "text": "只有本区的人写得上"},
        "expect": {"specialist2": "404", "head2": "404", "specialist": "303"},
        "verify": {"as": "leader", "url": f"/projects/{project}", "contains": number},
    }
    return [
        *rows,
        note,
        {"name": "call one project", "url": f"/api/v1/projects/{project}", "ghost": f"/api/v1/projects/{GHOST}",
         "markers": [number], "expect": calls},
        {"name": "call one lead", "url": f"/api/v1/leads/{lead}", "ghost": f"/api/v1/leads/{GHOST}",
         "markers": [lead], "expect": calls},
        {"name": "call the list", "url": "/api/v1/projects?size=50", "markers": [project], "expect": listed},
        {"name": "call the search", "url": f"/api/v1/search?q={number}", "markers": [project], "expect": listed},
    ]  # fmt: skip


def _token(product: Product, username: str) -> str:
    command = [sys.executable, "-m", "webapp", "token", "create", "--user", username]
    done = subprocess.run(
        command, env=product.environ, cwd=KIT.parents[1], capture_output=True, text=True, check=True
    )
    return done.stdout.split()[-1]


def _three_administrators() -> list[dict[str, Any]]:
    """Each has his own pages; none has another's, and none has business."""
    pages = (
        ("accounts", "/admin/accounts", "账号", {"admin": "see", "security": "see"}),
        ("new account", "/admin/accounts/new", "新增账号", {"admin": "see"}),
        ("approvals", "/admin/requests", "批准", {"security": "see"}),
        ("audit trail", "/audit", "审计", {"auditor": "see"}),
        ("projects", "/projects", "项目", {"leader": "see"}),
        ("leads", "/leads", "线索", {"leader": "see"}),
        ("enterprises", "/enterprises", "企业", {"leader": "see"}),
    )
    everybody = (*ADMINISTRATORS, "leader")
    return [
        {
            "name": name,
            "url": url,
            "markers": [marker],
            "expect": {
                **dict.fromkeys(everybody, "403"),
                **sees,
                **({"admin": "200"} if name == "approvals" else {}),
            },
        }
        for name, url, marker, sees in pages
    ]


def _matrix(folder: Path) -> list[dict[str, Any]]:
    lead, lead_no = _first(folder, "lead", "lead_no", " AND x.status = 'negotiating'")
    project, project_name = _first(folder, "project", "name")
    number = _first(folder, "project", "project_no")[1]
    card, card_no = _first(folder, "green_card", "card_no", " AND x.card_no IS NOT NULL")
    case, case_no = _first(folder, "service_case", "case_no")
    request, title = _request(folder)
    secret, secret_name = _first(folder, "project", "name", " AND x.confidentiality = 'restricted'")
    own = ("specialist", "leader")
    cleared = {"specialist": "see", "leader": "see", "desk": "noleak", "specialist2": "noleak"}
    listed = {"specialist": "see", "specialist2": "noleak", "head2": "noleak", "langu": "noleak"}
    return [
        _page("lead", "/leads", lead, lead_no, own),
        _page("project", "/projects", project, project_name, own),
        _page("card", "/greencards", card, card_no, own),
        _page("case", "/greencards/cases", case, case_no, own),
        _page("own request", "/portal/requests", request, title, ("langu",)),
        {"name": "list of leads", "url": "/leads", "markers": [lead_no], "expect": listed},
        {"name": "list of projects", "url": "/projects", "markers": [project_name], "expect": listed},
        {"name": "board", "url": "/projects/board", "markers": [project_name], "expect": listed},
        _search("leads", lead_no, ("specialist",)),
        _search("projects", project_name, ("specialist",)),
        _search("greencards", card_no, ("specialist",)),
        {
            "name": "suggestions",
            "url": f"/search/suggest?q={project_name}",
            "markers": [project],
            "expect": {"specialist": "see", "specialist2": "noleak", "langu": "noleak"},
        },
        {
            "name": "a restricted project",
            "url": f"/projects/{secret}",
            "ghost": f"/projects/{GHOST}",
            "markers": [secret_name],
            "expect": {**cleared, "desk": "404", "specialist2": "404"},
        },
        {"name": "restricted in the list", "url": "/projects", "markers": [secret_name], "expect": cleared},
        {
            "name": "restricted on the board",
            "url": "/projects/board",
            "markers": [secret_name],
            "expect": cleared,
        },
        {
            "name": "restricted in the search",
            "url": f"/search?q={secret_name}",
            "markers": [secret],
            "expect": cleared,
        },
        {
            "name": "restricted in the suggestions",
            "url": f"/search/suggest?q={secret_name}",
            "markers": [secret],
            "expect": cleared,
        },
        *_doors(lead, project, number),
        *_three_administrators(),
        {
            "name": "another firm's own requests",
            "url": "/portal/requests",
            "markers": [title],
            "expect": {"langu": "see", "hengyao": "noleak", "specialist": "deny"},
        },
    ]


def test_nobody_sees_beyond_his_zone_or_his_firm_on_any_channel(tmp_path: Path) -> None:
    with Product(tmp_path / "data", DEMO="1") as product:
        password = json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))["password"]
        plan = {
            "base": product.base,
            "login": {
                "url": "/login",
                "user_field": "username",
                "pass_field": "password",
                "csrf_field": "csrf_token",
                "check": "/notices",
            },
            "users": {
                **{name: {"username": name, "password": password} for name in (*STAFF, *OTHERS, *FIRMS)},
                "program": {"token": _token(product, "specialist")},
                "program2": {"token": _token(product, "specialist2")},
            },
            "matrix": _matrix(product.data_dir),
            "crawl": {"as": "leader", "start": ["/", "/leads", "/projects", "/greencards", "/chains"], "max": 60,
                      "skip": "logout|preferences", "min": 20, "public": ["^/login", "^/static", "^/livez", "^/v/"],
                      "deny": {"langu": ["^/leads", "^/projects", "^/enterprises", "^/greencards", "^/admin"]}},
        }  # fmt: skip
        (tmp_path / "map.json").write_text(json.dumps(plan, ensure_ascii=False), "utf-8")
        done = subprocess.run(
            [sys.executable, "access_matrix.py", str(tmp_path / "map.json"), "--crawl"],
            cwd=KIT,
            capture_output=True,
            text=True,
            timeout=300,
        )
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAIL", "VACUOUS"))]
    assert failed == [], done.stdout[-4000:] + done.stderr
    assert done.stdout.count("PASS") > 100
