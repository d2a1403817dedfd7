"""On whom new size standards are tried: every enterprise of the register with a trade and figures."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.criteria import sheets
from core.i18n import lazy as _l
from crm.enterprises import sizes, terms, trial_subjects
from crm.enterprises.models import Enterprise
from crm.enterprises.rules import SIZE_LABELS
from crm.enterprises.terms import Terms
from crm.enterprises.trial_subjects import Subject

LABELS: Final = {
    **{size: (label, "info") for size, label in SIZE_LABELS.items()},
    "none": (_l("不划型"), "idle"),
}


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    return trial_subjects.of(session, Enterprise.latest_revenue_wan.is_not(None), after, limit)


def outcomes(session: Session, ids: Sequence[int], version: Terms, _day: date) -> Mapping[int, str]:
    statement = select(Enterprise).where(Enterprise.id.in_(ids)).options(selectinload(Enterprise.years))
    found = {}
    for firm in session.scalars(statement):
        trade = sizes.section(firm.industry_code, firm.industry_text or "")
        found[firm.id] = sizes.derive(trade, firm.years, version).size or "none"
    return found


sheets.try_on(terms.SHEET.code, sheets.Trial(LABELS, subjects, trial_subjects.find, outcomes))
