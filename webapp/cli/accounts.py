"""`accounts first-admin --username NAME`: the administrators of a new installation, each by a one-time link."""

import argparse
from datetime import timedelta
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import separation, service, tree
from core.accounts.models import Grant, Unit
from core.db import unit_of_work
from core.errors import Invalid
from core.permissions import SYSTEM
from webapp.cli.start import Trouble

ROLES = {
    "system": separation.SYSTEM_ADMINISTRATOR,
    "security": separation.SECURITY_ADMINISTRATOR,
    "audit": separation.AUDIT_ADMINISTRATOR,
}
"""One command for each of the three: what one asks for another must approve, so one alone could go no further."""


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("accounts", help="the first administrators of a new installation")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    verb = verbs.add_parser(
        "first-admin",
        help="make an administrator while there is none of his kind, and print his one-time link",
    )
    verb.add_argument("--username", required=True)
    verb.add_argument("--name", help="as others read it (default: the user name)")
    verb.add_argument("--role", choices=ROLES, default="system")
    verb.add_argument(
        "--unit", metavar="NAME", help="name of the topmost unit, made when there is no unit yet"
    )
    verb.set_defaults(handler=first_admin)


def first_admin(arguments: argparse.Namespace, app: Flask) -> int:
    """Refuses as soon as one administrator of that kind exists: from then on accounts are made in the pages."""
    try:
        with unit_of_work() as session:
            token = _make(session, arguments)
    except Invalid as error:
        raise Trouble(" ".join(str(fault.message) for fault in error.faults)) from error
    with app.test_request_context():
        path = url_for("auth.first_password", token=token)
    until = clock.local(clock.now() + timedelta(hours=24)).strftime("%Y-%m-%d %H:%M")
    print(f"{app.config['SETTINGS'].public_url}{path}")
    print(f"Works once, until {until}. It is shown only now; whoever opens it sets the password.")
    return 0


def _make(session: Session, arguments: argparse.Namespace) -> str:
    role = ROLES[arguments.role]
    if session.scalar(select(Grant.id).where(Grant.role == role).limit(1)) is not None:
        raise Trouble(
            f"There is an {arguments.role} administrator already; further ones are made in the pages."
        )
    unit = session.scalar(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).limit(1))
    if unit is None and arguments.unit:
        unit = tree.create_unit(
            session,
            code="CITY",
            name=arguments.unit,
            short_name=arguments.unit[:20],
            kind="city",
            parent=None,
            actor=SYSTEM,
        )
    if unit is None:
        raise Trouble("There is no unit yet; name the topmost one with --unit NAME.")
    account = service.create(
        session,
        username=arguments.username,
        name=arguments.name or arguments.username,
        kind="staff",
        unit_id=unit.id,
        actor=SYSTEM,
    )
    service.grant(session, account, role, scope="all", unit_id=unit.id, actor=SYSTEM)
    return service.issue_link(session, account, "invite", actor=SYSTEM)
