"""On whom new weights and terms of targets are tried: every open target, by its silence."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.criteria import sheets
from core.i18n import lazy as _l
from crm.enterprises.models import Enterprise
from crm.targets import rules, terms
from crm.targets.models import Target
from crm.targets.terms import Terms

Subject = tuple[int, str, str]
LABELS: Final = {
    "quiet": (_l("有人跟进"), "ok"),
    "remind": (_l("提醒跟进"), "warn"),
    "release": (_l("回收公海"), "late"),
}


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    statement = (
        select(Target.id, Target.public_id)
        .where(Target.id > after, Target.open_key == 1)
        .order_by(Target.id)
        .limit(limit)
    )
    return [(row.id, row.public_id, row.public_id) for row in session.execute(statement)]


def find(session: Session, text: str) -> Sequence[Subject]:
    """Open targets of one enterprise, by its whole name or its code."""
    statement = (
        select(Target.id, Target.public_id)
        .join(Enterprise, Enterprise.id == Target.enterprise_id)
        .where(Target.open_key == 1, (Enterprise.name == text) | (Enterprise.uscc == text))
        .limit(20)
    )
    return [(row.id, row.public_id, row.public_id) for row in session.execute(statement)]


def outcomes(session: Session, ids: Sequence[int], version: Terms, day: date) -> Mapping[int, str]:
    rows = session.execute(select(Target.id, Target.quiet_since).where(Target.id.in_(ids)))
    return {row.id: rules.silence(None, row.quiet_since, day, version) for row in rows}


sheets.try_on(terms.SHEET.code, sheets.Trial(LABELS, subjects, find, outcomes))
