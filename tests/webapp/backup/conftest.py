"""A second, empty installation to restore into, on the database that the tests run on."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import config
from core import secrets
from core.db import db
from tests.support.second import empty_place
from webapp import keys
from webapp.factory import create_app


@pytest.fixture
def target(app: Flask, settings: config.Settings, tmp_path: Path) -> Iterator[config.Settings]:
    """Settings of the empty installation; it has the same SECRET_KEY and key ring."""
    folder = tmp_path / "target"
    folder.mkdir()
    secrets.save(keys.path_of(dataclasses.replace(settings, data_dir=folder)), secrets.ring())
    with empty_place(settings, folder, "restore") as place:
        yield place


@pytest.fixture
def restored_app(target: config.Settings) -> Iterator[Flask]:
    """The application of the empty installation."""
    made = create_app(target)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
