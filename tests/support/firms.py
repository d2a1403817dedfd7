"""Enterprises entered through their pages, as tests do it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from tests.conftest import csrf_of
from tests.support.forms import parse, post_forms

ClientAs = Callable[[str], FlaskClient]


def hidden(html: str, name: str) -> str:
    start = html.index(f'name="{name}"')
    tag = html[html.rindex("<", 0, start) : html.index(">", start)]
    return tag.split('value="')[1].split('"')[0]


def new_firm(client: FlaskClient, **values: str) -> str:
    page = client.get("/enterprises/new").get_data(as_text=True)
    data = {
        "csrf_token": csrf_of(page),
        "form_key": hidden(page.split("<main")[1], "form_key"),
        "name": "示例市华澜光电科技有限公司",
        "reg_status": "active",
        "park_id": "0",
        **values,
    }
    answer = client.post("/enterprises/new", data=data)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return urlsplit(answer.headers["Location"]).path


def send_form(client: FlaskClient, url: str, **values: str) -> str:
    """Open a form, fill in `values` and send it; the page that it led to, or came back with."""
    main = client.get(url).get_data(as_text=True).split("<main")[1]
    form = next(post_forms(parse("<main" + main), url))
    form.values |= {name: [value] for name, value in values.items()}
    status, text, place = form.send(client)
    return client.get(place).get_data(as_text=True) if status == 303 else text
