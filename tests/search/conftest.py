"""The same tests for both engines."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import config
from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import service
from search import desk
from search.engine import Engine
from search.finder import Finder
from tests.search import engines
from webapp.web import searching

Register = Callable[..., int]


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each engine in turn, empty. The server's half is skipped by name where no server is given."""
    with engines.throw_away(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def finder(engine: Engine, settings: config.Settings) -> Iterator[Finder]:
    """The finder of the process, on that engine."""
    desk.configure(lambda: engine)
    yield desk.finder()
    searching.init_app(settings)


@pytest.fixture
def register(actor: Callable[[str], Actor]) -> Register:
    """`register("示例…有限公司", short_name="…")` puts an enterprise into the register; its inner id."""

    def create(name: str, **values: Any) -> int:
        acting = actor("spec_a")
        with unit_of_work() as session:
            given = {"name": name, "reg_status": "active", **values}
            return service.create(session, given, actor=acting).id

    return create
