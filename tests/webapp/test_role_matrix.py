"""Routes × roles from the URL map, and rights × roles against a table that was read and agreed to.

`UPDATE_GOLDEN=1 pytest tests/webapp/test_role_matrix.py` writes the table anew; read the difference before
it is committed.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.accounts import passwords, service
from core.accounts.separation import ADMINISTRATORS
from core.db import unit_of_work
from core.permissions import SYSTEM, matches
from crm import roles
from tests.conftest import PASSWORD
from tests.support.world import World

GOLDEN = Path(__file__).with_name("role_matrix.txt")
STAFF = [role for role in roles.ROLES if role.kind == "staff"]
ClientAs = Callable[..., FlaskClient]


def _asked(app: Flask) -> set[str]:
    """Every right that some route demands."""
    return {right for view in app.view_functions.values() for right in view.access.permissions}  # type: ignore[attr-defined]  # the route's mark


def _holders(right: str) -> set[str]:
    return {role.code for role in roles.ROLES if matches(role.patterns, right)}


def _golden() -> dict[str, set[str]]:
    lines = GOLDEN.read_text("utf-8").splitlines()
    return {right: set(held.split()) for right, held in (line.split(":  ") for line in lines if line)}


def test_rights_are_held_by_the_roles_that_were_agreed_to(app: Flask) -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        lines = [f"{right}:  {' '.join(sorted(_holders(right)))}\n" for right in sorted(_asked(app))]
        GOLDEN.write_text("".join(lines), "utf-8")
    golden = _golden()
    now = {right: _holders(right) for right in golden}
    assert now == golden


def test_a_right_that_is_new_goes_to_no_outsider(app: Flask) -> None:
    """Until it stands in the table, a route's right reaches neither enterprises nor the audit administrator."""
    for right in _asked(app) - set(_golden()):
        outsiders = _holders(right) & {"enterprise_user", "enterprise_handler", "audit_administrator"}
        area = right.split(":")[0]
        assert not outsiders or area in ("portal", "audit"), (right, outsiders)


def test_the_three_administrators_share_no_right_but_seeing_accounts_and_asking(app: Flask) -> None:
    shared = {right for right in _asked(app) if len(_holders(right) & ADMINISTRATORS) > 1}
    assert shared <= {"accounts:account:list", "accounts:grant:request", "jobs:job:view"}


def _plain(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of each page that needs no argument."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "static":
            yield rule.endpoint, rule.rule


@pytest.fixture
def one_of_each(world: World) -> None:
    """An account `m-<role>` for every role of officials, over the first zone."""
    password_hash = passwords.hash_of(PASSWORD)
    unit_id = world.unit("GXQ").id
    with unit_of_work() as writing:
        for role in STAFF:
            account = service.create(
                writing, username=f"m-{role.code}", name=str(role.label)[:20], kind="staff", unit_id=unit_id,
                actor=SYSTEM,
            )  # fmt: skip
            account.password_hash = password_hash
            service.grant(writing, account, role.code, scope=role.scope, unit_id=unit_id, actor=SYSTEM)


@pytest.mark.usefixtures("one_of_each")
def test_every_page_opens_to_exactly_the_roles_that_hold_its_right(app: Flask, client_as: ClientAs) -> None:
    pages, wrong, opened = list(_plain(app)), [], 0
    for role in STAFF:
        client = client_as(f"m-{role.code}")
        for endpoint, address in pages:
            access = app.view_functions[endpoint].access  # type: ignore[attr-defined]  # the route's mark
            if access.kind != "permission" or endpoint.split(".")[0].startswith(("portal", "api")):
                continue
            allowed = any(matches(role.patterns, right) for right in access.permissions)
            status = client.get(address).status_code
            opened += status == 200
            if status >= 500 or (status != 403) is not allowed:
                wrong.append((role.code, address, status, allowed))
    assert not wrong, wrong
    assert opened > 100
