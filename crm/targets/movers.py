"""Targets go with their enterprise. One enterprise is pursued once for a node: of two one must end first."""

from typing import Any

from sqlalchemy import ColumnElement

from core.i18n import lazy as _l
from crm.enterprises.duplicates.moving import Mover, register
from crm.targets import ordering
from crm.targets.models import Target
from crm.targets.service import KIND


def _open() -> ColumnElement[bool]:
    clause: ColumnElement[bool] = Target.open_key == 1
    return clause


def _words(target: Any) -> tuple[str, str]:
    return f"{target.enterprise.name} · {target.node.name}", f"/targets/{target.public_id}"


MOVERS = register(
    Mover(
        "target",
        _l("目标"),
        Target,
        alone=_open,
        alone_by=("node_id",),
        words=_words,
        subject=KIND,
        moved=ordering.moved,
        order=30,
    ),
)
