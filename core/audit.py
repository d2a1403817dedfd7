"""The audit trail: written by verbs in their own transaction, append-only, chained by hash.

Where the chain ends also goes to the log after each commit, so that a shortened trail is found out even
when its head was shortened with it (`core.audit_chain`).

The chain's head is locked by the last statements before COMMIT; locking it first would make every
writer wait for every other.
"""

import hashlib
import json
import logging
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import JSON, Index, String, Text, event, insert, inspect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from core import clock, masking
from core.db import Base, after_commit, before_commit, db
from core.permissions import Actor
from core.secrets import Sealed
from core.types import BIG, UtcDateTime

log = logging.getLogger(__name__)

GENESIS = "0" * 64
_HIDDEN = ("created_at", "updated_at", "version")


class AuditEntry(Base):
    """One row per deed. Triggers refuse UPDATE and DELETE on both databases."""

    __tablename__ = "audit_entry"
    seq: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_id: Mapped[int] = mapped_column(BIG)
    actor_name: Mapped[str] = mapped_column(String(120))
    ip: Mapped[str] = mapped_column(String(64), default="")
    request_id: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BIG)
    label: Mapped[str] = mapped_column(String(300), default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text, default="")
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_audit_entry_record_id_kind_seq", "record_id", "kind", "seq"),
        Index("ix_audit_entry_kind_seq", "kind", "seq"),
        Index("ix_audit_entry_action_seq", "action", "seq"),
        Index("ix_audit_entry_account_id_seq", "account_id", "seq"),
        Index("ix_audit_entry_ip_seq", "ip", "seq"),
        Index("ix_audit_entry_actor_name_account_id", "actor_name", "account_id"),
    )


class AuditHead(Base):
    """The single row that says where the chain ends."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BIG)
    hash: Mapped[str] = mapped_column(String(64))


def plain(value: Any) -> Any:
    """A value as JSON keeps it: exact decimals and days as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float, bool, type(None), list, dict)):
        return value
    return str(value)


def changes_of(record: Any) -> dict[str, tuple[Any, Any]]:
    """Column differences of an ORM object since the last call in this unit of work.

    `{field: (before, after)}`; what a query flushed meanwhile is included. Sealed values are masked: the
    trail must not hold in clear what the record holds sealed.
    """
    session = object_session(record)
    flushed: dict[Any, dict[str, tuple[Any, Any]]] = session.info.get("changes", {}) if session else {}
    found = _join(flushed.pop(record, {}), _pending(record))
    sealed = {
        attribute.key
        for attribute in inspect(record).mapper.column_attrs
        if isinstance(attribute.columns[0].type, Sealed)
    }
    return {
        name: (masking.in_audit(before), masking.in_audit(after)) if name in sealed else (before, after)
        for name, (before, after) in found.items()
        if before != after
    }


def _pending(record: Any) -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    state = inspect(record)
    for attribute in state.mapper.column_attrs:
        if attribute.key in _HIDDEN:
            continue
        history = state.attrs[attribute.key].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            found[attribute.key] = (before, history.added[0] if history.added else None)
    return found


def _join(
    earlier: dict[str, tuple[Any, Any]], later: dict[str, tuple[Any, Any]]
) -> dict[str, tuple[Any, Any]]:
    joined = dict(earlier)
    for name, (before, after) in later.items():
        joined[name] = (joined[name][0] if name in joined else before, after)
    return joined


@event.listens_for(Session, "before_flush")
def _remember(session: Session, context: Any, instances: Any) -> None:
    """A flush empties the attribute history; keep it for `changes_of`. Nothing is written here."""
    if session.info.get("unit_open"):
        kept = session.info.setdefault("changes", {})
        for record in [*session.new, *session.dirty]:
            kept[record] = _join(kept.get(record, {}), _pending(record))


def record(
    action: str,
    kind: str,
    record_id: int,
    *,
    actor: Actor,
    label: str = "",
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> None:
    """Note a deed inside the open unit of work. It is chained and written just before the commit.

    `action` is `area.verb`, `changes` maps a field to (before, after). Without the unit of work
    nothing would be kept, so that is a RuntimeError.
    """
    session = db.session()
    if not session.info.get("unit_open"):
        raise RuntimeError("audit.record() needs a unit of work")
    session.info.setdefault("audit", []).append(
        {
            "at": clock.now(),
            "account_id": actor.account_id,
            "actor_name": actor.signature[:120],
            "ip": actor.ip[:64],
            "request_id": actor.request_id[:64],
            "action": action,
            "kind": kind,
            "record_id": record_id,
            "label": label[:300],
            "changes": {name: [plain(old), plain(new)] for name, (old, new) in (changes or {}).items()},
            "reason": reason,
        }
    )


def digest(prev_hash: str, row: dict[str, Any]) -> str:
    """The hash of one row over its predecessor's hash and all its own fields."""
    body = {
        name: row[name]
        for name in (
            "seq",
            "account_id",
            "actor_name",
            "ip",
            "request_id",
            "action",
            "kind",
            "record_id",
            "label",
            "changes",
            "reason",
        )
    }
    body["at"] = row["at"].isoformat(timespec="microseconds")
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((prev_hash + text).encode()).hexdigest()


def _chain(session: Session) -> None:
    session.info.pop("changes", None)
    rows: list[dict[str, Any]] = session.info.pop("audit", [])
    if not rows:
        return
    head = session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(seq=AuditHead.seq + len(rows))
        .returning(AuditHead.seq, AuditHead.hash)
    ).one()
    previous = head.hash
    for offset, row in enumerate(rows):
        row["seq"] = head.seq - len(rows) + offset + 1
        row["prev_hash"] = previous
        row["hash"] = previous = digest(previous, row)
    session.execute(insert(AuditEntry), rows)
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(hash=previous))
    seq = head.seq
    after_commit(session, lambda: log.info("audit_head", extra={"seq": seq, "hash": previous}))


before_commit(90, _chain)


def history(session: Session, kind: str, record_id: int, limit: int = 50) -> list[AuditEntry]:
    """The latest deeds on one record, newest first."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.kind == kind, AuditEntry.record_id == record_id)
        .order_by(AuditEntry.seq.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))
