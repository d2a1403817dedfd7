"""Importing through the browser, as tests do it: upload, open, confirm, let the worker work."""

import io
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import db
from core.jobs import runner
from core.jobs.models import Job
from tests.conftest import csrf_of

ClientAs = Callable[[str], FlaskClient]
Upload = Callable[..., TestResponse]


def hidden(html: str, name: str, after: str = "<main") -> str:
    part = html.split(after, 1)[1]
    start = part.index(f'name="{name}"')
    return part[part.rindex("<", 0, start) : part.index(">", start)].split('value="')[1].split('"')[0]


def send(
    client: FlaskClient, data: bytes, name: str, key: str = "", *, kind: str = "enterprises"
) -> TestResponse:
    page = client.get(f"/imports/new?kind={kind}").get_data(as_text=True)
    form = {
        "csrf_token": csrf_of(page.split("<main")[1]),
        "form_key": key or hidden(page, "form_key"),
        "file": (io.BytesIO(data), name),
    }
    return client.post(f"/imports/new?kind={kind}", data=form, content_type="multipart/form-data")


def opened(client: FlaskClient, answer: TestResponse) -> tuple[str, str]:
    """(address, page) behind the redirect of an upload."""
    assert answer.status_code == 303, answer.get_data(as_text=True)
    url = urlsplit(answer.headers["Location"]).path
    return url, client.get(url).get_data(as_text=True)


def confirm(client: FlaskClient, url: str, verb: str = "confirm", **more: str) -> TestResponse:
    page = client.get(url).get_data(as_text=True)
    data = {
        "csrf_token": csrf_of(page.split('id="confirm"')[1]),
        "form_key": hidden(page, "form_key", 'id="confirm"'),
        "version": hidden(page, "version", 'id="confirm"'),
        "existing": "overwrite",
        **more,
    }
    return client.post(f"{url}/{verb}", data=data)


def work(app: Flask) -> None:
    """What the worker does with every queued job."""
    session = db.session()
    ids = session.scalars(select(Job.id).where(Job.state == "queued")).all()
    session.rollback()
    for number in ids:
        runner.run(number, app.app_context)
    session.expire_all()
