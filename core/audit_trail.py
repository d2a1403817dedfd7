"""Reading the audit trail: one row, the kinds of record, the differences that a row tells of."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.errors import NotFound


def get(session: Session, seq: int) -> AuditEntry:
    found = session.get(AuditEntry, seq)
    if found is None:
        raise NotFound()
    return found


def kinds(session: Session) -> list[str]:
    """The kinds of record that have rows, by skipping from one to the next in the index."""
    found: list[str] = []
    while (following := session.execute(_next_kind(found[-1] if found else "")).scalar()) is not None:
        found.append(str(following))
    return found


def _next_kind(after: str) -> Select[str]:
    return select(func.min(AuditEntry.kind)).where(AuditEntry.kind > after)


def changes_of(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of a row, whatever shape an old row has."""
    return [
        (name, pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (name, None, pair)
        for name, pair in (entry.changes or {}).items()
    ]
