"""`search rebuild | verify | query | judge`: looking after the index, asking it, judging it."""

import argparse
import dataclasses
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

import config
from core.accounts.models import Account
from core.db import db
from search import desk, judging, rebuilding, upkeep
from search.document import Hit
from search.elastic.engine import ElasticEngine
from search.engine import Engine, EngineDown
from search.opening import open_engine
from webapp.cli.start import Trouble
from webapp.web.actors import actor_of
from webapp.web.searching import server_of

_DOWN = "The search engine does not answer. Check ELASTICSEARCH_URL; `doctor` says more."


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("search", help="rebuild, verify, query and judge the index")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("rebuild", help="fill a new index from the database, then switch to it")
    verb.set_defaults(handler=rebuild)
    verb = verbs.add_parser("verify", help="compare index and database; status 1 when they differ")
    verb.add_argument("--mend", action="store_true", help="send what differs again")
    verb.set_defaults(handler=verify)
    verb = verbs.add_parser("query", help="what one user finds")
    verb.add_argument("text")
    verb.add_argument("--user", required=True, help="user name whose rights apply")
    verb.add_argument("--json", action="store_true")
    verb.add_argument("--limit", type=int, default=20)
    verb.set_defaults(handler=ask)
    verb = verbs.add_parser("judge", help="judge an engine by a file of documents and queries")
    verb.add_argument("file", type=Path)
    verb.add_argument("--engine", choices=("embedded", "elasticsearch"), default="embedded")
    verb.set_defaults(handler=judge, bare=True)


def rebuild(_arguments: argparse.Namespace, _app: Flask) -> int:
    finder = desk.finder()
    try:
        count = rebuilding.rebuild(
            finder.engine, finder.sources, lambda kind, done: print(f"{kind}: {done}", file=sys.stderr)
        )
    except EngineDown as error:
        raise Trouble(_DOWN) from error
    print(f"rebuilt {count} documents on {finder.engine.name}")
    return 0


def verify(arguments: argparse.Namespace, _app: Flask) -> int:
    """Documents that wait for the drain are sent first, so that only real differences are left."""
    finder = desk.finder()
    try:
        desk.drain_all()
        finder.engine.refresh()
        found = upkeep.compare(finder.engine, finder.sources)
    except EngineDown as error:
        raise Trouble(_DOWN) from error
    for name in ("missing", "surplus", "outdated"):
        keys = getattr(found, name)
        print(f"{name}: {len(keys)}" + "".join(f" {key}" for key in keys[:20]))
    print(f"documents: {found.documents}")
    if found and arguments.mend:
        print(f"sent again: {upkeep.mend(found)}")
        desk.drain_all()
    return 1 if found else 0


def ask(arguments: argparse.Namespace, _app: Flask) -> int:
    session = db.session()
    account = session.scalars(select(Account).where(Account.username == arguments.user)).one_or_none()
    if account is None:
        raise Trouble(f"There is no account {arguments.user!r}.")
    actor = actor_of(session, account, ip="", request_id="cli")
    results = desk.finder().find(session, arguments.text, actor=actor, size=arguments.limit)
    if arguments.json:
        answer = {
            "query": arguments.text,
            "total": results.total,
            "total_is_lower_bound": results.total_is_lower_bound,
            "limited": results.limited,
            "facets": {name: dict(counts) for name, counts in results.facets.items()},
            "hits": [_row(hit) for hit in results.hits],
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for hit in results.hits:
            print(f"{hit.score:7.2f}  {hit.card.kind:<16} {hit.card.title}  {hit.card.path}")
        print(f"{results.total} found")
    return 0


def _row(hit: Hit) -> dict[str, Any]:
    card = hit.card
    return {
        "kind": card.kind,
        "id": card.public_id,
        "path": card.path,
        "title": card.title,
        "codes": card.codes,
        "score": hit.score,
        "near": hit.near,
        "spans": hit.spans,
        "matched": hit.matched,
        "matched_as": hit.matched_as,
    }


def judge(arguments: argparse.Namespace, settings: config.Settings) -> int:
    """Print each failure; last line `passed N of M` of the required queries, after the optional ones."""
    try:
        content = judging.read(arguments.file)
    except (OSError, ValueError) as error:
        raise Trouble(f"{arguments.file} cannot be read: {error}") from error
    try:
        with _throw_away(arguments.engine, settings) as engine:
            verdicts = list(judging.judge(engine, content))
    except EngineDown as error:
        raise Trouble(_DOWN) from error
    for verdict in verdicts:
        if not verdict.passed:
            print(json.dumps(dataclasses.asdict(verdict), ensure_ascii=False))
    optional = [verdict for verdict in verdicts if verdict.optional]
    required = [verdict for verdict in verdicts if not verdict.optional]
    if optional:
        print(f"optional: {sum(verdict.passed for verdict in optional)} of {len(optional)}")
    passed = sum(verdict.passed for verdict in required)
    print(f"passed {passed} of {len(required)}")
    return 0 if passed == len(required) else 1


@contextmanager
def _throw_away(name: str, settings: config.Settings) -> Iterator[Engine]:
    """An empty engine that leaves nothing behind, beside whatever serves."""
    if name == "embedded":
        with tempfile.TemporaryDirectory(prefix="lianzhao-judge-") as folder:
            engine = open_engine(Path(folder), None)
            try:
                yield engine
            finally:
                engine.close()
        return
    server = server_of(settings)
    if server is None:
        raise Trouble("ELASTICSEARCH_URL is missing; give the address of a server to judge.")
    elastic = open_engine(settings.data_dir, server, alias=f"lianzhao-judge-{secrets.token_hex(6)}")
    try:
        yield elastic
    finally:
        if isinstance(elastic, ElasticEngine):
            elastic.remove()
        elastic.close()
