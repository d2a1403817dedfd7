"""Every page that a role can open without an argument: valid HTML, one h1, unique ids, no inline style or script."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import csrf_of
from tests.support.markup import check_page

ClientAs = Callable[[str], FlaskClient]


def _pages(app: Flask) -> list[str]:
    return sorted(
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    )


@pytest.mark.parametrize(
    "username", ["admin", "security", "auditor", "leader", "gov", "office", "head_a", "spec_a", "desk_a"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_well_made(app: Flask, client_as: ClientAs, username: str, language: str) -> None:
    client = client_as(username)
    client.set_cookie("lang", language)
    wrong: dict[str, list[str]] = {}
    seen = 0
    for path in _pages(app):
        answer = client.get(path)
        assert answer.status_code < 500, path
        page = answer.get_data(as_text=True)
        if answer.mimetype != "text/html" or answer.status_code >= 300 or "<html" not in page:
            continue
        seen += 1
        if faults := check_page(page):
            wrong[path] = faults
    assert seen >= 4
    assert wrong == {}


def test_pages_for_strangers_and_refusals_are_well_made(client: FlaskClient, client_as: ClientAs) -> None:
    for page in (
        client.get("/login"),
        client.get("/no-such-page"),
        client_as("spec_a").get("/admin/accounts"),
    ):
        assert check_page(page.get_data(as_text=True)) == []


def test_language_and_theme_are_chosen_by_a_form(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    page = client.get("/").get_data(as_text=True)
    token = csrf_of(page)
    answer = client.post("/preferences", data={"csrf_token": token, "lang": "en", "next": "/account"})
    assert answer.headers["Location"] == "/account"
    assert '<html lang="en"' in client.get("/account").get_data(as_text=True)
    client.post("/preferences", data={"csrf_token": token, "theme": "dark", "lang": "xx"})
    assert 'data-bs-theme="dark"' in client.get("/account").get_data(as_text=True)
