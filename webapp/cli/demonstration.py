"""`demo load`, `demo accounts`: the invented city and who can sign in to it."""

import argparse
import json
from typing import Any

from flask import Flask

import config
from webapp.cli import start
from webapp.cli.demo import load as loader
from webapp.factory import create_app


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "demo", help="the demonstration: an invented city with its people and firms"
    )
    below = parser.add_subparsers(required=True, metavar="load | accounts")
    load = below.add_parser("load", help="load what is missing of the demonstration")
    load.set_defaults(handler=load_demo, bare=True)
    accounts = below.add_parser("accounts", help="who can sign in")
    accounts.add_argument("--json", action="store_true", help="as a list of objects")
    accounts.set_defaults(handler=list_accounts)


def load_demo(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    _refuse_production(settings)
    start.check_folder(settings.data_dir)
    app = create_app(settings)
    start.prepare_database(app, settings)
    loaded = loader.load(app, settings.data_dir, lambda step: print(f"demonstration: {step}", flush=True))
    print("demonstration loaded" if loaded else "the demonstration is there already")
    return 0


def list_accounts(arguments: argparse.Namespace, app: Flask) -> int:
    settings: config.Settings = app.config["SETTINGS"]
    _refuse_production(settings)
    rows = loader.accounts(app, settings.data_dir)
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        where = row["enterprise"] or row["unit"] or ""
        print(f"{row['username']:<12} {row['password']:<20} {row['role']}, {row['name']}, {where}")
    return 0


def _refuse_production(settings: config.Settings) -> None:
    if settings.production:
        raise start.Trouble("Demonstration accounts are refused in production (MODE=demo is for that).")
