"""Search beside the raw engine: same index, same words, same permission terms, in turn.

Embedded: the whole call (permission, counts of four facets, order, marks, last look at the database)
beside the same ready statements put to SQLite alone. Elasticsearch, where ELASTICSEARCH_URL is set: the
whole call beside the ready request on one HTTP connection.
"""

import http.client
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import config
from core.db import db
from core.permissions import SYSTEM, Actor
from core.text import forms, readings
from crm.enterprises.models import Enterprise
from search import rebuilding
from search.document import FACETS
from search.elastic import body
from search.elastic.engine import ElasticEngine, connect
from search.embedded.reader import Reader
from search.engine import NO_FILTERS, POOL, Engine
from search.finder import Finder
from search.opening import open_engine
from search.query import analyse
from search.registry import sources
from tests.benchmarks import measure
from tests.benchmarks.measure import Figure
from webapp.factory import create_app

ACL = ("enterprise:all",)
KINDS = ("2 characters", "4 characters", "whole name", "pinyin", "initials", "one character wrong")
_WORDS = 300


def figures(home: Path, scale: int) -> list[Figure]:
    """Figures of the index that stands below `home`."""
    app = create_app(config.load({"DATA_DIR": str(home), "DEMO": "0"}))
    with app.app_context():
        found = _embedded(home, scale)
        if server := os.environ.get("ELASTICSEARCH_URL"):
            found += _elastic(server, scale)
        db.session.remove()
    return found


def words(kind: str) -> list[str]:
    """What people type, taken from names of the register at even distances."""
    count = db.session.query(Enterprise.id).count()
    step = max(1, count // _WORDS)
    names = db.session.query(Enterprise.name).filter(Enterprise.id % step == 0).limit(_WORDS)
    return [_typed(kind, forms.core(name), number) for number, (name,) in enumerate(names)]


def _typed(kind: str, core: str, number: int) -> str:
    at = number % max(1, len(core) - 4)
    reading = readings.syllables(core)
    return {
        "2 characters": core[at : at + 2],
        "4 characters": core[at : at + 4],
        "whole name": core,
        "pinyin": "".join(reading[2:5]),
        "initials": "".join(part[0] for part in reading[:4]),
        "one character wrong": f"{core[:3]}坤{core[4:]}",
    }[kind]


def _each(call: Callable[[str], None], typed: list[str]) -> Callable[[int], None]:
    return lambda number: call(typed[number % len(typed)])


def _pairs(profile: str, scale: int, finder: Finder, bare: Callable[[str], None]) -> Iterator[Figure]:
    actor: Actor = SYSTEM

    def ours(typed: str) -> None:
        finder.find(db.session(), typed, actor=actor)

    def typing(typed: str) -> None:
        finder.suggest(db.session(), typed, actor=actor)

    for kind in KINDS:
        typed = words(kind)
        yield measure.latency(f"name search, {kind}", profile, scale, _each(ours, typed), _each(bare, typed))
    typed = words("2 characters")
    yield measure.latency(
        "suggestions, 2 characters", profile, scale, _each(typing, typed), _each(bare, typed)
    )


class Recorder:
    """A cursor that keeps the statements of a search, so that they can be put to SQLite as they are."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.kept: list[tuple[str, list[Any]]] = []

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        self.kept.append((statement, list(values)))
        return self._cursor.execute(statement, values)


def _statements(raw: sqlite3.Connection, slot: str, typed: str) -> list[tuple[str, list[Any]]]:
    """What one search asks of SQLite: counts, candidates, cards, and those of near hits where wanted."""
    recorder: Any = Recorder(raw.cursor())
    reader = Reader(recorder, slot, analyse(typed), ACL, NO_FILTERS)
    total, _capped, _counts = reader.count(FACETS)
    pool = reader.pool(total)
    reader.near(pool)
    kept: list[tuple[str, list[Any]]] = recorder.kept
    return kept


def _embedded(home: Path, scale: int) -> list[Figure]:
    engine = open_engine(home, None)
    rebuilt = _rebuilt("embedded", scale, engine)
    raw = sqlite3.connect(home / "search.db")
    (slot,) = raw.execute("SELECT value FROM state WHERE name = 'live'").fetchone()
    ready: dict[str, list[tuple[str, list[Any]]]] = {}

    def bare(typed: str) -> None:
        for statement, values in ready[typed]:
            raw.execute(statement, values).fetchall()

    for kind in KINDS:
        ready |= {typed: _statements(raw, slot, typed) for typed in words(kind)}
    found = [*_pairs("embedded", scale, Finder(engine, _only_enterprises()), bare), rebuilt]
    engine.close()
    raw.close()
    return found


def _only_enterprises() -> dict[str, Any]:
    return {"enterprise": sources()["enterprise"]}


def _rebuilt(profile: str, scale: int, engine: Engine) -> Figure:
    started = time.perf_counter()
    count = rebuilding.rebuild(engine, _only_enterprises())
    return measure.single(
        "search rebuild", profile, scale, "documents/s", count / (time.perf_counter() - started)
    )


def _elastic(server: str, scale: int) -> list[Figure]:
    engine = ElasticEngine(connect(server), f"lianzhao-bench-{secrets.token_hex(4)}")
    address = urlsplit(server)
    line = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port or 9200, timeout=10)

    def bare(typed: str) -> None:
        request = body.search(body.strict(analyse(typed)), ACL, NO_FILTERS, FACETS, size=POOL)
        line.request(
            "POST", f"/{engine.alias}/_search", json.dumps(request), {"content-type": "application/json"}
        )
        line.getresponse().read()

    try:
        rebuilt = _rebuilt("elasticsearch", scale, engine)
        found = list(_pairs("elasticsearch", scale, Finder(engine, _only_enterprises()), bare))
    finally:
        line.close()
        engine.remove()
        engine.close()
    return [*found, rebuilt]
