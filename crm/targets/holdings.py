"""Targets as open work: whoever pursues them, and the leader who answers for them."""

from typing import Any

from sqlalchemy import ColumnElement

from core.accounts import holdings
from core.accounts.holdings import Piece
from core.i18n import lazy as _l
from crm.targets.models import Target
from crm.targets.service import KIND


def _open() -> ColumnElement[bool]:
    clause: ColumnElement[bool] = Target.open_key == 1
    return clause


def _piece(target: Any) -> Piece:
    return Piece(target.id, f"{target.enterprise.name} · {target.node.name}", f"/targets/{target.public_id}")


KINDS = holdings.register(
    holdings.Kind(
        "target", _l("目标企业"), KIND, Target, "specialist_id", _open, _piece, unit="unit_id", order=10
    ),
    holdings.Kind("target_led", _l("包抓的目标"), KIND, Target, "leader_id", _open, _piece, order=11),
)
