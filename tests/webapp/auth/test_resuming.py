"""A form sent after the session had ended: shown again after signing in, to its owner only."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Unit
from tests.conftest import csrf_of
from tests.support.world import PASSWORD, World

ClientAs = Callable[..., FlaskClient]
REFERER = {"Referer": "http://localhost/admin/units"}


def _late(client: FlaskClient, world: World, headers: dict[str, str]) -> tuple[int, str]:
    page = client.get("/admin/units").get_data(as_text=True)
    data = {
        "csrf_token": csrf_of(page),
        "name": "写了很久的单位 <b>",
        "code": "LATE",
        "kind": "bureau",
        "parent": world.unit("SLS").public_id,
    }
    with clock.frozen(clock.now() + timedelta(minutes=40)):
        answer = client.post("/admin/units", data=data, headers=headers)
    return answer.status_code, answer.get_data(as_text=True)


def _sign_in(client: FlaskClient, page: str, username: str) -> str:
    kept = page.split('name="kept" value="')[1].split('"')[0]
    data = {"csrf_token": csrf_of(page), "kept": kept, "username": username, "password": PASSWORD}
    with clock.frozen(clock.now() + timedelta(minutes=41)):
        return client.post("/login", data=data).get_data(as_text=True)


def _exists(session: Session) -> bool:
    session.rollback()
    return session.scalar(select(Unit.id).where(Unit.code == "LATE")) is not None


def test_the_text_comes_back_and_is_sent_by_the_person(
    client_as: ClientAs, world: World, session: Session
) -> None:
    client = client_as("admin")
    status, page = _late(client, world, REFERER)
    assert status == 401
    shown = _sign_in(client, page, "admin")
    assert "写了很久的单位 <b>" in unescape(shown)
    assert "<b>" not in shown.split("<dl")[1].split("</dl>")[0]
    assert not _exists(session)
    fields = {
        tag.split('name="')[1].split('"')[0]: unescape(tag.split('value="')[1].split('"')[0])
        for tag in shown.split("<form")[1].split("<input")[1:]
    }
    assert client.post("/admin/units", data=fields).status_code == 303
    assert _exists(session)


def test_another_person_does_not_see_it(client_as: ClientAs, world: World) -> None:
    client = client_as("admin")
    _status, page = _late(client, world, REFERER)
    assert "写了很久的单位" not in _sign_in(client, page, "spec_a")


@pytest.mark.parametrize(
    "headers", [{}, {"Referer": "https://evil.example/x"}, {**REFERER, "Sec-Fetch-Site": "cross-site"}]
)
def test_what_another_site_sent_is_not_kept(
    client_as: ClientAs, world: World, headers: dict[str, str]
) -> None:
    status, page = _late(client_as("admin"), world, headers)
    assert status == 303
    assert "写了很久的单位" not in page


def test_strangers_keep_nothing(client: FlaskClient) -> None:
    assert client.post("/admin/units", data={"name": "x"}, headers=REFERER).status_code == 303
