"""A database with `scale` invented enterprises, the city's units and accounts, and a built search index."""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

import config
from core import clock
from core.accounts import passwords, service
from core.accounts.models import Unit
from core.db import db, new_ulid, unit_of_work
from core.dirty import touch
from core.permissions import SYSTEM
from crm.enterprises.models import Enterprise
from crm.enterprises.service import KIND, derived_names
from tests.benchmarks import data
from webapp import database, reference
from webapp.cli.demo import load
from webapp.factory import create_app

BATCH = 5000
USER = "office"
CROWD = tuple(f"crowd{number:03d}" for number in range(100))
STEPS = ("units", "accounts", "city", "home")


def prepare(folder: Path, scale: int) -> str:
    """Build it below `folder`; returns the password of the demonstration accounts."""
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    reference.ensure(app)
    load.load(app, folder, only=STEPS)
    with app.app_context():
        for batch in _batches(data.enterprises(scale)):
            with unit_of_work() as session:
                numbers = session.scalars(insert(Enterprise).returning(Enterprise.id), batch)
                touch(KIND, numbers)
    subprocess.run(
        [sys.executable, "-m", "webapp", "search", "rebuild"],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DATA_DIR": str(folder), "DEMO": "0"},
    )
    return password(folder)


def password(folder: Path) -> str:
    """Of the demonstration accounts of a prepared folder, which may come from an earlier version."""
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    return str(load.accounts(app, folder)[0]["password"])


def crowd(home: Path, password: str) -> None:
    """A hundred more officials with the demonstration's password."""
    app = create_app(config.load({"DATA_DIR": str(home), "DEMO": "0"}))
    with app.app_context():
        hashed = passwords.hash_of(password)
        with unit_of_work() as session:
            unit_id = session.scalars(select(Unit.id).order_by(Unit.id)).first()
            for name in CROWD:
                made = service.create(
                    session, username=name, name=name, kind="staff", unit_id=unit_id, actor=SYSTEM
                )
                made.password_hash = hashed
                service.grant(session, made, "promotion_office", scope="all", unit_id=unit_id, actor=SYSTEM)
        db.session.remove()
        db.engine.dispose()


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    now = clock.now()
    while batch := list(islice(rows, BATCH)):
        for row in batch:
            row.update(derived_names(row["name"]))
            row.update(public_id=new_ulid(), country="CN", reg_status="active", above_scale=False, tags=[])
            row.update(version=1, created_at=now, updated_at=now, region_code="519900", latest_year=2025)
            row["latest_revenue_wan"] = row["reg_capital_wan"]
        yield batch
