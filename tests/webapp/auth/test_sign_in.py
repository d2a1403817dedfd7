"""The door: sessions that rotate and die on the server, the lock, links that work once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import service
from core.accounts.models import Account
from core.db import unit_of_work
from core.permissions import SYSTEM
from tests.conftest import csrf_of
from tests.support.world import PASSWORD, World

ClientAs = Callable[..., FlaskClient]


def _try(client: FlaskClient, username: str, password: str, path: str = "/login") -> tuple[int, str]:
    token = csrf_of(client.get(path).get_data(as_text=True))
    answer = client.post(path, data={"username": username, "password": password, "csrf_token": token})
    return answer.status_code, answer.headers.get("Location", "") or answer.get_data(as_text=True)


def _sid(client: FlaskClient) -> str:
    cookie = client.get_cookie("sid")
    assert cookie is not None
    return cookie.value


def test_signing_in_gives_a_new_cookie_with_flags(client: FlaskClient) -> None:
    token = csrf_of(client.get("/login").get_data(as_text=True))
    data = {"username": "spec_a", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/login", data=data)
    assert answer.status_code == 303
    cookie = next(text for text in answer.headers.getlist("Set-Cookie") if text.startswith("sid="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie
    first = _sid(client)
    again = client.application.test_client()
    _try(again, "spec_a", PASSWORD)
    assert _sid(again) != first


def test_signing_in_again_ends_the_session_before(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    before = _sid(client)
    client.set_cookie("sid", before)
    other = client.application.test_client()
    token = csrf_of(client.get("/account").get_data(as_text=True))
    data = {"username": "spec_a", "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=data).status_code == 303
    other.set_cookie("sid", before)
    assert other.get("/").status_code == 302


def test_signing_out_kills_the_cookie_on_the_server(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    stolen = _sid(client)
    token = csrf_of(client.get("/").get_data(as_text=True))
    assert client.post("/logout", data={"csrf_token": token}).status_code == 303
    thief = client.application.test_client()
    thief.set_cookie("sid", stolen)
    assert thief.get("/").status_code == 302


def test_unknown_name_and_wrong_password_get_the_same_answer(client: FlaskClient) -> None:
    unknown = _try(client, "nobody-here", "wrong-Pass-1")
    known = _try(client, "spec_a", "wrong-Pass-1")
    assert unknown[0] == known[0] == 401
    assert "用户名或密码不对" in known[1]
    assert _without_input(unknown[1], "nobody-here") == _without_input(known[1], "spec_a")


def _without_input(page: str, username: str) -> str:
    kept = [line for line in page.replace(username, "NAME").splitlines() if "csrf_token" not in line]
    return "\n".join(kept)


def test_five_failures_lock_the_account_for_half_an_hour(
    client: FlaskClient, frozen: Callable[..., object]
) -> None:
    for _round in range(5):
        assert _try(client, "spec_a2", "wrong-Pass-1")[0] == 401
    assert _try(client, "spec_a2", PASSWORD)[0] == 401
    assert _try(client, "SPEC_A2 ", PASSWORD)[0] == 401
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        assert _try(client, "spec_a2", PASSWORD)[0] == 303


def test_fifty_failures_from_one_address_are_stopped(client: FlaskClient) -> None:
    for number in range(50):
        assert _try(client, f"spray{number}", "wrong-Pass-1")[0] == 401
    token = csrf_of(client.get("/login").get_data(as_text=True))
    data = {"username": "spec_b", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/login", data=data, headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"


EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "\t//evil.example/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("target", EVIL)
def test_nobody_is_led_to_another_site(client: FlaskClient, target: str) -> None:
    token = csrf_of(client.get("/login").get_data(as_text=True))
    answer = client.post(
        "/login",
        query_string={"next": target},
        data={"username": "spec_a", "password": PASSWORD, "csrf_token": token},
    )
    assert answer.headers["Location"] == "/"


def test_one_is_led_back_to_an_own_page(client: FlaskClient) -> None:
    assert _try(client, "spec_a", PASSWORD, "/login?next=/enterprises?page%3D2") == (
        303,
        "/enterprises?page=2",
    )


def test_a_disabled_account_is_out_at_once(client_as: ClientAs, world: World) -> None:
    client = client_as("spec_a")
    assert client.get("/").status_code == 200
    with unit_of_work() as session:
        service.set_active(session, world.account("spec_a"), False, actor=SYSTEM)
    assert client.get("/").status_code == 302
    assert _try(client, "spec_a", PASSWORD)[0] == 401


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_a_session_ends_after_half_an_hour_of_idleness(
    client_as: ClientAs, minutes: int, status: int
) -> None:
    client = client_as("spec_a")
    with clock.frozen(clock.now() + timedelta(minutes=minutes)):
        assert client.get("/").status_code == status


def test_a_session_in_use_lives_on_but_not_beyond_twelve_hours(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    start = clock.now()
    for quarter in range(1, 48):
        with clock.frozen(start + timedelta(minutes=15 * quarter)):
            assert client.get("/account").status_code == 200
    with clock.frozen(start + timedelta(hours=12, minutes=1)):
        assert client.get("/account").status_code == 302


def test_changing_the_password_ends_the_other_sessions(client_as: ClientAs) -> None:
    here, there = client_as("spec_a"), client_as("spec_a")
    data = {
        "csrf_token": csrf_of(here.get("/account").get_data(as_text=True)),
        "present": PASSWORD,
        "password": "Xin-mima-2026",
        "again": "Xin-mima-2026",
    }
    wrong = here.post("/account/password", data={**data, "present": "not it"})
    assert wrong.status_code == 422
    assert "现在的密码不对" in wrong.get_data(as_text=True)
    weak = here.post("/account/password", data={**data, "password": "aaaa", "again": "aaaa"})
    assert weak.status_code == 422
    assert there.get("/").status_code == 200
    assert here.post("/account/password", data=data).status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    client_as("spec_a", "Xin-mima-2026")


def test_another_browser_can_be_signed_out_but_only_ones_own(client_as: ClientAs, session: Session) -> None:
    here, there, stranger = client_as("spec_a"), client_as("spec_a"), client_as("spec_b")
    page = here.get("/account").get_data(as_text=True)
    address = page.split('action="/account/sessions/')[1].split('"')[0]
    token = csrf_of(stranger.get("/account").get_data(as_text=True))
    assert stranger.post(f"/account/sessions/{address}", data={"csrf_token": token}).status_code == 404
    assert there.get("/").status_code == 200
    assert here.post(f"/account/sessions/{address}", data={"csrf_token": csrf_of(page)}).status_code == 303
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_a_one_time_link_sets_a_password_once(client: FlaskClient, app: Flask, world: World) -> None:
    with unit_of_work() as session:
        account = service.create(session, username="newcomer", name="新人", kind="staff", actor=SYSTEM)
        token = service.issue_link(session, account, "invite", actor=SYSTEM)
    page = client.get(f"/invite/{token}").get_data(as_text=True)
    data = {"csrf_token": csrf_of(page), "password": "Xin-mima-2026", "again": "Xin-mima-2026"}
    assert client.post(f"/invite/{token}", data={**data, "again": "other"}).status_code == 422
    assert client.post(f"/invite/{token}", data=data).headers["Location"] == "/login"
    assert client.get(f"/invite/{token}").status_code == 404
    assert client.get("/invite/no-such-token").status_code == 404
    assert _try(client, "newcomer", "Xin-mima-2026")[0] == 303
    stored = world.session.scalars(select(Account.password_hash).where(Account.username == "newcomer")).one()
    assert stored is not None
    assert stored.startswith("$argon2id$")


def test_an_expired_link_is_refused(client: FlaskClient, app: Flask) -> None:
    with unit_of_work() as session:
        account = service.create(session, username="newcomer", name="新人", kind="staff", actor=SYSTEM)
        token = service.issue_link(session, account, "invite", actor=SYSTEM)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert client.get(f"/invite/{token}").status_code == 404


def test_the_button_pressed_several_times_lets_in_every_time(app: Flask, world: World) -> None:
    """On PostgreSQL the second one used to meet the first one's change of the account as a conflict."""
    clients = [app.test_client() for _ in range(3)]
    tokens = [csrf_of(each.get("/login").get_data(as_text=True)) for each in clients]

    def press(number: int) -> int:
        data = {"username": "spec_a", "password": PASSWORD, "csrf_token": tokens[number]}
        return clients[number].post("/login", data=data).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        assert list(pool.map(press, range(len(clients)))) == [303, 303, 303]
