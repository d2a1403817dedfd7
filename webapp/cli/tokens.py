"""`token create --user NAME`: a token for programs, printed once."""

import argparse
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.accounts import tokens
from core.accounts.models import Account
from core.db import db, unit_of_work
from core.errors import Invalid
from webapp.cli.start import Trouble
from webapp.web.actors import actor_of


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("token", help="tokens with which programs call the API")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser("create", help="make a token for an account and print it; it is shown only now")
    verb.add_argument("--user", required=True)
    verb.add_argument("--name", default="command line")
    verb.add_argument("--scope", choices=tokens.SCOPES, default="read")
    verb.add_argument("--days", type=int, default=90)
    verb.set_defaults(handler=create)


def create(arguments: argparse.Namespace, _app: Flask) -> int:
    account = db.session().scalars(select(Account).where(Account.username == arguments.user)).one_or_none()
    if account is None:
        raise Trouble(f"There is no account {arguments.user!r}.")
    actor = actor_of(db.session(), account, request_id="cli")
    try:
        with unit_of_work() as session:
            _token, text = tokens.create(
                session,
                account_id=account.id,
                name=arguments.name,
                scope=arguments.scope,
                days=arguments.days,
                actor=actor,
            )
    except Invalid as error:
        raise Trouble(" ".join(str(fault.message) for fault in error.faults)) from error
    print(text)
    return 0
