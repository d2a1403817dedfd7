"""Engines on throw-away storage, for every test of the search package."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.elastic.engine import ElasticEngine, connect
from search.embedded.engine import EmbeddedEngine
from search.engine import Engine

SERVER = "TEST_ELASTICSEARCH_URL"


@contextmanager
def throw_away(name: str, folder: Path) -> Iterator[Engine]:
    """An empty engine by name."""
    if name == "embedded":
        embedded = EmbeddedEngine(folder / "search.db")
        try:
            yield embedded
        finally:
            embedded.close()
        return
    alias = f"lztest-{secrets.token_hex(5)}"
    client = connect(os.environ[SERVER])
    try:
        yield ElasticEngine(client, alias)
    finally:
        client.close()
        cleaner = ElasticEngine(connect(os.environ[SERVER]), alias)
        cleaner.remove()
        cleaner.close()
