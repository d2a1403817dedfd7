"""The whole demonstration in a database of its own, once for a module."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

import config
from core.db import db
from tests.conftest import csrf_of
from webapp import database, reference
from webapp.cli.demo import load
from webapp.factory import create_app
from webapp.web import searching


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory, settings: config.Settings) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demonstration")
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    reference.ensure(app)
    load.load(app, folder)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    searching.init_app(settings)


def signed_in(app: Flask, username: str) -> FlaskClient:
    """A browser in which somebody of the demonstration has signed in."""
    accounts = load.accounts(app, app.config["SETTINGS"].data_dir)
    password = next(one["password"] for one in accounts if one["username"] == username)
    client = app.test_client()
    token = csrf_of(client.get("/login").get_data(as_text=True))
    form = {"username": username, "password": password, "csrf_token": token}
    assert client.post("/login", data=form).status_code == 303
    return client
