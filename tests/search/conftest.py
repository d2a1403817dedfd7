"""The same tests for both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engine import Engine
from tests.search import engines


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each engine in turn, empty. The server's half is skipped by name where no server is given."""
    with engines.throw_away(request.param, tmp_path) as made:
        yield made
