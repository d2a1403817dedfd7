"""Every page that a role can open without an argument: valid HTML, one h1, unique ids, no inline style or script."""

from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import csrf_of

ClientAs = Callable[[str], FlaskClient]
TOLERATED = {"expected-doctype-but-got-start-tag"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if given.get("id"):
            self.ids[given["id"] or ""] += 1
        if "style" in given or any(name.startswith("on") for name in given):
            self.faults.append(f"<{tag}> with inline style or handler")
        if tag == "script" and "src" not in given:
            self.faults.append("inline script")


def check_page(html: str) -> list[str]:
    """What is wrong with a page, in words."""
    reader = _Reader()
    reader.feed(html)
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    faults = reader.faults + [f"{code} {data}" for _at, code, data in parser.errors if code not in TOLERATED]
    faults += [f"id {name} stands {count} times" for name, count in reader.ids.items() if count > 1]
    if reader.tags["h1"] != 1:
        faults.append(f"{reader.tags['h1']} h1")
    if reader.tags["main"] != 1:
        faults.append(f"{reader.tags['main']} main")
    return faults


def _pages(app: Flask) -> list[str]:
    return sorted(
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    )


@pytest.mark.parametrize("username", ["admin", "leader", "office", "head_a", "spec_a", "desk_a"])
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
