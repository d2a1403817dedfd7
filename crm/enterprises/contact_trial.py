"""On whom new days of silence are tried: every enterprise of the register that somebody has spoken to."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.criteria import sheets
from core.i18n import lazy as _l
from crm.activity import rules, terms
from crm.activity.terms import Terms
from crm.enterprises.models import Enterprise

Subject = tuple[int, str, str]
FOUND = 20
LABELS: Final = {
    "green": (_l("绿"), "ok"),
    "amber": (_l("黄"), "warn"),
    "red": (_l("红"), "late"),
    "grey": (_l("从没联系过"), "idle"),
}
_COLUMNS: Final = (Enterprise.id, Enterprise.public_id, Enterprise.name)


def _named(session: Session, statement: Any) -> list[Subject]:
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    spoken = Enterprise.last_contact_on.is_not(None)
    statement = select(*_COLUMNS).where(Enterprise.id > after, spoken).order_by(Enterprise.id).limit(limit)
    return _named(session, statement)


def find(session: Session, text: str) -> Sequence[Subject]:
    """Enterprises by code or whole name."""
    called = (Enterprise.uscc == text.upper()) | (Enterprise.name == text)
    return _named(session, select(*_COLUMNS).where(called).limit(FOUND))


def outcomes(session: Session, ids: Sequence[int], version: Terms, day: date) -> Mapping[int, str]:
    statement = select(Enterprise.id, Enterprise.last_contact_on).where(Enterprise.id.in_(ids))
    return {number: rules.silence_light(last, day, version) for number, last in session.execute(statement)}


sheets.try_on(terms.SHEET.code, sheets.Trial(LABELS, subjects, find, outcomes))
