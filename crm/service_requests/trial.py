"""On whom new terms are tried: every accepted request that is not completed, by the light of its clock."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import calendar, clock
from core.criteria import sheets
from core.deadlines import Light, Timing, reckon
from core.i18n import lazy as _l
from crm.service_requests import terms
from crm.service_requests.models import ServiceRequest
from crm.service_requests.terms import ServiceTerms

Subject = tuple[int, str, str]
LABELS: Final = {
    Light.GREEN.value: (_l("时限内"), "ok"),
    Light.AMBER.value: (_l("临期"), "warn"),
    Light.RED.value: (_l("超期"), "late"),
}


def subjects(session: Session, after: int, limit: int) -> Sequence[Subject]:
    running = (ServiceRequest.accepted_at.is_not(None), ServiceRequest.completed_at.is_(None))
    statement = (
        select(ServiceRequest.id, ServiceRequest.public_id, ServiceRequest.req_no)
        .where(ServiceRequest.id > after, *running)
        .order_by(ServiceRequest.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def find(session: Session, text: str) -> Sequence[Subject]:
    """One request by its number."""
    wanted = select(ServiceRequest.id, ServiceRequest.public_id, ServiceRequest.req_no)
    found = session.execute(wanted.where(ServiceRequest.req_no == text))
    return [(row[0], row[1], row[2]) for row in found]


def outcomes(session: Session, ids: Sequence[int], version: ServiceTerms, day: date) -> Mapping[int, str]:
    """As if the whole term ran from acceptance by this version, without pauses and extensions."""
    days, now = calendar.present(session), clock.now()
    return {
        request.id: reckon(
            Timing(request.accepted_at, version.close_for(request.nature)), days, now
        ).light.value
        for request in session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(ids)))
        if request.accepted_at is not None
    }


sheets.try_on(terms.SHEET.code, sheets.Trial(LABELS, subjects, find, outcomes))
