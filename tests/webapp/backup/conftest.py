"""A second, empty installation to restore into, on the database that the tests run on."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

import config
from core import files, secrets
from core.db import db
from webapp import keys
from webapp.factory import create_app
from webapp.web import searching


@pytest.fixture
def target(app: Flask, settings: config.Settings, tmp_path: Path) -> Iterator[config.Settings]:
    """Settings of the empty installation; it has the same SECRET_KEY and key ring."""
    folder = tmp_path / "target"
    folder.mkdir()
    secrets.save(keys.path_of(dataclasses.replace(settings, data_dir=folder)), secrets.ring())
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        yield dataclasses.replace(
            settings, data_dir=folder, database_url=f"sqlite:///{folder / 'lianzhao.db'}"
        )
    else:
        name = f"lz_restore_{os.getpid()}"
        admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(
                text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            )
        address = url.set(database=name).render_as_string(hide_password=False)
        yield dataclasses.replace(settings, data_dir=folder, database_url=address)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
    files.use_folder(settings.files_dir)
    secrets.use(keys.load(settings))
    searching.init_app(settings)


@pytest.fixture
def restored_app(target: config.Settings) -> Iterator[Flask]:
    """The application of the empty installation."""
    made = create_app(target)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
