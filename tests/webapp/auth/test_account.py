"""My account: where I am signed in, what I am told of, and the proof that grave steps ask for again."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import policy, signin
from core.accounts.models import SessionRow, Unit
from core.db import unit_of_work
from core.notify import Notice
from core.permissions import SYSTEM
from tests.conftest import csrf_of
from tests.support.world import PASSWORD, World

ClientAs = Callable[..., FlaskClient]
REFERER = {"Referer": "http://localhost/admin/units"}


def test_at_most_three_sessions_the_oldest_goes(client_as: ClientAs) -> None:
    browsers = [client_as("spec_a") for _number in range(4)]
    assert [browser.get("/leads").status_code for browser in browsers] == [302, 200, 200, 200]
    with unit_of_work() as session:
        policy.change(session, {**vars(policy.DEFAULT), "sessions": 1}, actor=SYSTEM)
    client_as("spec_a")
    assert browsers[3].get("/leads").status_code == 302


def test_all_others_can_be_signed_out(client_as: ClientAs) -> None:
    mine, other = client_as("spec_a"), client_as("spec_a")
    page = mine.get("/account").get_data(as_text=True)
    assert mine.post("/account/sessions/close-others", data={"csrf_token": csrf_of(page)}).status_code == 303
    assert mine.get("/leads").status_code == 200
    assert other.get("/leads").status_code == 302


def test_a_new_device_is_told_and_the_sign_in_before_is_shown(session: Session, world: World) -> None:
    owner = world.account("spec_a").id
    session.rollback()

    def told() -> int:
        found = select(Notice).where(Notice.account_id == owner, Notice.code == "accounts.new_device")
        count = len(session.scalars(found).all())
        session.rollback()
        return count

    signin.sign_in("spec_a", PASSWORD, ip="10.0.0.1", agent="Firefox on Linux")
    assert told() == 0, "the first device is no new one"
    signin.sign_in("spec_a", PASSWORD, ip="10.0.0.1", agent="Firefox on Linux")
    assert told() == 0
    signin.sign_in("spec_a", PASSWORD, ip="10.0.0.9", agent="Phone")
    assert told() == 1
    text = session.scalars(select(Notice).where(Notice.code == "accounts.new_device")).one()
    assert text.params == {"ip": "10.0.0.9"}


def test_the_page_shows_when_and_from_where_the_last_sign_in_was(client_as: ClientAs) -> None:
    assert "这是您第一次登录" in client_as("spec_a").get("/account").get_data(as_text=True)
    page = client_as("spec_a").get("/account").get_data(as_text=True)
    assert "上一次登录" in page and "127.0.0.1" in page


@pytest.fixture
def grave(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding a unit is a grave step for the time of a test."""
    for endpoint in ("admin.units", "admin.add_unit"):
        monkeypatch.setattr(app.view_functions[endpoint], "fresh", True, raising=False)
    return


def _add(client: FlaskClient, world: World, **headers: str) -> tuple[int, str]:
    with clock.frozen(clock.now() + timedelta(minutes=4)):
        token = csrf_of(client.get("/admin/units").get_data(as_text=True))
    data = {
        "csrf_token": token,
        "name": "严肃的单位",
        "code": "GRAVE",
        "kind": "bureau",
        "parent": world.unit("SLS").public_id,
    }
    world.session.rollback()
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        answer = client.post("/admin/units", data=data, headers={**REFERER, **headers})
    return answer.status_code, unescape(answer.get_data(as_text=True))


def _hidden(page: str) -> dict[str, str]:
    return {
        tag.split('name="')[1].split('"')[0]: tag.split('value="')[1].split('"')[0]
        for tag in page.split("<form", 1)[1].split("<input")[1:]
        if 'type="hidden"' in tag.split(">")[0]
    }


def test_a_grave_step_asks_again_and_returns_to_the_form_with_its_text(
    grave: None, client_as: ClientAs, world: World, session: Session
) -> None:
    client = client_as("admin")
    before = client.get_cookie("sid")
    status, page = _add(client, world)
    assert (status, "确认是您本人" in page) == (403, True)
    assert session.scalar(select(Unit.id).where(Unit.code == "GRAVE")) is None
    session.rollback()
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        fields = {**_hidden(page), "proof": "wrong"}
        again = client.post("/account/prove?next=/admin/units", data=fields)
        assert again.status_code == 401
        page = unescape(again.get_data(as_text=True))
        shown = client.post("/account/prove?next=/admin/units", data={**_hidden(page), "proof": PASSWORD})
        text = unescape(shown.get_data(as_text=True))
        assert "严肃的单位" in text
        assert session.scalar(select(Unit.id).where(Unit.code == "GRAVE")) is None
        session.rollback()
        after = client.get_cookie("sid")
        assert before and after and before.value != after.value
        assert client.post("/admin/units", data=_hidden(text)).status_code == 303
    assert session.scalar(select(Unit.id).where(Unit.code == "GRAVE")) is not None


def test_a_young_proof_is_enough_and_reading_is_asked_too(
    grave: None, client_as: ClientAs, world: World
) -> None:
    client = client_as("admin")
    assert client.get("/admin/units").status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        answer = client.get("/admin/units?x=1")
        assert answer.headers["Location"] == "/account/prove?next=/admin/units?x%3D1"
        answer = client.get("/admin/units", headers={"HX-Request": "true"})
        assert (answer.status_code, "HX-Redirect" in answer.headers) == (403, True)


def test_proving_counts_failures_like_the_door(grave: None, client_as: ClientAs, world: World) -> None:
    client = client_as("admin")
    for _round in range(5):
        token = csrf_of(client.get("/account/prove").get_data(as_text=True))
        assert client.post("/account/prove", data={"csrf_token": token, "proof": "wrong"}).status_code == 401
    token = csrf_of(client.get("/account/prove").get_data(as_text=True))
    assert client.post("/account/prove", data={"csrf_token": token, "proof": PASSWORD}).status_code == 401
    assert world.account("admin").locked_until is not None


def test_only_hashes_of_cookies_are_kept(client_as: ClientAs, session: Session) -> None:
    cookie = client_as("spec_a").get_cookie("sid")
    assert cookie is not None
    assert cookie.value not in set(session.scalars(select(SessionRow.token_hash)))


def test_idleness_and_age_follow_the_policy(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    with unit_of_work() as session:
        policy.change(session, {**vars(policy.DEFAULT), "idle_minutes": 10}, actor=SYSTEM)
    with clock.frozen(clock.now() + timedelta(minutes=9)):
        assert client.get("/leads").status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        assert client.get("/leads").status_code == 302


def test_the_cookie_of_production_is_bound_to_the_host(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PRODUCTION", True)
    client = app.test_client()
    page = client.get("/login", base_url="https://localhost").get_data(as_text=True)
    data = {"csrf_token": csrf_of(page), "username": "spec_a", "password": PASSWORD}
    answer = client.post(
        "/login", data=data, base_url="https://localhost", headers={"Referer": "https://localhost/login"}
    )
    assert answer.status_code == 303
    cookie = next(text for text in answer.headers.getlist("Set-Cookie") if text.startswith("__Host-sid="))
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
