"""The black-box kit against the running application: cookies, headers, form tokens, redirects, hosts."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import waitress
from flask import Flask

from core.accounts import passwords, service
from core.db import db, unit_of_work
from core.permissions import SYSTEM
from tests.support.world import PASSWORD, World

KIT = Path(__file__).resolve().parents[1] / "sec_kit"


@pytest.fixture
def address(app: Flask, world: World) -> Iterator[str]:
    """The application on a free port of this machine, with two administrators."""
    with unit_of_work() as session:
        second = service.create(
            session,
            username="admin2",
            name="系统管理员二",
            kind="staff",
            unit_id=world.unit("SLS").id,
            actor=SYSTEM,
        )
        second.password_hash = passwords.hash_of(PASSWORD)
        service.grant(session, second, "administrator", scope="all", actor=SYSTEM)
    db.session.rollback()
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


def _map(address: str, parent: str) -> dict[str, object]:
    return {
        "base": address,
        "login": {
            "url": "/login",
            "user_field": "username",
            "pass_field": "password",
            "csrf_field": "csrf_token",
            "check": "/",
        },
        "logout": {"url": "/logout", "method": "POST", "page": "/"},
        "users": {name: {"username": name, "password": PASSWORD} for name in ("admin", "admin2")},
        "headers": {"as": "admin", "pages": ["/", "/account", "/admin/accounts", "/enterprises"]},
        "open_redirect": ["/login?next={evil}"],
        "csrf": [
            {
                "as": "admin",
                "page": "/admin/units",
                "url": "/admin/units",
                "field": "name",
                "data": {"name": "{mark}", "code": "{mark}", "kind": "bureau", "parent": parent},
                "verify": "/admin/units",
            }
        ],
    }


def _run(script: str, plan: dict[str, object], folder: Path) -> str:
    (folder / "map.json").write_text(json.dumps(plan))
    done = subprocess.run(
        [sys.executable, script, str(folder / "map.json")],
        cwd=KIT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAIL", "VACUOUS"))]
    assert failed == [], done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
    return done.stdout


def _plan(address: str, world: World) -> dict[str, object]:
    plan = _map(address, world.unit("SLS").public_id)
    world.session.rollback()
    return plan


def test_headers_sessions_and_tokens_stand_the_kit(address: str, world: World, tmp_path: Path) -> None:
    assert _run("headers_csrf.py", _plan(address, world), tmp_path).count("PASS") > 70


def test_guessing_passwords_stands_the_kit(address: str, world: World, tmp_path: Path) -> None:
    names = ("desk_a", "head_a", "spec_b", "spec_a")
    plan = _plan(address, world)
    plan["users"] = {name: {"username": name, "password": PASSWORD} for name in names}
    plan["bruteforce"] = {
        "limit": 5,
        "victims": list(names[:3]),
        "bystander": "spec_a",
        "spray_limit": 60,
        "timing_ms": 150,  # a busy machine; a missing dummy hash would show with real parameters only
    }
    assert _run("bruteforce.py", plan, tmp_path).count("PASS") > 10


def test_a_form_sent_five_times_at_once_makes_one_record(address: str, world: World, tmp_path: Path) -> None:
    plan = _plan(address, world)
    parent = world.unit("SLS").public_id
    world.session.rollback()
    plan["create"] = {
        "as": "admin",
        "page": "/admin/units/new",
        "url": "/admin/units",
        "data": {"name": "{mark}", "code": "{mark}", "kind": "bureau", "parent": parent},
        "list": "/admin/units",
        "marks_per_row": 3,  # name, code, the label of the figure
    }
    _run("double_submit.py", plan, tmp_path)
