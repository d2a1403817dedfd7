"""Sealed values: what the database holds is not the number, and what was altered is noticed."""

import base64
import logging
import os
from pathlib import Path

import pytest
from sqlalchemy import String, select, text, type_coerce, update
from sqlalchemy.orm import Session

from core import audit, rotation, secrets
from core.accounts.models import Account
from core.db import db, unit_of_work
from core.permissions import SYSTEM
from tests.support.world import ACCOUNTS, World

NUMBER = "13987654321"


@pytest.mark.parametrize("algorithm", ["AES-256-GCM", "SM4-GCM"])
def test_a_value_opens_again_and_never_looks_the_same_twice(algorithm: str) -> None:
    ring = secrets.parse(secrets.KeyRing.new(algorithm).text())
    first, second = ring.seal("张三 138 🙂", "a.b"), ring.seal("张三 138 🙂", "a.b")
    assert first != second
    assert ring.open(first, "a.b") == ring.open(second, "a.b") == "张三 138 🙂"
    assert first.startswith(f"{ring.current}.")
    assert ring.blind(NUMBER, "a.b") == ring.blind(NUMBER, "a.b") != ring.blind(NUMBER, "a.c")


@pytest.mark.parametrize("algorithm", ["AES-256-GCM", "SM4-GCM"])
def test_every_flipped_byte_another_column_and_another_ring_are_noticed(
    algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    ring = secrets.KeyRing.new(algorithm)
    key_id, _dot, body = ring.seal(NUMBER, "a.b").partition(".")
    raw = base64.urlsafe_b64decode(body)
    with caplog.at_level(logging.ERROR):
        for place in range(len(raw)):
            flipped = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            found = ring.open(f"{key_id}.{base64.urlsafe_b64encode(flipped).decode()}", "a.b")
            assert isinstance(found, secrets.Unreadable)
        sealed = ring.seal(NUMBER, "a.b")
        assert isinstance(ring.open(sealed, "a.c"), secrets.Unreadable)
        assert isinstance(secrets.KeyRing.new().open(sealed, "a.b"), secrets.Unreadable)
        for garbage in ("x", f"{key_id}.", f"{key_id}.***", NUMBER):
            assert isinstance(ring.open(garbage, "a.b"), secrets.Unreadable)
    assert "secret_unreadable column=a.b" in caplog.text
    assert NUMBER not in caplog.text


def test_the_ring_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring = secrets.load_or_make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert secrets.load_or_make(path) == ring
    assert ring.text().split('"key": "')[1].split('"')[0] not in repr(ring)
    os.chmod(path, 0o644)
    with pytest.raises(secrets.NoKeys, match="chmod 600"):
        secrets.load_or_make(path)
    path.write_text('{"current": "k1"}')
    os.chmod(path, 0o600)
    with pytest.raises(secrets.NoKeys, match="damaged"):
        secrets.load_or_make(path)


def _raw(session: Session, account: Account) -> str:
    statement = select(type_coerce(Account.phone, String)).where(Account.id == account.id)
    return str(session.scalar(statement))


def test_the_database_holds_no_number_in_clear_and_the_trail_only_its_ends(
    world: World, session: Session
) -> None:
    with unit_of_work() as writing:
        account = writing.get_one(Account, world.account("spec_a").id)
        account.phone = NUMBER
        audit.record("t.t", "account", account.id, actor=SYSTEM, changes=audit.changes_of(account))
    session.expire_all()
    assert world.account("spec_a").phone == NUMBER
    assert NUMBER not in _raw(session, account)
    entry = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "t.t")).one()
    assert entry.changes["phone"] == ["081****0000", "139****4321"]
    session.rollback()
    if db.engine.dialect.name == "sqlite":
        file = Path(str(db.engine.url.database))
        stored = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
        assert NUMBER.encode() not in stored
        assert b"0816-2000000" not in stored
    else:
        rows = session.execute(
            text("SELECT a::text FROM account a UNION ALL SELECT e::text FROM audit_entry e")
        )
        assert NUMBER not in "\n".join(row[0] for row in rows)


def test_what_cannot_be_read_is_not_written_over(world: World, session: Session) -> None:
    account = world.account("spec_a")
    raw = _raw(session, account)
    broken = raw[:-6] + ("A" if raw[-6] != "A" else "B") + raw[-5:]
    with unit_of_work() as writing:
        table = Account.__table__
        statement = update(table).where(table.c.id == account.id)  # type: ignore[arg-type]
        writing.execute(statement.values(phone=type_coerce(broken, String)))
    session.expire_all()
    assert isinstance(world.account("spec_a").phone, secrets.Unreadable)
    with unit_of_work() as writing:
        writing.get_one(Account, account.id).phone = "\ufffd"  # what a form sends back that was left alone
    with pytest.raises(secrets.UnreadableKept), unit_of_work() as writing:
        writing.get_one(Account, world.account("spec_b").id).phone = "\ufffd"
    assert _raw(session, account) == broken


def test_a_rotation_seals_everything_with_the_new_key(world: World, session: Session) -> None:
    before = secrets.ring()
    try:
        secrets.use(before.rotated("SM4-GCM"))
        assert rotation.left(session, Account.__table__, Account.__table__.c.phone) > 5  # type: ignore[arg-type]
        session.rollback()
        outcome = {f"{table.name}.{column.name}": rotation.reseal(table, column)
                   for table, column in rotation.sealed_columns()}  # fmt: skip
        assert outcome["account.phone"] == (len(ACCOUNTS), 0)
        assert set(outcome) >= {"contact.mobile", "lead.contact_mobile", "enterprise_request.contact_phone"}
        secrets.use(secrets.ring().only_current())
        session.expire_all()
        assert world.account("spec_a").phone == "0816-2000000"
        assert rotation.left(session, Account.__table__, Account.__table__.c.phone) == 0  # type: ignore[arg-type]
    finally:
        session.rollback()
        secrets.use(before)
