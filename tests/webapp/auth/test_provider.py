"""Sign-in by a provider, against one of our own on loopback: one good token, and every bad one is refused."""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.accounts import identities
from core.accounts.credentials import OutsideIdentity
from core.accounts.models import Account
from core.db import unit_of_work
from core.errors import Invalid, NotPermitted
from core.permissions import SYSTEM, Actor
from tests.conftest import csrf_of
from tests.support.provider import CLIENT, FakeProvider
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]
BAD = {
    "none": "signature_",
    "audience": "audience",
    "issuer": "issuer",
    "nonce": "nonce",
    "expired": "expired",
    "hs256 with the public key": "signature_",
    "embedded key": "signature_",
    "unknown key": "signature_",
    "no subject": "subject",
    "party": "authorized_party",
}


@pytest.fixture
def provider(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    made = FakeProvider()
    settings = dataclasses.replace(
        app.config["SETTINGS"],
        oidc_issuer=made.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret="provider-secret",
        oidc_label="市统一身份认证",
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    yield made
    made.close()


def _leave(client: FlaskClient, path: str = "/login/provider", page: str = "/login") -> dict[str, str]:
    """What the browser takes to the provider."""
    token = csrf_of(client.get(page).get_data(as_text=True))
    answer = client.post(path, data={"csrf_token": token})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def _return(client: FlaskClient, provider: FakeProvider, taken: dict[str, str], **changes: str) -> int:
    provider.nonce = taken["nonce"]
    answer = {"code": "c-1", "state": taken["state"], **changes}
    return client.get("/login/provider/back", query_string=answer).status_code


def _bound(world: World, username: str, provider: FakeProvider) -> None:
    with unit_of_work() as session:
        account = session.get_one(Account, world.account(username).id)
        identities.link(session, account, provider.issuer, "person-1", actor=SYSTEM)


def test_a_bound_identity_comes_in_with_state_nonce_and_pkce(
    client: FlaskClient, provider: FakeProvider, world: World
) -> None:
    _bound(world, "spec_a", provider)
    assert "用市统一身份认证登录" in client.get("/login").get_data(as_text=True)
    taken = _leave(client)
    assert taken["code_challenge_method"] == "S256"
    assert "provider-secret" not in str(taken)
    assert _return(client, provider, taken) == 303
    assert client.get("/leads").status_code == 200
    sent = provider.asked[-1]
    assert len(sent["code_verifier"]) >= 43
    assert sent["redirect_uri"] == taken["redirect_uri"]


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_token_opens_nothing(
    client: FlaskClient, provider: FakeProvider, world: World, bad: str, caplog: pytest.LogCaptureFixture
) -> None:
    _bound(world, "spec_a", provider)
    taken = _leave(client)
    provider.bad = bad
    with caplog.at_level(logging.WARNING):
        assert _return(client, provider, taken) == 401
    assert f"provider_refused reason={BAD[bad]}" in caplog.text
    assert client.get("/leads").status_code == 302


def test_a_foreign_or_used_answer_opens_nothing(
    app: Flask, client: FlaskClient, provider: FakeProvider, world: World
) -> None:
    _bound(world, "spec_a", provider)
    taken = _leave(client)
    assert _return(client, provider, taken, state="another") == 401
    taken = _leave(client)
    assert _return(client, provider, taken, iss="https://evil.example") == 401
    taken = _leave(client)
    assert _return(app.test_client(), provider, taken) == 401, "another browser"
    taken = _leave(client)
    assert _return(client, provider, taken, error="access_denied") == 401
    taken = _leave(client)
    assert _return(client, provider, taken) == 303
    assert _return(app.test_client(), provider, taken) == 401
    provider.announced = f"{provider.issuer}.evil.example"
    token = csrf_of(app.test_client().get("/login").get_data(as_text=True))
    assert app.test_client().post("/login/provider", data={"csrf_token": token}).status_code in (400, 503)


def test_another_subject_with_a_known_mail_address_is_nobody(
    client: FlaskClient, provider: FakeProvider, world: World, session: Session
) -> None:
    _bound(world, "admin", provider)
    provider.subject = "person-2"
    assert _return(client, provider, _leave(client)) == 403
    assert client.get("/").status_code == 302
    assert session.scalar(select(func.count()).select_from(OutsideIdentity)) == 1


def test_its_owner_binds_it_in_the_session_that_left_for_it(
    client_as: ClientAs, provider: FakeProvider, world: World, session: Session
) -> None:
    mine, other = client_as("spec_a"), client_as("spec_b")
    taken = _leave(mine, "/account/identity", "/account")
    cookie = mine.get_cookie("provider")
    assert cookie is not None
    other.set_cookie("provider", cookie.value)
    assert _return(other, provider, taken) == 401, "bound to nobody in another's session"
    assert session.scalar(select(func.count()).select_from(OutsideIdentity)) == 0
    session.rollback()
    assert _return(mine, provider, taken) == 303
    found = session.scalars(select(OutsideIdentity)).one()
    assert (found.issuer, found.subject, found.account_id) == (
        provider.issuer,
        "person-1",
        world.account("spec_a").id,
    )
    session.rollback()
    assert "person-1" in mine.get("/account").get_data(as_text=True)
    assert _return(other, provider, _leave(other, "/account/identity", "/account")) == 409, "taken"


def test_a_locked_or_disabled_account_stays_shut(
    client: FlaskClient, provider: FakeProvider, world: World
) -> None:
    _bound(world, "spec_a", provider)
    with unit_of_work() as session:
        session.get_one(Account, world.account("spec_a").id).active = False
    assert _return(client, provider, _leave(client)) == 401
    assert client.get("/").status_code == 302


def test_only_an_administrator_binds_for_another(world: World, actor: Callable[[str], Actor]) -> None:
    with pytest.raises(NotPermitted), unit_of_work() as session:
        account = session.get_one(Account, world.account("spec_b").id)
        identities.link(session, account, "https://id.example", "x", actor=actor("spec_a"))
    with unit_of_work() as session:
        account = session.get_one(Account, world.account("spec_b").id)
        identities.link(session, account, "https://id.example", "x", actor=SYSTEM)
    with pytest.raises(Invalid), unit_of_work() as session:
        account = session.get_one(Account, world.account("spec_a").id)
        identities.link(session, account, "https://id.example", "x", actor=SYSTEM)


def test_without_a_provider_there_is_no_door(client: FlaskClient) -> None:
    assert client.get("/login/provider/back?code=1&state=1").status_code == 404
