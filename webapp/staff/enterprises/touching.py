"""All that touches an enterprise: leads, projects, cards, requests and the rest, and records merged into it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.permissions import Actor
from crm.activity.queries import About, Strand, Words
from crm.cultivation import access as cultivation_access
from crm.cultivation import roster
from crm.cultivation.models import CultivationPool, RosterEntry
from crm.enterprises.duplicates import redirects
from crm.enterprises.models import Enterprise
from crm.enterprises.service import KIND
from crm.greencards import access as card_access
from crm.greencards import case_opening
from crm.greencards import service as cards
from crm.greencards.models import GreenCard, ServiceCase
from crm.leads import access as lead_access
from crm.leads import service as leads
from crm.leads import words as lead_words
from crm.leads.models import Lead
from crm.projects import access as project_access
from crm.projects import facts
from crm.projects import words as project_words
from crm.projects.models import Project
from crm.service_requests import access as request_access
from crm.service_requests import moves as requests
from crm.service_requests.models import ServiceRequest
from crm.targets import access as target_access
from crm.targets import service as targets
from crm.targets.models import Target, TargetList
from webapp.staff.cultivation.words import WORDS as CULTIVATION
from webapp.staff.greencards.words import WORDS as CARDS
from webapp.staff.requests.words import WORDS as REQUESTS
from webapp.staff.targets.words import WORDS as TARGETS

MOST = 50
"""Of one kind the newest so many are followed."""


@dataclass(frozen=True)
class _Part:
    """Records of one kind that belong to an enterprise: which, who sees them, how they are called."""

    kind: str
    label: Any
    model: Any
    of: Callable[[int], ColumnElement[bool]]
    visible: Callable[[Actor], ColumnElement[bool]]
    name: Any
    words: Words
    endpoint: str


def _owned(model: Any) -> Callable[[int], ColumnElement[bool]]:
    return lambda firm: model.enterprise_id == firm


_list_name = select(TargetList.name).where(TargetList.id == Target.list_id).scalar_subquery()
_pool_name = (
    select(CultivationPool.name).where(CultivationPool.code == RosterEntry.pool_code).scalar_subquery()
)
PARTS = (
    _Part(targets.KIND, _l("目标企业"), Target, _owned(Target), target_access.visible_to, _list_name, TARGETS,
          "targets.show"),
    _Part(leads.KIND, _l("线索"), Lead, lambda firm: Lead.investor_id == firm, lead_access.visible_to,
          func.coalesce(Lead.lead_no, ""), lead_words.WORDS, "leads.show"),
    _Part(facts.KIND, _l("项目"), Project, lambda firm: or_(Project.company_id == firm, Project.investor_id == firm),
          project_access.visible_to, Project.name, project_words.WORDS, "projects.show"),
    _Part(cards.KIND, _l("绿卡"), GreenCard, _owned(GreenCard), card_access.card_visible_to,
          func.coalesce(GreenCard.card_no, ""), CARDS, "greencards.show"),
    _Part(case_opening.KIND, _l("服务专班"), ServiceCase, _owned(ServiceCase), card_access.case_visible_to,
          ServiceCase.case_no, CARDS, "greencards.cases.show"),
    _Part(requests.KIND, _l("诉求"), ServiceRequest, _owned(ServiceRequest), request_access.visible_to,
          ServiceRequest.title, REQUESTS, "requests.show"),
    _Part(roster.KIND, _l("梯次培优"), RosterEntry, _owned(RosterEntry), cultivation_access.visible_to, _pool_name,
          CULTIVATION, "cultivation.show"),
)  # fmt: skip


def strands(session: Session, firm: Enterprise, words: Words, actor: Actor) -> Sequence[Strand]:
    """What the actor may see of it. Two statements."""
    found: dict[str, dict[int, About | None]] = {KIND: _absorbed(session, firm)}
    parts = {part.kind: part for part in PARTS}
    read = [_newest(part, firm.id, actor) for part in PARTS]
    for kind, number, public_id, name in session.execute(union_all(*read)):
        part = parts[kind]
        pid = firm.public_id if part.model is RosterEntry else public_id
        about = About(f"{part.label} {name}".strip(), url_for(part.endpoint, pid=pid))
        found.setdefault(kind, {})[number] = about
    return [
        Strand(kind, records, parts[kind].words if kind in parts else words)
        for kind, records in found.items()
    ]


def _absorbed(session: Session, firm: Enterprise) -> dict[int, About | None]:
    return {number: About(name) for number, name in redirects.absorbed_by(session, firm.id)}


def _newest(part: _Part, firm: int, actor: Actor) -> Any:
    model = part.model
    newest = (
        select(
            literal(part.kind).label("kind"),
            model.id.label("id"),
            model.public_id.label("pid"),
            part.name.label("name"),
        )
        .where(part.of(firm), part.visible(actor))
        .order_by(model.id.desc())
        .limit(MOST)
        .subquery()
    )
    return select(newest)
