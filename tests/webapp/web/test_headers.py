"""Security headers on every kind of answer, and static files that browsers may keep."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.web.assets import asset

ClientAs = Callable[[str], FlaskClient]


@pytest.mark.parametrize("path", ["/", "/login", "/account", "/no-such-page", "/admin/accounts", "/livez"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_carries_the_headers(
    client: FlaskClient, client_as: ClientAs, path: str, signed_in: bool
) -> None:
    headers = (client_as("spec_a") if signed_in else client).get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ):
        assert part in policy.split("; ")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Permissions-Policy" in headers
    assert headers["X-Request-ID"]


def test_a_strange_host_is_refused_and_never_repeated(client: FlaskClient) -> None:
    answer = client.get("/login", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.get_data(as_text=True) + str(answer.headers)


def test_static_files_are_named_by_content_and_kept_for_ever(client: FlaskClient) -> None:
    for name in ("css/face.css", "js/app.js", "htmx.js", "tabler.css"):
        answer = client.get(asset(name))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/static/css/face.css").status_code == 404
    assert client.get("/static/../config.py").status_code == 404


def test_a_misspelt_static_file_is_noticed(app: Flask) -> None:
    with pytest.raises(FileNotFoundError):
        asset("css/no-such.css")
