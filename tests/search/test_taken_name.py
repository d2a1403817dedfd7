"""A late deletion makes the server create an index under the name of an alias that has gone; work goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.document import Key
from search.elastic import bulk
from search.elastic.engine import ElasticEngine
from tests.search import engines

pytestmark = pytest.mark.elasticsearch


@pytest.fixture
def made(tmp_path: Path) -> Iterator[ElasticEngine]:
    with engines.throw_away("elasticsearch", tmp_path) as engine:
        assert isinstance(engine, ElasticEngine)
        yield engine


def _take(engine: ElasticEngine, name: str) -> None:
    """What a writer does who asked for the alias a moment before it went."""
    engine._bulk(bulk.operations_of([(Key("enterprise", 7), 3, None)]), name)
    assert engine._client.indices.exists(index=name), "the server made it, although an alias was required"


def test_a_rebuild_clears_the_name_of_the_index_being_built(made: ElasticEngine) -> None:
    made.refresh()
    _take(made, made._indices.building)
    with made.rebuild():
        assert made._indices.is_building()
    assert not made._client.indices.exists(index=made._indices.building)
    assert made.health().up and not made.health().stale


def test_a_write_clears_the_name_of_the_serving_index(made: ElasticEngine) -> None:
    made.remove()
    _take(made, made.alias)
    made._ensured = False
    made.refresh()
    assert made._client.indices.exists_alias(name=made.alias)
    assert made.health().up
