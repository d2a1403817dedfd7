"""The command line: one table of command modules. Each offers `register(subparsers)`.

A command sets `handler`, called with (arguments, application); one that must run without an
application sets `bare=True` and is called with (arguments, settings). It returns the exit status.
"""

import argparse
import io
import sys
from collections.abc import Sequence

import config
from core.db import unhurried
from webapp.cli import (
    accounts,
    backups,
    chains,
    demonstration,
    imports,
    search,
    secrets,
    serve,
    tokens,
    upkeep,
)
from webapp.cli.start import Trouble
from webapp.factory import create_app

MODULES = (serve, accounts, upkeep, backups, demonstration, search, imports, chains, secrets, tokens)


def main(arguments: Sequence[str]) -> int:
    """Run one command; what went wrong is said in plain words on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = argparse.ArgumentParser(prog="python -m webapp")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in MODULES:
        module.register(subparsers)
    parsed = parser.parse_args(arguments)
    try:
        with unhurried():
            return _handled(parsed)
    except (config.BadSettings, Trouble) as error:
        print(f"Cannot go on.\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _handled(parsed: argparse.Namespace) -> int:
    settings = config.load()
    if getattr(parsed, "bare", False):
        return int(parsed.handler(parsed, settings))
    app = create_app(settings)
    with app.app_context():
        return int(parsed.handler(parsed, app))
