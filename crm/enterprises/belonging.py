"""Whom an enterprise belongs to and who looks after it, by name, so that its history is read without a look-up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Account, Unit
from core.places import Park
from crm.enterprises.models import Enterprise

_NAMED: Mapping[str, tuple[str, type[Any]]] = {
    "group_id": ("group", Enterprise),
    "park_id": ("park", Park),
    "unit_id": ("unit", Unit),
    "specialist_id": ("specialist", Account),
    "leader_id": ("leader", Account),
}


def with_names(session: Session, changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Changes for the audit trail, with the names as they were that day beside the keys."""
    found = dict(changes)
    for key, (name, model) in _NAMED.items():
        if key in changes:
            wanted = [number for number in changes[key] if number is not None]
            rows = session.execute(select(model.id, model.name).where(model.id.in_(wanted)))
            names = {row.id: row.name for row in rows}
            before, after = (names.get(number) for number in changes[key])
            found[name] = (before, after)
    return found
