"""One demonstration for each module: its tests walk over every form of the product."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.db import db
from tests.support.city import City, build


@pytest.fixture(scope="module")
def city(
    the_app: Flask, restore: Callable[[], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[City]:
    restore()
    folder: Path = tmp_path_factory.mktemp("city")
    yield build(the_app, folder)
    with the_app.app_context():
        db.session.remove()
        db.engine.dispose()
