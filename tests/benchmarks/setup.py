"""A database with `scale` invented enterprises, the city's units and accounts, and a built search index."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

import config
from core import clock
from core.accounts import passwords, service
from core.accounts.models import Account, Unit
from core.db import db, new_ulid, unit_of_work
from core.dirty import touch
from core.permissions import SYSTEM
from core.writing import in_bulk
from crm.enterprises import name_grams, tags
from crm.enterprises.cutting import derived_names
from crm.enterprises.models import SIZES, Enterprise
from crm.enterprises.service import KIND
from tests.benchmarks import data
from webapp import database, reference
from webapp.cli.demo import load
from webapp.factory import create_app

BATCH = 5000
USER = "office"
CROWD = tuple(f"crowd{number:03d}" for number in range(100))
TAGS = ("重点企业", "上市后备", "拟搬迁")
STEPS = ("units", "accounts", "city", "home")


def prepare(folder: Path, scale: int, *, searched: bool = True) -> str:
    """Build it below `folder`, with or without the search index; the password of the demonstration accounts."""
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    reference.ensure(app)
    load.load(app, folder, only=STEPS)
    with app.app_context(), in_bulk():
        for batch in _batches(data.enterprises(scale)):
            write(batch, searched=searched)
    if searched:
        _index(folder)
    return password(folder)


def _index(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "webapp", "search", "rebuild"],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DATA_DIR": str(folder), "DEMO": "0"},
    )


def password(folder: Path) -> str:
    """Of the demonstration accounts of a prepared folder, which may come from an earlier version."""
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    return str(load.accounts(app, folder)[0]["password"])


def write(batch: list[dict[str, Any]], *, searched: bool = True) -> list[int]:
    """Put enterprises into the register with all that is kept of their names; their ids in order."""
    now = clock.now()
    for row in batch:
        row.update(derived_names(row["name"]))
        row.update(public_id=new_ulid(), country="CN", reg_status="active", above_scale=False)
        row.setdefault("tags", [])
        row.update(version=1, created_at=now, updated_at=now)
    with unit_of_work() as session:
        found = session.scalars(
            insert(Enterprise).returning(Enterprise.id, sort_by_parameter_order=True), batch
        )
        numbers = list(found)
        name_grams.renew(session, numbers, fresh=True)
        tags.renew(session, numbers)
        if searched:
            touch(KIND, numbers)
    return numbers


def crowd(home: Path, password: str) -> None:
    """A hundred more officials with the demonstration's password; those of an earlier run are kept."""
    app = create_app(config.load({"DATA_DIR": str(home), "DEMO": "0"}))
    with app.app_context():
        hashed = passwords.hash_of(password)
        with unit_of_work() as session:
            unit_id = session.scalars(select(Unit.id).order_by(Unit.id)).first()
            known = set(session.scalars(select(Account.username).where(Account.username.in_(CROWD))))
            for name in (name for name in CROWD if name not in known):
                made = service.create(
                    session, username=name, name=name, kind="staff", unit_id=unit_id, actor=SYSTEM
                )
                made.password_hash = hashed
                service.grant(session, made, "promotion_office", scope="all", unit_id=unit_id, actor=SYSTEM)
        db.session.remove()
        db.engine.dispose()


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """With what lists are filtered by: a park for every third, a size, a tag for every fiftieth."""
    numbers = count(1)
    while batch := list(islice(rows, BATCH)):
        for row, number in zip(batch, numbers, strict=False):
            row.update(region_code="519900", latest_year=2025, latest_revenue_wan=row["reg_capital_wan"])
            row["park_id"] = 1 + number % 8 if number % 3 == 0 else None
            row["size_class"] = SIZES[number % len(SIZES)]
            row["tags"] = [TAGS[number % len(TAGS)]] if number % 50 == 0 else []
        yield batch
