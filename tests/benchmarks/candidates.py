"""Who could fill a gap, out of a large register: the whole read beside its own statements, ready, on a bare connection.

The register is invented: products are words of the shipped maps, a few of them very common, places lie all over
the country, four in five enterprises have revenue, half of those two years of it.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

import config
from chains import access as chain_access
from chains import queries
from chains.matching import Matcher, products
from chains.models import ChainNode
from core.db import db, new_ulid
from core.permissions import SYSTEM
from core.places import Region
from crm.enterprises import coverage, homes
from crm.enterprises.cutting import derived_names
from crm.enterprises.placements import ProductMatch
from crm.enterprises.trades import trade_of
from crm.targets import candidates
from tests.benchmarks import data, measure
from tests.benchmarks.measure import Figure
from webapp import database, reference
from webapp.cli.demo import load
from webapp.factory import create_app

STEPS = ("units", "accounts", "city", "home", "listed", "mianyang", "invented", "chains")
NODES = 30
COMMON = 10
BATCH = 20_000
PRAGMAS = ("synchronous=OFF", "cache_size=-400000")


def figures(folder: Path, scale: int) -> list[Figure]:
    """The page's reads for many nodes, by the number of enterprises that there are. A folder that stands is used."""
    fresh = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    if fresh:
        reference.ensure(app)
        load.load(app, folder, only=STEPS)
    with app.app_context():
        if fresh:
            fill(db.session(), folder / "lianzhao.db", scale)
        try:
            return [_measured(db.session(), folder / "lianzhao.db", scale)]
        finally:
            db.session.remove()
            db.engine.dispose()


def _measured(session: Session, path: Path, scale: int) -> Figure:
    nodes = _nodes(session)
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA cache_size=-64000")
    ready: dict[int, list[tuple[str, Any]]] = {}
    for node in nodes:
        with _recorded(session) as ready[node]:
            found = _ask(session, node)
        assert found, node

    def ours(number: int) -> None:
        _ask(session, nodes[number % len(nodes)])

    def bare(number: int) -> None:
        for statement, values in ready[nodes[number % len(nodes)]]:
            raw.execute(statement, values).fetchall()

    return measure.latency(
        f"candidates for a gap, {len(nodes)} nodes", "embedded", scale, ours, bare, len(nodes)
    )


def _ask(session: Session, node_id: int) -> list[candidates.Candidate]:
    """What the page reads: the map, its gaps, the candidates."""
    session.expire_all()
    node = session.get_one(ChainNode, node_id)
    found = queries.load_map(session, node.chain)
    locator = homes.locate(session)
    report = coverage.report(session, found, locator)
    return candidates.find(session, found, found.by_id[node_id], report, locator)


def _nodes(session: Session) -> list[int]:
    """Nodes with words, every so many of all maps, and those whose words are the most common."""
    statement = select(ChainNode.id, ChainNode.keywords).where(chain_access.visible_to(SYSTEM))
    found = [number for number, words in session.execute(statement.order_by(ChainNode.id)) if words]
    common = select(ProductMatch.node_id).group_by(ProductMatch.node_id).order_by(func.count().desc())
    chosen = [*found[:: max(1, len(found) // NODES)][:NODES], *session.scalars(common.limit(COMMON))]
    return list(dict.fromkeys(chosen))


@contextmanager
def _recorded(session: Session) -> Iterator[list[tuple[str, Any]]]:
    kept: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _m: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            kept.append((statement, values))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield kept
    finally:
        event.remove(engine, "before_cursor_execute", note)


def fill(session: Session, path: Path, scale: int) -> None:
    """`scale` invented enterprises with what their products match, straight into the file."""
    matcher, words = queries.matcher(session), _words(session)
    regions = list(session.scalars(select(Region.code).where(Region.level <= 3)))
    session.rollback()
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")
    with _unindexed(raw):
        for batch in _batches(scale, _first(raw), matcher, words, regions):
            _write(raw, batch)
    raw.execute("ANALYZE")
    raw.close()


@contextmanager
def _unindexed(raw: sqlite3.Connection) -> Iterator[None]:
    """Without the indexes of the register's tables, which are made again in the end."""
    indexes = [
        row
        for row in raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        if "enterprise" in row[0]
    ]
    for name, _sql in indexes:
        raw.execute(f'DROP INDEX "{name}"')
    yield
    for _name, sql in indexes:
        raw.execute(sql)


def _first(raw: sqlite3.Connection) -> int:
    return int(raw.execute("SELECT max(id) FROM enterprise").fetchone()[0] or 0) + 1


def _batches(
    scale: int, first: int, matcher: Matcher, words: tuple[list[str], list[float]], regions: list[str]
) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """Rows of the three tables, so many enterprises at a time."""
    matches = _Matches(matcher)
    chance = random.Random(23)
    batch: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _COLUMNS}
    for number, row in enumerate(data.enterprises(scale), first):
        made = chance.choices(words[0], cum_weights=words[1], k=2)
        revenue = chance.randrange(100, 900_000) * 1_000_000 if chance.random() < 0.8 else None
        row |= {"main_products": "、".join(made), "region_code": chance.choice(regions)}
        batch["enterprise"].append(_enterprise(number, row, revenue))
        if revenue is not None and chance.random() < 0.5:
            batch["enterprise_year"] += _years(number, revenue, chance)
        batch["product_match"] += matches.of(number, row)
        if number % BATCH == 0:
            yield batch
            batch = {name: [] for name in _COLUMNS}
    yield batch


class _Matches:
    """What the maps know of invented products; the same ones come again and again."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.known: dict[tuple[str, str], list[tuple[int, str]]] = {}

    def of(self, number: int, row: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
        found: dict[int, tuple[Any, ...]] = {}
        for product in products(row["main_products"]):
            for node_id, word in self._nodes(product, row["industry_code"]):
                found.setdefault(node_id, (node_id, number, product[:120], word[:80]))
        return found.values()

    def _nodes(self, product: str, industry: str) -> list[tuple[int, str]]:
        key = (product, industry)
        if key not in self.known:
            matched = self.matcher.match(product, trade_of(industry, "")).values()
            self.known[key] = [(int(one.ident), one.word) for one in matched]
        return self.known[key]


def _words(session: Session) -> tuple[list[str], list[float]]:
    """Words of the maps, the first ones common: the n-th is taken as often as 1/n."""
    found = sorted({word for words in session.scalars(select(ChainNode.keywords)) for word in words})
    random.Random(5).shuffle(found)
    return found, list(accumulate(1 / place for place in range(1, len(found) + 1)))


_ENTERPRISE = (
    "id", "public_id", "uscc", "country", "name", "short_name", "english_name", "core_name", "sort_key", "pinyin",
    "initials", "reg_status", "legal_rep", "region_code", "reg_address", "site_address", "industry_code",
    "industry_text", "main_products", "scope_text", "above_scale", "tags", "source", "invented",
    "latest_revenue_fen", "latest_year", "version", "created_at", "updated_at",
)  # fmt: skip
_COLUMNS = {
    "enterprise": _ENTERPRISE,
    "enterprise_year": (
        "public_id", "enterprise_id", "year", "source", "revenue_fen", "version", "created_at", "updated_at",
    ),
    "product_match": ("node_id", "enterprise_id", "product", "word"),
}  # fmt: skip
_AT = "2026-01-01 00:00:00.000000"


def _enterprise(number: int, row: dict[str, Any], revenue: int | None) -> tuple[Any, ...]:
    given = {"short_name": "", **row, **derived_names(row["name"])} | {
        "id": number, "public_id": new_ulid(), "country": "CN", "english_name": "", "reg_status": "active",
        "site_address": "", "industry_text": "", "scope_text": "", "above_scale": 0, "tags": "[]", "source": "",
        "invented": 1, "latest_revenue_fen": revenue, "latest_year": None if revenue is None else 2025,
        "version": 1, "created_at": _AT, "updated_at": _AT,
    }  # fmt: skip
    return tuple(given[name] for name in _ENTERPRISE)


def _years(number: int, revenue: int, chance: random.Random) -> list[tuple[Any, ...]]:
    before = int(revenue / chance.uniform(0.8, 1.4))
    this = date.today().year
    return [
        (new_ulid(), number, this - 1, "年报", revenue, 1, _AT, _AT),
        (new_ulid(), number, this - 2, "年报", before, 1, _AT, _AT),
    ]


def _write(raw: sqlite3.Connection, batch: dict[str, list[tuple[Any, ...]]]) -> None:
    raw.execute("BEGIN")
    for table, rows in batch.items():
        names = _COLUMNS[table]
        marks = ", ".join("?" * len(names))
        raw.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
    raw.execute("COMMIT")
