"""On whom new size standards are tried: every enterprise of the register with a trade and figures."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.criteria import sheets
from core.i18n import lazy as _l
from crm.enterprises import sizes, terms
from crm.enterprises.models import Enterprise
from crm.enterprises.rules import SIZE_LABELS
from crm.enterprises.terms import Terms

Subject = tuple[int, str, str]
FOUND = 20
LABELS: Final = {
    **{size: (label, "info") for size, label in SIZE_LABELS.items()},
    "none": (_l("不划型"), "idle"),
}
_COLUMNS: Final = (Enterprise.id, Enterprise.public_id, Enterprise.name)


def _named(session: Session, statement: Any) -> list[Subject]:
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    told = Enterprise.latest_revenue_wan.is_not(None)
    statement = select(*_COLUMNS).where(Enterprise.id > after, told).order_by(Enterprise.id).limit(limit)
    return _named(session, statement)


def find(session: Session, text: str) -> Sequence[Subject]:
    """Enterprises by code or whole name."""
    called = (Enterprise.uscc == text.upper()) | (Enterprise.name == text)
    return _named(session, select(*_COLUMNS).where(called).limit(FOUND))


def outcomes(session: Session, ids: Sequence[int], version: Terms, _day: date) -> Mapping[int, str]:
    statement = select(Enterprise).where(Enterprise.id.in_(ids)).options(selectinload(Enterprise.years))
    found = {}
    for firm in session.scalars(statement):
        trade = sizes.section(firm.industry_code, firm.industry_text or "")
        found[firm.id] = sizes.derive(trade, firm.years, version).size or "none"
    return found


sheets.try_on(terms.SHEET.code, sheets.Trial(LABELS, subjects, find, outcomes))
