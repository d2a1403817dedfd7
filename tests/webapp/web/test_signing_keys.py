"""The signing key is changed while people work: with the old one as fallback nothing ends, without it all does."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import csrf_of
from tests.support.world import PASSWORD

NEW = "another-" + "n" * 12 + "-0123456789-abcdefghijk"


def _change(app: Flask, monkeypatch: pytest.MonkeyPatch, fallbacks: list[str]) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", NEW)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", fallbacks)
    monkeypatch.setitem(app.config, "WTF_CSRF_SECRET_KEY", [*fallbacks, NEW])


def _send(client: FlaskClient, token: str) -> int:
    data = {"csrf_token": token, "username": "spec_a", "password": PASSWORD}
    return client.post("/login", data=data).status_code


@pytest.mark.parametrize(("keeps", "form"), [(True, 303), (False, 400)])
def test_forms_and_sessions_outlive_a_new_key(
    app: Flask,
    client_as: Callable[..., FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    keeps: bool,
    form: int,
) -> None:
    signed_in, stranger = client_as("spec_a"), app.test_client()
    token = csrf_of(stranger.get("/login").get_data(as_text=True))
    own = csrf_of(signed_in.get("/account").get_data(as_text=True))
    _change(app, monkeypatch, [app.config["SECRET_KEY"]] if keeps else [])
    assert _send(stranger, token) == form
    assert signed_in.get("/leads").status_code == 200, "a session is a row, no signature"
    answer = signed_in.post("/account/sessions/close-others", data={"csrf_token": own})
    assert answer.status_code == form
