"""Tasks as open work of whoever is to do them."""

from typing import Any

from sqlalchemy import ColumnElement

from core.accounts import holdings
from core.accounts.holdings import Piece
from core.i18n import lazy as _l
from crm.activity.models import Task


def _open() -> ColumnElement[bool]:
    return Task.done_at.is_(None)


def _piece(task: Any) -> Piece:
    return Piece(task.id, task.title, note=task.due_on.isoformat())


KINDS = holdings.register(
    holdings.Kind("task", _l("待办"), "task", Task, "owner_id", _open, _piece, order=60, searched=False),
)
