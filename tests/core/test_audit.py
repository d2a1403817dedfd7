"""The audit trail: append-only, chained, every alteration named."""

from decimal import Decimal

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit
from core.audit import AuditEntry
from core.db import db, unit_of_work, write_mode
from core.permissions import SYSTEM


def _three_deeds() -> None:
    for number in range(3):
        with unit_of_work():
            audit.record(
                "test.deed", "thing", number, actor=SYSTEM, changes={"amount": (Decimal("1.50"), None)}
            )


def test_deeds_are_numbered_without_gaps_and_the_chain_holds(session: Session) -> None:
    _three_deeds()
    rows = session.scalars(
        db.select(AuditEntry).where(AuditEntry.action == "test.deed").order_by(AuditEntry.seq)
    ).all()
    assert [row.seq for row in rows] == list(range(rows[0].seq, rows[0].seq + 3))
    assert rows[0].changes == {"amount": ["1.5", None]}
    assert list(audit.verify(session)) == []


@pytest.mark.parametrize("statement", [update(AuditEntry).values(reason="x"), delete(AuditEntry)])
def test_the_database_itself_refuses_to_change_a_row(session: Session, statement: object) -> None:
    _three_deeds()
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as writing:
        writing.execute(statement)  # type: ignore[call-overload]  # either statement kind is executable


def _without_triggers(sql: str) -> None:
    with write_mode(), db.engine.begin() as connection:
        for deed in ("update", "delete"):
            on = " ON audit_entry" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{deed}{on}"))
        connection.execute(text(sql))


def test_an_altered_row_is_named(session: Session) -> None:
    _three_deeds()
    last = session.scalar(db.select(db.func.max(AuditEntry.seq))) or 0
    session.rollback()
    _without_triggers(f"UPDATE audit_entry SET reason = 'forged' WHERE seq = {last - 1}")
    assert [(fault.seq, fault.problem) for fault in audit.verify(session)] == [(last - 1, "altered")]


def test_a_removed_last_row_is_named(session: Session) -> None:
    _three_deeds()
    last = session.scalar(db.select(db.func.max(AuditEntry.seq))) or 0
    session.rollback()
    _without_triggers(f"DELETE FROM audit_entry WHERE seq = {last}")
    assert [fault.problem for fault in audit.verify(session)] == ["removed"]
