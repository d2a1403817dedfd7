"""Checking one name against 204,000 for duplicates, beside one look at an index; how many are found.

The invented register of LIANZHAO_SHARED: 200,000 firms and 4,000 variants whose truth is known.
"""

import csv
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

import config
from core.db import db
from core.permissions import SYSTEM
from core.text import forms
from crm.enterprises.duplicates import near
from crm.enterprises.models import Enterprise
from tests.benchmarks import measure, setup
from tests.benchmarks.measure import Figure
from webapp import database
from webapp.factory import create_app

CORPUS = "data/companies/synthetic_companies_204k.csv"
TOP = 5
EQUAL = ("夹空格", "半角括号", "首尾全角/不换行空格", "尾随标点")
"""The kinds whose normal form must be the same."""


def figures(folder: Path) -> list[Figure]:
    """Milliseconds of a check, and the share of variants whose truth is among the first five."""
    shared = os.environ.get("LIANZHAO_SHARED")
    if not shared:
        return []
    folder.mkdir()
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    with app.app_context():
        variants = _load(Path(shared) / CORPUS)
        count = db.session.query(Enterprise).count()
        found = [_timed(variants, count), *_recall(variants, count)]
        db.session.remove()
        db.engine.dispose()
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _load(path: Path) -> list[tuple[str, int, str, int]]:
    """The variants: (name, own id, kind, id of the truth). No variant has a code: it is known by name alone."""
    ids: dict[str, int] = {}
    waiting: list[dict[str, str]] = []
    for row in _rows(path):
        waiting.append(row)
        if len(waiting) == setup.BATCH:
            _write(waiting, ids)
            waiting = []
    _write(waiting, ids)
    return [
        (row["name"], ids[row["id"]], row["dup_kind"], ids[row["dup_of"]])
        for row in _rows(path)
        if row["dup_of"]
    ]


def _write(rows: list[dict[str, str]], ids: dict[str, int]) -> None:
    batch: list[dict[str, Any]] = [
        {"name": row["name"], "uscc": None if row["dup_of"] else row["uscc"]} for row in rows
    ]
    numbers = setup.write(batch) if batch else []
    ids.update(zip((row["id"] for row in rows), numbers, strict=True))


def _timed(variants: list[tuple[str, int, str, int]], count: int) -> Figure:
    mine, theirs = [], []
    session = db.session()
    for name, *_rest in variants[:50]:
        near.like(session, name, actor=SYSTEM, limit=TOP + 1)
    for name, *_rest in variants:
        session.rollback()
        started = time.perf_counter()
        near.like(session, name, actor=SYSTEM, limit=TOP + 1)
        mine.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        session.execute(
            select(Enterprise.id, Enterprise.name).where(Enterprise.core_name == forms.normal_form(name))
        ).all()
        theirs.append((time.perf_counter() - started) * 1000)
    return measure.compared("duplicate check of one name", "embedded", count, mine, theirs)


def _recall(variants: list[tuple[str, int, str, int]], count: int) -> Iterator[Figure]:
    session = db.session()
    session.rollback()
    found: dict[str, list[bool]] = defaultdict(list)
    same: list[bool] = []
    for name, own, kind, truth in variants:
        hits = [hit for hit in near.like(session, name, actor=SYSTEM, limit=TOP + 1) if hit.id != own][:TOP]
        found[kind].append(truth in [hit.id for hit in hits])
        if kind in EQUAL:
            same.append(any(hit.id == truth and "same_name" in hit.verdict.reasons for hit in hits))
    every = [hit for hits in found.values() for hit in hits]
    yield measure.single("duplicates, recall of the first five", "embedded", count, "%", _share(every))
    yield measure.single("duplicates, said to be the same name", "embedded", count, "%", _share(same))
    for kind, hits in sorted(found.items()):
        yield measure.single(f"duplicates, recall, {kind}", "embedded", count, "%", _share(hits))


def _share(hits: list[bool]) -> float:
    return 100 * sum(hits) / len(hits)
