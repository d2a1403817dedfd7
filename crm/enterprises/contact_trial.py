"""On whom new days of silence are tried: every enterprise of the register that somebody has spoken to."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.criteria import sheets
from core.i18n import lazy as _l
from crm.activity import rules, terms
from crm.activity.terms import Terms
from crm.enterprises import trial_subjects
from crm.enterprises.models import Enterprise
from crm.enterprises.trial_subjects import Subject

LABELS: Final = {
    "green": (_l("绿"), "ok"),
    "amber": (_l("黄"), "warn"),
    "red": (_l("红"), "late"),
    "grey": (_l("从没联系过"), "idle"),
}


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    return trial_subjects.of(session, Enterprise.last_contact_on.is_not(None), after, limit)


def outcomes(session: Session, ids: Sequence[int], version: Terms, day: date) -> Mapping[int, str]:
    statement = select(Enterprise.id, Enterprise.last_contact_on).where(Enterprise.id.in_(ids))
    return {number: rules.silence_light(last, day, version) for number, last in session.execute(statement)}


sheets.try_on(terms.SHEET.code, sheets.Trial(LABELS, subjects, trial_subjects.find, outcomes))
