"""Reading the audit trail: one row, the kinds of record, the differences that a row tells of."""

from datetime import datetime
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


def people(session: Session, name: str) -> list[int]:
    """The accounts that acted under a name, by skipping from one to the next in the index."""
    found: list[int] = []
    following = select(func.min(AuditEntry.account_id)).where(AuditEntry.actor_name == name)
    asked = following
    while (number := session.scalar(asked)) is not None:
        found.append(number)
        asked = following.where(AuditEntry.account_id > number)
    return found


def newest(session: Session, before: datetime | None) -> int:
    """The number of the last row, or of the last one before a moment; 0 where there is none."""
    last = select(func.max(AuditEntry.seq))
    if before is not None:
        last = select(AuditEntry.seq).where(AuditEntry.at < before).order_by(AuditEntry.at.desc()).limit(1)
    return session.scalar(last) or 0


def changes_of(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of a row, whatever shape an old row has."""
    return [
        (name, pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (name, None, pair)
        for name, pair in (entry.changes or {}).items()
    ]
