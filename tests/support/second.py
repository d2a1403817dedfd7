"""A second installation beside the tests' own: its folder, and an empty database on the same server."""

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

import config
from core import files, secrets
from webapp import keys
from webapp.web import searching


@contextmanager
def empty_place(settings: config.Settings, folder: Path, name: str) -> Iterator[config.Settings]:
    """Settings of the second one; afterwards its database is dropped and the process is the first one's again."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        yield dataclasses.replace(
            settings, data_dir=folder, database_url=f"sqlite:///{folder / 'lianzhao.db'}"
        )
    else:
        name = f"lz_{name}_{os.getpid()}"
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
