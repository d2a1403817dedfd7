"""Settings that an administrator changes: bounds, a stale form, the audit row, and who may."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import settings
from core.audit import AuditEntry
from core.imports.undoing import DAYS
from tests.support.browser import fields

As = Callable[[str], FlaskClient]


def test_the_days_of_imports_are_kept_within_bounds_and_audited(client_as: As, session: Session) -> None:
    admin = client_as("admin")
    page = admin.get("/admin/settings").get_data(as_text=True)
    form = fields(page)
    assert form["import_undo_days"] == "30"
    for wrong in ("0", "366", "x", ""):
        answer = admin.post("/admin/settings", data={**form, "import_undo_days": wrong})
        assert answer.status_code == 422, wrong
    assert admin.post("/admin/settings", data={**form, "import_undo_days": "14"}).status_code == 303
    assert settings.get(session, DAYS) == 14
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "settings.changed")).all()[-1]
    assert entry.label == DAYS and entry.changes == {DAYS: [None, 14]}


def test_a_stale_form_changes_nothing_unseen(client_as: As, session: Session) -> None:
    admin = client_as("admin")
    first = fields(admin.get("/admin/settings").get_data(as_text=True))
    admin.post("/admin/settings", data={**first, "import_undo_days": "14"})
    stale = fields(admin.get("/admin/settings").get_data(as_text=True))
    again = fields(admin.get("/admin/settings").get_data(as_text=True))
    admin.post("/admin/settings", data={**again, "import_undo_days": "21"})
    answer = admin.post("/admin/settings", data={**stale, "import_undo_days": "60"})
    assert answer.status_code == 409 and "21" in answer.get_data(as_text=True)
    session.rollback()
    assert settings.get(session, DAYS) == 21


def test_only_the_administrator_has_the_page(client_as: As) -> None:
    for person in ("office", "spec_a", "leader"):
        assert client_as(person).get("/admin/settings").status_code in (403, 404)
