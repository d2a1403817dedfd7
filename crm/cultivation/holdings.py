"""Enterprises that are being raised, as open work of whoever serves them."""

from typing import Any

from sqlalchemy import ColumnElement

from core.accounts import holdings
from core.accounts.holdings import Piece
from core.i18n import lazy as _l
from crm.cultivation.models import RosterEntry
from crm.cultivation.roster import KIND


def _open() -> ColumnElement[bool]:
    return RosterEntry.left_on.is_(None)


def _piece(entry: Any) -> Piece:
    firm = entry.enterprise
    return Piece(entry.id, f"{firm.name} · {entry.pool.name}", f"/cultivation/{firm.public_id}")


KINDS = holdings.register(
    holdings.Kind(
        "cultivation",
        _l("培优企业"),
        KIND,
        RosterEntry,
        "specialist_id",
        _open,
        _piece,
        unit="unit_id",
        order=55,
    ),
)
