"""The grants that docs/security.md tells operators to give: the application may add audit rows and nothing else."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from core import audit
from core.db import db, unit_of_work, write_mode
from core.permissions import SYSTEM

pytestmark = pytest.mark.postgres

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "security.md"
ROLE = "lianzhao_app"


def _statements() -> list[str]:
    found = re.search(r"```sql\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found
    return [line.strip() for line in found[1].splitlines() if line.strip()]


@pytest.fixture
def granted(app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    with write_mode(), db.engine.begin() as connection:
        if connection.scalar(text(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'")) is None:
            if not connection.scalar(text("SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user")):
                pytest.skip("the role of the tests may not create roles")
            connection.execute(text(f"CREATE ROLE {ROLE}"))
            connection.execute(text(f"GRANT {ROLE} TO CURRENT_USER"))
        for statement in _statements():
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
        "DELETE FROM audit_head", "DROP TRIGGER audit_entry_no_update ON audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    ],
)  # fmt: skip
def test_the_role_of_the_application_may_add_rows_and_nothing_else(granted: None, statement: str) -> None:
    with unit_of_work() as session:
        session.execute(text(f"SET LOCAL ROLE {ROLE}"))
        audit.record("test.deed", "thing", 1, actor=SYSTEM)
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        write_mode(),
        db.engine.begin() as connection,
    ):
        connection.execute(text(f"SET LOCAL ROLE {ROLE}"))
        connection.execute(text(statement))
