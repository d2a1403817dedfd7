"""Reads a page's form and sends it back filled in, as a browser does."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class _Form(HTMLParser):
    """The values of the last POST form in the main part of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._select = ""
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        if not self.forms:
            return
        here, name = self.forms[-1], given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("checkbox", "radio", "file"):
            here[name] = given.get("value", "")
        elif tag == "input" and name and "checked" in given:
            here[name] = given.get("value", "on")
        elif tag == "textarea":
            self._area = name
            here[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in here):
            here[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][self._area] += data


def fields(html: str) -> dict[str, str]:
    """What the page's main form would send untouched."""
    parser = _Form()
    parser.feed(html.split("<main", 1)[1].split("</main>", 1)[0])
    posted = [form for form in parser.forms if "csrf_token" in form]
    return posted[-1] if posted else {}


def fill(client: FlaskClient, url: str, **values: Any) -> TestResponse:
    """Open a page, change some fields of its form and send it."""
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
    return client.post(url, data={**fields(page.get_data(as_text=True)), **values})


def saved(answer: TestResponse) -> str:
    """The address that a successful form leads to."""
    assert answer.status_code == 303, answer.get_data(as_text=True)[-6000:]
    return urlsplit(answer.headers["Location"]).path


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)
