"""为什么看得到: each kind of record tells what decides about it; the words come from the acting user's grants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.accounts import queries as accounts
from core.db import db
from core.errors import NotFound
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.cultivation import access as cultivation_access
from crm.enterprises import access as enterprise_access
from crm.enterprises import queries as enterprises
from crm.greencards import access as card_access
from crm.greencards import case_queries as cases
from crm.greencards import queries as cards
from crm.leads import access as lead_access
from crm.leads import queries as leads
from crm.projects import access as project_access
from crm.projects import queries as projects
from crm.service_requests import access as request_access
from crm.service_requests import queries as requests
from crm.targets import access as target_access
from crm.targets import queries as targets
from webapp.web import reaches, rights
from webapp.web.access import staff
from webapp.web.acting import acting
from webapp.web.reaches import Subject
from webapp.web.rendering import render

bp = Blueprint("why", __name__, url_prefix="/why")

COMMON = _l("企业库对所有有这项权限的工作人员公开")
POOLED = _l("这家企业已退回公共名单，各单位都看得到")
UNTAKEN = _l("这家企业还没有归哪个单位")


@dataclass(frozen=True)
class Kind:
    """How a record is found (hidden is not found), what decides about it, and the rights to see and change."""

    find: Callable[[Session, str, Actor], Any]
    subject: Callable[[Any], Subject]
    name: Callable[[Any], str]
    view: str
    edit: str
    endpoint: str
    common: Any = ""


def _target(target: Any) -> Subject:
    pooled = target.pooled_on is not None and target.open_key == 1
    return Subject((target.unit_id,), (target.specialist_id,), POOLED if pooled else "")


KINDS: Mapping[str, Kind] = {
    "enterprise": Kind(
        lambda session, pid, actor: enterprises.get(session, pid, actor=actor),
        lambda firm: Subject((firm.unit_id,), (), "" if firm.unit_id else UNTAKEN),
        lambda firm: firm.name,
        enterprise_access.VIEW,
        enterprise_access.EDIT,
        "enterprises.show",
        common=COMMON,
    ),
    "target": Kind(
        lambda session, pid, actor: targets.get(session, pid, actor=actor),
        _target,
        lambda target: target.enterprise.name,
        target_access.VIEW,
        target_access.EDIT,
        "targets.show",
    ),
    "lead": Kind(
        lambda session, pid, actor: leads.get(session, pid, actor=actor),
        lambda lead: Subject((lead.unit_id,), (lead_access.owner_of(lead),), label=lead.confidentiality),
        lambda lead: lead.label,
        lead_access.VIEW,
        lead_access.EDIT,
        "leads.show",
    ),
    "project": Kind(
        lambda session, pid, actor: projects.get(session, pid, actor=actor),
        lambda project: Subject((project.unit_id,), (project.specialist_id,), label=project.confidentiality),
        lambda project: project.label,
        project_access.VIEW,
        project_access.EDIT,
        "projects.show",
    ),
    "card": Kind(
        lambda session, pid, actor: cards.get(session, pid, actor=actor),
        lambda card: Subject((card.unit_id,), label=card.project.confidentiality),
        lambda card: card.card_no or card.project.name,
        card_access.VIEW,
        card_access.APPLY,
        "greencards.show",
    ),
    "case": Kind(
        lambda session, pid, actor: cases.get(session, pid, actor=actor),
        lambda case: Subject(
            (case.unit_id,), (case.project.specialist_id,), label=case.project.confidentiality
        ),
        lambda case: case.case_no,
        card_access.VIEW_CASE,
        card_access.WORK,
        "greencards.cases.show",
    ),
    "request": Kind(
        lambda session, pid, actor: requests.get(session, pid, actor=actor),
        lambda request: Subject((request.unit_id, request.host_unit_id)),
        lambda request: f"{request.req_no} {request.title}",
        request_access.VIEW,
        request_access.HANDLE,
        "requests.show",
    ),
    "cultivation": Kind(
        lambda session, pid, actor: _raised(session, pid, actor),
        lambda firm: Subject((firm.unit_id,)),
        lambda firm: firm.name,
        cultivation_access.VIEW,
        cultivation_access.MANAGE,
        "cultivation.show",
    ),
}


def _raised(session: Session, pid: str, actor: Actor) -> Any:
    """An enterprise whose assessment the actor may see."""
    firm = enterprises.get(session, pid, actor=actor)
    if not actor.covers(cultivation_access.VIEW, firm.unit_id):
        raise NotFound()
    return firm


@bp.get("/<kind>/<pid>")
@staff
def show(kind: str, pid: str) -> ResponseReturnValue:
    """Which role over which unit, ownership, deputy or openness lets me see and change this record."""
    known, actor, session = KINDS.get(kind), acting(), db.session()
    if known is None or not actor.can(known.view):
        raise NotFound()
    record = known.find(session, pid, actor)
    subject, names = known.subject(record), accounts.unit_names(session)
    seen = Subject(subject.unit_ids, subject.owner_ids, known.common or subject.common, subject.label)
    return render(
        "staff/people/why.html",
        name=known.name(record),
        back=url_for(known.endpoint, pid=pid),
        sees=reaches.reasons(actor, known.view, seen, names),
        edits=reaches.reasons(actor, known.edit, _editable(kind, subject), names),
        right=rights.words(known.edit),
        label=subject.label,
    )


def _editable(kind: str, subject: Subject) -> Subject:
    """What is open to see is not open to change, but for an enterprise that no unit has taken."""
    return subject if kind == "enterprise" else Subject(subject.unit_ids, subject.owner_ids)
