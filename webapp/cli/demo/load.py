"""Load the demonstration step by step; each commits with its mark, so a broken start goes on."""

import json
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from core import settings
from core.db import db, unit_of_work
from core.permissions import SYSTEM
from webapp.cli.demo import (
    chains,
    cultivation,
    greencards,
    leads,
    people,
    places,
    projects,
    records,
    register,
    requests,
    targets,
)
from webapp.cli.demo.world import CITY_REGION, DemoWorld

MARK = "demo.steps"
FILE = "demo_accounts.json"

Step = Callable[[Session, DemoWorld], None]


def _home(session: Session, world: DemoWorld) -> None:
    settings.put(session, "home_region", CITY_REGION, actor=SYSTEM)


STEPS: tuple[tuple[str, Step], ...] = (
    ("units", lambda session, world: people.load_units(session)),
    ("accounts", people.load_accounts),
    ("city", places.load_city),
    ("home", _home),
    ("listed", lambda session, world: register.load_listed(session)),
    ("mianyang", lambda session, world: register.load_mianyang(session)),
    ("invented", register.load_invented),
    ("enterprise users", people.load_enterprise_users),
    ("chains", chains.load),
    ("targets", targets.load),
    ("leads", leads.load),
    ("projects", projects.load),
    ("requests", requests.load),
    ("cultivation", cultivation.load),
    ("records", records.load),
    ("people's work", people.load_people_work),
    ("greencards", greencards.load),  # stays behind the projects that get the cards
)


def load(
    app: Flask,
    data_dir: Path,
    say: Callable[[str], None] = lambda text: None,
    *,
    only: Sequence[str] | None = None,
) -> bool:
    """Load what is missing of the demonstration (or of its steps `only`); True when anything was loaded."""
    password = _password(data_dir)
    loaded = False
    for name, step in STEPS:
        if only is not None and name not in only:
            continue
        with app.app_context():
            with unit_of_work() as session:
                done: list[str] = list(settings.get(session, MARK, []))
                if name in done:
                    continue
                step(session, DemoWorld(session, password))
                settings.put(session, MARK, [*done, name], actor=SYSTEM)
            loaded = True
            say(name)
    return loaded


def accounts(app: Flask, data_dir: Path) -> list[dict[str, Any]]:
    """The demonstration accounts with their common password; empty where none were loaded."""
    with app.app_context():
        return people.accounts_list(db.session(), _password(data_dir))


def _password(data_dir: Path) -> str:
    """One password for all demonstration accounts, made at the first start, kept in a 0600 file."""
    path = data_dir / FILE
    if path.exists():
        kept: str = json.loads(path.read_text("utf-8"))["password"]
        return kept
    made = f"Lz-{secrets.token_hex(4)}-{secrets.randbelow(90) + 10}"
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"password": made}, file)
    return made
