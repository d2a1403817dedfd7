"""The administrator's pages: an account, its link, its lock; nobody's password is ever seen."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts.models import Account, GrantRequest
from core.audit import AuditEntry
from tests.conftest import csrf_of
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]


def _form(client: FlaskClient, world: World, **changes: str) -> dict[str, str]:
    page = client.get("/admin/accounts/new").get_data(as_text=True)
    return {
        "csrf_token": csrf_of(page),
        "form_key": page.split('name="form_key" type="hidden" value="')[1].split('"')[0],
        "username": "linzhi",
        "name": "林知",
        "unit": world.unit("GXQ").public_id,
        "role": "specialist",
        "scope": "unit",
        "reason": "新到岗",
        **changes,
    }


def _approve(client_as: ClientAs) -> None:
    """The security administrator approves what waits first."""
    client = client_as("security")
    page = client.get("/admin/requests").get_data(as_text=True)
    address = page.split('action="')[1:]
    approve = next(part.split('"')[0] for part in address if "/approve" in part.split('"')[0])
    data = {"csrf_token": csrf_of(page), "version": "1", "note": "同意"}
    assert client.post(approve, data=data).status_code == 303


def test_an_account_gets_role_and_unit_and_its_owner_sets_the_password(
    client_as: ClientAs, world: World
) -> None:
    client = client_as("admin")
    made = client.post("/admin/accounts/new", data=_form(client, world))
    assert made.status_code == 303, made.get_data(as_text=True)
    _approve(client_as)
    shown = client.get(made.headers["Location"]).get_data(as_text=True)
    assert "未设密码" in shown
    assert "/invite/" not in shown
    token = csrf_of(shown)
    answer = client.post(f"{made.headers['Location']}/link", data={"csrf_token": token}).get_data(
        as_text=True
    )
    link = answer.split("http://localhost")[1].split("<")[0]
    owner = client.application.test_client()
    page = owner.get(link).get_data(as_text=True)
    data = {"csrf_token": csrf_of(page), "password": "Xin-mima-2026", "again": "Xin-mima-2026"}
    assert owner.post(link, data=data).status_code == 303
    assert client_as("linzhi", "Xin-mima-2026").get("/enterprises").status_code == 200


def test_the_same_form_twice_makes_one_account(client_as: ClientAs, world: World, session: Session) -> None:
    client = client_as("admin")
    data = _form(client, world)
    first, second = (client.post("/admin/accounts/new", data=data) for _round in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert second.status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Account).where(Account.username == "linzhi")) == 1
    assert (
        session.scalar(
            select(func.count()).select_from(GrantRequest).join(Account).where(Account.username == "linzhi")
        )
        == 1
    )


def test_a_taken_name_comes_back_at_its_field_with_the_text(client_as: ClientAs, world: World) -> None:
    client = client_as("admin")
    answer = client.post("/admin/accounts/new", data=_form(client, world, username="SPEC_A", name="另一位"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="username-error"' in page
    assert "另一位" in page


def test_nobody_disables_without_a_reason_and_the_deed_is_audited(
    client_as: ClientAs, world: World, session: Session
) -> None:
    client = client_as("admin")
    address = f"/admin/accounts/{world.account('spec_b').public_id}"
    token = csrf_of(client.get(address).get_data(as_text=True))
    assert client.post(f"{address}/disable", data={"csrf_token": token}).status_code == 422
    assert client.post(f"{address}/disable", data={"csrf_token": token, "reason": "调离"}).status_code == 303
    session.rollback()
    assert world.account("spec_b").active is False
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts.disabled")).one()
    assert (entry.reason, entry.actor_name) == ("调离", "系统管理员")


def test_lists_filter_and_keep_their_state_in_the_address(client_as: ClientAs, world: World) -> None:
    client = client_as("admin")
    page = client.get("/admin/accounts?role=specialist&sort=-username&unknown=1&role=bad").get_data(
        as_text=True
    )
    assert page.index("spec_b") < page.index("spec_a2") < page.index(">spec_a<")
    assert "head_a" not in page
    assert 'aria-sort="descending"' in page
    assert "去掉条件：角色 项目专员" in page


def test_others_do_not_come_in(client_as: ClientAs, world: World) -> None:
    client = client_as("head_a")
    token = csrf_of(client.get("/account").get_data(as_text=True))
    pid = world.account("spec_b").public_id
    assert client.get(f"/admin/accounts/{pid}").status_code == 403
    assert client.post(f"/admin/accounts/{pid}/link", data={"csrf_token": token}).status_code == 403
    assert client.post("/admin/units", data={"csrf_token": token}).status_code == 403
