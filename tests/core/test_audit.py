"""The audit trail: append-only, chained, every alteration named."""

import logging
from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit, audit_chain, clock
from core.audit import AuditEntry
from core.db import db, unit_of_work, write_mode
from core.jobs import runner, service
from core.permissions import SYSTEM
from webapp.cli import upkeep
from webapp.schedule import TABLE


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
    assert list(audit_chain.verify(session)) == []


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
    assert [(fault.seq, fault.problem) for fault in audit_chain.verify(session)] == [(last - 1, "altered")]


def test_a_removed_last_row_is_named(session: Session) -> None:
    _three_deeds()
    last = session.scalar(db.select(db.func.max(AuditEntry.seq))) or 0
    session.rollback()
    _without_triggers(f"DELETE FROM audit_entry WHERE seq = {last}")
    assert [(fault.seq, fault.problem) for fault in audit_chain.verify(session)] == [(last, "removed")]


def test_exchanged_rows_are_both_named(session: Session) -> None:
    _three_deeds()
    last = session.scalar(db.select(db.func.max(AuditEntry.seq))) or 0
    session.rollback()
    _without_triggers(f"UPDATE audit_entry SET seq = -1 WHERE seq = {last}")
    with write_mode(), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE audit_entry SET seq = {last} WHERE seq = {last - 2}"))
        connection.execute(text(f"UPDATE audit_entry SET seq = {last - 2} WHERE seq = -1"))
    found = {(fault.seq, fault.problem) for fault in audit_chain.verify(session)}
    assert {(last - 2, "moved"), (last, "moved")} <= found


def test_a_removed_row_is_named_and_its_neighbours_are_not(session: Session) -> None:
    _three_deeds()
    last = session.scalar(db.select(db.func.max(AuditEntry.seq))) or 0
    session.rollback()
    _without_triggers(f"DELETE FROM audit_entry WHERE seq = {last - 1}")
    assert [(fault.seq, fault.problem) for fault in audit_chain.verify(session)] == [(last - 1, "removed")]


def test_a_row_that_was_forged_with_its_hash_is_named(session: Session) -> None:
    _three_deeds()
    entry = session.scalars(db.select(AuditEntry).order_by(AuditEntry.seq.desc()).offset(1).limit(1)).one()
    row = {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns}
    forged = audit.digest(entry.prev_hash, {**row, "reason": "forged"})
    seq = entry.seq
    session.rollback()
    _without_triggers(f"UPDATE audit_entry SET reason = 'forged', hash = '{forged}' WHERE seq = {seq}")
    assert [(fault.seq, fault.problem) for fault in audit_chain.verify(session)] == [(seq, "altered")]


def test_the_log_keeps_the_end_of_the_chain_so_that_a_trail_shortened_with_its_head_is_found_out(
    app: Flask, caplog: pytest.LogCaptureFixture, tmp_path: Path, session: Session
) -> None:
    with caplog.at_level(logging.INFO, "core.audit"):
        _three_deeds()
    ends = [record for record in caplog.records if record.message == "audit_head"]
    log = tmp_path / "log"
    log.write_text("".join(f"INFO audit_head seq={e.seq} hash={e.hash}\n" for e in ends), "utf-8")  # type: ignore[attr-defined]  # extras
    last = session.scalar(db.select(db.func.max(AuditEntry.seq))) or 0
    before = session.scalar(db.select(AuditEntry.hash).where(AuditEntry.seq == last - 1))
    session.rollback()
    assert upkeep.verify_audit(Namespace(log=log), app) == 0
    session.rollback()
    _without_triggers(f"DELETE FROM audit_entry WHERE seq = {last}")
    with write_mode(), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE audit_head SET seq = {last - 1}, hash = '{before}'"))
    assert list(audit_chain.verify(session)) == []
    assert upkeep.verify_audit(Namespace(log=log), app) == 1
    assert [(fault.seq, fault.problem) for fault in audit_chain.verify(session, {last: ends[-1].hash})] == [
        (last, "removed")
    ]  # type: ignore[attr-defined]  # extras


def test_no_clock_and_no_job_removes_a_row(session: Session, frozen: Callable[..., Any]) -> None:
    _three_deeds()
    before = session.scalar(db.select(db.func.count()).select_from(AuditEntry))
    with frozen(clock.now() + timedelta(days=220)):
        for periodic in TABLE.values():
            handler = runner._handlers.get(periodic.kind)
            assert handler is not None, periodic.kind
            with unit_of_work() as writing:
                job_id = service.enqueue(writing, periodic.kind, {}, actor=SYSTEM).id
            runner.run(job_id, current_app.app_context)
    session.rollback()
    assert (session.scalar(db.select(db.func.count()).select_from(AuditEntry)) or 0) >= (before or 0)
    assert list(audit_chain.verify(session)) == []
