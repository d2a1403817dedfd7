"""Both engines without the product: the statements or requests of each search, made ready beforehand."""

import http.client
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from search.document import FACETS
from search.elastic.engine import ElasticEngine
from search.embedded.reader import Reader
from search.engine import NO_FILTERS, Engine
from search.query import analyse
from tests.benchmarks.search import Recorder


class File:
    """The embedded engine's file: the statements of each search, ready."""

    def __init__(self, home: Path) -> None:
        self._raw = sqlite3.connect(home / "search.db")
        self._ready: dict[str, list[tuple[str, list[Any]]]] = {}

    def prepare(self, word: str, tokens: Sequence[str]) -> int:
        (slot,) = self._raw.execute("SELECT value FROM state WHERE name = 'live'").fetchone()
        recorder: Any = Recorder(self._raw.cursor())
        reader = Reader(recorder, slot, analyse(word), tokens, NO_FILTERS)
        total, _capped, _counts = reader.count(FACETS)
        reader.near(reader.pool(total))
        self._ready[word] = recorder.kept
        return total

    def ask(self, word: str) -> None:
        for statement, values in self._ready[word]:
            self._raw.execute(statement, values).fetchall()


class Server:
    """Elasticsearch on one connection: the requests of each search, ready; `took` is the engine alone."""

    def __init__(self, engine: Engine, server: str) -> None:
        assert isinstance(engine, ElasticEngine)
        self._engine, address = engine, urlsplit(server)
        self._line = http.client.HTTPConnection(address.hostname or "", address.port or 9200, timeout=30)
        self._ready: dict[str, list[bytes]] = {}

    def prepare(self, word: str, tokens: Sequence[str]) -> int:
        kept: list[bytes] = []
        ask = self._engine._ask

        def keep(request: dict[str, Any]) -> Any:
            kept.append(json.dumps(request).encode())
            return ask(request)

        self._engine._ask = keep  # type: ignore[method-assign]  # listens while one search is made ready
        try:
            total = self._engine.search(word, tokens).total
        finally:
            self._engine._ask = ask  # type: ignore[method-assign]
        self._ready[word] = kept
        return total

    def ask(self, word: str) -> float:
        took = 0.0
        for body in self._ready[word]:
            address = f"/{self._engine.alias}/_search"
            self._line.request("POST", address, body, {"content-type": "application/json"})
            took += json.loads(self._line.getresponse().read())["took"]
        return took
