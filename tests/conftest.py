"""Fixtures for every test: one application, and a database restored from a template before each test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import config
from core import clock, kept, secrets
from core.accounts import passwords
from core.db import db, unit_of_work
from core.permissions import Actor
from tests.support import world as small_world
from tests.support.world import PASSWORD, World
from webapp import database
from webapp.factory import create_app

pytest_plugins = ["tests.plugins.examples", "tests.plugins.people", "tests.plugins.servers"]

SERVER = os.environ.get("TEST_DATABASE_URL", "")


class _SqliteStore:
    """Copies a template file over the database between tests."""

    def __init__(self, folder: Path) -> None:
        self.path, self.template = folder / "test.db", folder / "template.db"
        self.url = f"sqlite:///{self.path}"

    def keep(self) -> None:
        engine = create_engine(self.url, poolclass=NullPool)  # a connection left open would keep the old WAL
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.path, self.template)

    def restore(self) -> None:
        for ending in ("-wal", "-shm"):
            Path(f"{self.path}{ending}").unlink(missing_ok=True)
        shutil.copy(self.template, self.path)


class _PostgresStore:
    """Creates the database anew from a template database between tests."""

    def __init__(self, server: str, worker: str) -> None:
        base = make_url(server).set(drivername="postgresql+psycopg")
        # Named after the given database, so that two checkouts can test on one server.
        self.name, self.template_name = f"{base.database}_{worker}", f"{base.database}_{worker}_template"
        self.admin = create_engine(base, isolation_level="AUTOCOMMIT")
        self.url = base.set(database=self.name).render_as_string(hide_password=False)
        self._sql(
            f"DROP DATABASE IF EXISTS {self.template_name} WITH (FORCE)",
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
        )

    def _sql(self, *statements: str) -> None:
        with self.admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def keep(self) -> None:
        self._sql(f"ALTER DATABASE {self.name} RENAME TO {self.template_name}")
        self.restore()

    def restore(self) -> None:
        self._sql(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.template_name} STRATEGY FILE_COPY",
        )


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    """Settings of the whole run: demonstration mode, a folder of its own, the database asked for."""
    passwords.use_cheap_hashes()
    folder = tmp_path_factory.mktemp("data")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    store = _PostgresStore(SERVER, worker) if SERVER else _SqliteStore(folder)
    made = config.load(
        {
            "MODE": "demo",
            "DATA_DIR": str(folder),
            "DATABASE_URL": store.url,
            "SECRET_KEY": "test-" + "k" * 40,
            "DEMO": "0",
        }
    )
    _stores[id(made)] = store
    return made


_stores: dict[int, _SqliteStore | _PostgresStore] = {}


@pytest.fixture(scope="session")
def the_app(settings: config.Settings) -> Flask:
    """The application, its database migrated and filled with the small world, kept as template."""
    app = create_app(settings)
    app.config["TESTING"] = True
    database.upgrade(app)
    with app.app_context():
        with unit_of_work() as session:
            small_world.build(session)
        db.session.remove()
        db.engine.dispose()
    _stores[id(settings)].keep()
    app.extensions["test_key_ring"] = secrets.ring()
    return app


@pytest.fixture(scope="session")
def restore(the_app: Flask, settings: config.Settings) -> Callable[[], None]:
    """Puts the template back over whatever a test has written."""

    def put_back() -> None:
        with the_app.app_context():
            db.engine.dispose()
        _stores[id(settings)].restore()
        kept.forget()
        secrets.use(the_app.extensions["test_key_ring"])  # another test's application brings its own keys

    return put_back


@pytest.fixture
def app(the_app: Flask, restore: Callable[[], None]) -> Iterator[Flask]:
    """The application on a fresh copy of the template, inside an application context."""
    restore()
    with the_app.app_context():
        yield the_app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the test's application context: read-only outside `unit_of_work()`."""
    return db.session()


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def actor(world: World) -> Callable[[str], Actor]:
    """`actor("spec_a")`: the acting user, composed as the web layer does."""
    return world.actor


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_as(app: Flask) -> Callable[[str], FlaskClient]:
    """`client_as("spec_a")`: a browser that has signed in through the sign-in page."""

    def sign_in(username: str, password: str = PASSWORD) -> FlaskClient:
        client = app.test_client()
        token = csrf_of(client.get("/login").get_data(as_text=True))
        answer = client.post("/login", data={"username": username, "password": password, "csrf_token": token})
        assert answer.status_code in (302, 303), answer.get_data(as_text=True)[:2000]
        return client

    return sign_in


def csrf_of(html: str) -> str:
    """The CSRF token in the first hidden field of a page."""
    marker = 'name="csrf_token"'
    start = html.index(marker)
    tag = html[html.rindex("<", 0, start) : html.index(">", start)]
    return tag.split('value="')[1].split('"')[0]


@pytest.fixture
def frozen() -> Callable[..., object]:
    """`with frozen(datetime(…))`: the product's clock stands still."""
    return clock.frozen
