"""`secrets rotate`, `secrets check`: the keys that numbers and seeds are sealed with."""

import argparse
from typing import Any

from flask import Flask

import config
from core import rotation, secrets
from core.db import db, unit_of_work
from webapp import keys


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("secrets", help="keys of what is sealed in the database")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    rotate_parser = verbs.add_parser("rotate", help="make a new key and seal everything with it")
    rotate_parser.add_argument("--keep", action="store_true", help="keep the earlier keys in the ring")
    rotate_parser.set_defaults(handler=rotate)
    verbs.add_parser("check", help="open every sealed value").set_defaults(handler=check)


def rotate(arguments: argparse.Namespace, app: Flask) -> int:
    """The ring with the new key is on disk before the first value is sealed with it.

    Other processes must be stopped: they would not know the new key.
    """
    settings: config.Settings = app.config["SETTINGS"]
    if settings.data_keys:
        print("The keys come from DATA_KEYS; put the ring into a file (DATA_KEYS_FILE) to rotate them.")
        return 2
    path = keys.path_of(settings)
    ring = secrets.ring().rotated(settings.data_cipher)
    secrets.save(path, ring)
    secrets.use(ring)
    unreadable = 0
    for table, column in rotation.sealed_columns():
        done, bad = rotation.reseal(table, column)
        unreadable += bad
        print(f"{table.name}.{column.name}: {done} sealed anew" + (f", {bad} unreadable" if bad else ""))
    with unit_of_work() as session:
        keys.renew(session)
    if unreadable or arguments.keep:
        print(f"key {ring.current} is in use; the earlier keys stay in {path}")
        return 1 if unreadable else 0
    secrets.save(path, ring.only_current())
    secrets.use(ring.only_current())
    print(f"key {ring.current} is in use; the earlier keys are gone from {path}. Older backups need them.")
    return 0


def check(_arguments: argparse.Namespace, _app: Flask) -> int:
    """Say for each sealed column how many values there are and how many do not open."""
    faults = 0
    for table, column in rotation.sealed_columns():
        values = db.session.execute(table.select().with_only_columns(column).where(column.is_not(None)))
        texts = [text for (text,) in values.yield_per(1000) if text]
        bad = sum(isinstance(text, secrets.Unreadable) for text in texts)
        faults += bad
        print(f"{table.name}.{column.name}: {len(texts)} sealed, {bad} unreadable")
    return 1 if faults else 0
