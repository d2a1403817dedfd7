"""The kinds of record that keep follow-ups, tasks, notes and files, and how each is reached and changed."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from chains import access as chain_access
from chains import service as chains
from chains.models import Chain, ChainNode
from core.db import load
from core.errors import Missing, NotFound, NotPermitted, Refused
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.activity import queries
from crm.activity.service import Subject
from crm.cultivation import access as cultivation_access
from crm.cultivation import roster
from crm.cultivation.models import RosterEntry
from crm.enterprises import access as enterprise_access
from crm.enterprises import service as enterprises
from crm.enterprises import speaking
from crm.enterprises.models import Enterprise
from crm.greencards import access as card_access
from crm.greencards import case_opening
from crm.greencards import service as cards
from crm.greencards.lifecycle import CARD, CASE
from crm.greencards.models import GreenCard, ServiceCase
from crm.leads import access as lead_access
from crm.leads import service as leads
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead
from crm.projects import access as project_access
from crm.projects import facts
from crm.projects import service as projects
from crm.projects.lifecycle import PROJECT
from crm.projects.models import Project
from crm.service_requests import access as request_access
from crm.service_requests import moves as requests
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest
from crm.targets import access as target_access
from crm.targets import service as targets
from crm.targets.lifecycle import TARGET
from crm.targets.models import Target

CLOSED = Missing(None, "closed", _l("这条记录已经结束，不能再添内容；已有的待办仍可办完。"))


@dataclass(frozen=True)
class Kind:
    """`visible` hides, `may` says who adds, `closed` when nothing is added any more, `subject` names the record.

    `page` is the id of the page that shows the record, where that is not its own.
    """

    model: Any
    endpoint: str
    visible: Callable[[Actor], ColumnElement[bool]]
    may: Callable[[Actor, Any], bool]
    subject: Callable[[Any], Subject]
    closed: Callable[[Any], bool]
    page: Callable[[Any], str] = lambda record: str(record.public_id)

    def read(self, session: Session, public_id: str, actor: Actor) -> Any:
        """A visible record. Raises NotFound."""
        return load(session, self.model, public_id, where=self.visible(actor))

    def find(self, session: Session, record_id: int, actor: Actor) -> Any:
        """A visible record by its key. Raises NotFound."""
        found = self.among(session, [record_id], actor)
        if record_id not in found:
            raise NotFound()
        return found[record_id]

    def among(self, session: Session, ids: Collection[int], actor: Actor) -> dict[int, Any]:
        """The visible ones of some records, by key. One statement."""
        return queries.records(session, self.model, ids, self.visible(actor))

    def open_(self, session: Session, public_id: str, actor: Actor, *, adding: bool = True) -> Subject:
        """The record locked for writing. Raises NotFound, NotPermitted, or Refused for an end of it."""
        record = self.read(session, public_id, actor)
        if not self.may(actor, record):
            raise NotPermitted()
        if adding and self.closed(record):
            raise Refused([CLOSED])
        return self.subject(record)

    def may_add(self, actor: Actor, record: Any) -> bool:
        return self.may(actor, record) and not self.closed(record)

    def url(self, record: Any, anchor: str | None = None) -> str:
        return url_for(self.endpoint, pid=self.page(record), _anchor=anchor)


def _may_work_on_card(actor: Actor, card: GreenCard) -> bool:
    return any(
        actor.reach(permission).covers(card.unit_id)
        for permission in (card_access.APPLY, card_access.FIRST_REVIEW, card_access.MANAGE)
    )


def _may_handle(actor: Actor, request: ServiceRequest) -> bool:
    return actor.kind == "staff" and any(
        request_access.covers(actor, permission, request)
        for permission in (request_access.ACCEPT, request_access.HANDLE)
    )


def _may_note_on_map(actor: Actor, _record: Any) -> bool:
    """Maps are common to all; whoever draws them or puts firms on them keeps notes there."""
    return actor.can(chain_access.EDIT) or actor.can(chain_access.PLACE)


KINDS: Mapping[str, Kind] = {
    enterprises.KIND: Kind(
        Enterprise, "enterprises.show", enterprise_access.visible_to, enterprise_access.can_edit,
        speaking.subject_of, lambda firm: False,
    ),
    targets.KIND: Kind(
        Target, "targets.show", target_access.visible_to,
        lambda actor, target: target_access.can_change(actor, target_access.ADVANCE, target),
        targets.subject, lambda target: TARGET.closed(target.contact_status),
    ),
    leads.KIND: Kind(
        Lead, "leads.show", lead_access.visible_to,
        lambda actor, lead: lead_access.covers(actor, lead_access.EDIT, lead),
        leads.subject_of, lambda lead: LEAD.closed(lead.status),
    ),
    facts.KIND: Kind(
        Project, "projects.show", project_access.visible_to,
        lambda actor, project: project_access.covers(actor, project_access.EDIT, project),
        projects.subject_of, lambda project: PROJECT.closed(project.stage),
    ),
    cards.KIND: Kind(
        GreenCard, "greencards.show", card_access.card_visible_to, _may_work_on_card,
        cards.subject_of, lambda card: CARD.closed(card.status),
    ),
    case_opening.KIND: Kind(
        ServiceCase, "greencards.cases.show", card_access.case_visible_to, card_access.may_work,
        case_opening.subject_of, lambda case: CASE.closed(case.status),
    ),
    requests.KIND: Kind(
        ServiceRequest, "requests.show", request_access.visible_to, _may_handle,
        requests.subject_of, lambda request: REQUEST.closed(request.status),
    ),
    roster.KIND: Kind(
        RosterEntry, "cultivation.show", cultivation_access.visible_to,
        lambda actor, entry: actor.covers(cultivation_access.MANAGE, entry.unit_id),
        roster.subject_of, lambda entry: entry.left_on is not None,
        lambda entry: str(entry.enterprise.public_id),
    ),
    chains.KIND: Kind(
        Chain, "chains.activity", chain_access.visible_to, _may_note_on_map,
        lambda chain: Subject(chains.KIND, chain.id, chain.name), lambda chain: chain.status == "archived",
    ),
    chains.NODE_KIND: Kind(
        ChainNode, "chains.node_activity", chain_access.visible_to, _may_note_on_map,
        lambda node: Subject(chains.NODE_KIND, node.id, f"{node.chain.name} {node.name}"),
        lambda node: node.chain.status == "archived",
    ),
}  # fmt: skip


def kind_of(name: str) -> Kind:
    """Raises NotFound for a kind that keeps no activity."""
    if name not in KINDS:
        raise NotFound()
    return KINDS[name]


def name_of(name: str, record: Any) -> str:
    """What a page calls the record."""
    return KINDS[name].subject(record).label
