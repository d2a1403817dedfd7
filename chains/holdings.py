"""Offices of chains as work that somebody owns: a chain chief who changes post hands his chain over."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from chains.models import Chain, ChainOffice
from chains.service import KIND
from core.accounts import holdings
from core.accounts.holdings import Piece
from core.accounts.models import Account
from core.dirty import touch
from core.i18n import lazy as _l


def _standing() -> ColumnElement[bool]:
    return ChainOffice.chain.has(Chain.status != "archived")


def _piece(office: Any) -> Piece:
    return Piece(office.id, office.chain.name, f"/chains/{office.chain.public_id}")


def _moved(session: Session, office: Any, receiver: Account) -> None:
    office.name = receiver.name
    touch(KIND, [office.chain_id])


KINDS = holdings.register(
    holdings.Kind(
        "chain_office", _l("产业链职务"), "chain_office", ChainOffice, "account_id", _standing, _piece, order=10,
        moved=_moved, searched=False,
    ),
)  # fmt: skip
