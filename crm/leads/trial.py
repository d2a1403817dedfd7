"""On whom new terms of leads are tried: every open lead, by its silence and by the filing with the province."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.criteria import sheets
from core.i18n import lazy as _l
from crm.leads import rules, terms
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead
from crm.leads.terms import LeadTerms

Subject = tuple[int, str, str]
LABELS: Final = {
    "ok": (_l("有人跟进"), "ok"),
    "ok+": (_l("有人跟进，须省级备案"), "ok"),
    "warn": (_l("静默预警"), "warn"),
    "warn+": (_l("静默预警，须省级备案"), "warn"),
    "expire": (_l("静默失效"), "late"),
    "expire+": (_l("静默失效，须省级备案"), "late"),
}


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    statement = (
        select(Lead.id, Lead.public_id, Lead.lead_no)
        .where(Lead.id > after, Lead.status.in_(LEAD.open_codes()), Lead.lead_no.is_not(None))
        .order_by(Lead.id)
        .limit(limit)
    )
    return [(row[0], row[1], str(row[2])) for row in session.execute(statement)]


def find(session: Session, text: str) -> Sequence[Subject]:
    """One lead by its number."""
    statement = select(Lead.id, Lead.public_id, Lead.lead_no).where(Lead.lead_no == text)
    return [(row[0], row[1], str(row[2])) for row in session.execute(statement)]


def outcomes(session: Session, ids: Sequence[int], version: LeadTerms, day: date) -> Mapping[int, str]:
    found = {}
    for lead in session.scalars(select(Lead).where(Lead.id.in_(ids))):
        claimed = clock.local(lead.first_claimed_at).date() if lead.first_claimed_at else day
        state = rules.silence_state(max(claimed, lead.last_contact_on or claimed), day, version)
        filed = rules.needs_provincial_filing(lead.total_investment_wan, lead.foreign_usd_wan, version)
        found[lead.id] = state + "+" * filed
    return found


sheets.try_on(terms.SHEET.code, sheets.Trial(LABELS, subjects, find, outcomes))
