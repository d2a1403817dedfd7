"""The whole demonstration in a database of its own, once for a module."""

from collections.abc import Iterator

import pytest
from flask import Flask

import config
from core.db import db
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
