"""Files of any record: which kinds keep them, who may add, and the panel that every record page can show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from jinja2 import Environment
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import files
from core.db import db, load
from core.errors import NotFound, NotPermitted
from core.files import Attachment
from core.permissions import Actor
from crm.activity import access as activity_access
from crm.activity.service import Subject
from crm.enterprises import access as enterprise_access
from crm.greencards import access as card_access
from crm.greencards import case_queries as cases
from crm.greencards import queries as cards
from crm.greencards.models import GreenCard, ServiceCase
from crm.leads import access as lead_access
from crm.leads.lifecycle import LEAD
from crm.projects import access as project_access
from crm.projects.lifecycle import PROJECT
from crm.service_requests import access as request_access
from crm.service_requests import queries as requests
from crm.service_requests.models import ServiceRequest
from webapp.staff.activity import subjects
from webapp.web.acting import acting


@dataclass(frozen=True)
class FileKind:
    """A kind of record that keeps files: how one is found, locked for an addition, and shown."""

    model: Any
    read: subjects.Reader
    open_: subjects.Writer
    endpoint: str
    may_add: Callable[[Actor, Any], bool]

    def url(self, public_id: str) -> str:
        return url_for(self.endpoint, pid=public_id, _anchor="files")


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


def _card(session: Session, pid: str, actor: Actor) -> Subject:
    card = load(session, GreenCard, pid, where=card_access.card_visible_to(actor))
    if not _may_work_on_card(actor, card):
        raise NotPermitted()
    return Subject("green_card", card.id, card.card_no or "", card.unit_id)


def _case(session: Session, pid: str, actor: Actor) -> Subject:
    case = load(session, ServiceCase, pid, where=card_access.case_visible_to(actor))
    if not card_access.may_work(actor, case):
        raise NotPermitted()
    return Subject("service_case", case.id, case.case_no, case.unit_id)


def _request(session: Session, pid: str, actor: Actor) -> Subject:
    request = load(session, ServiceRequest, pid, where=request_access.visible_to(actor))
    if not _may_handle(actor, request):
        raise NotPermitted()
    return Subject("service_request", request.id, request.title, request.unit_id)


def _of(name: str, may_add: Callable[[Actor, Any], bool]) -> FileKind:
    """A kind that keeps follow-ups and tasks, too."""
    known = subjects.KINDS[name]
    return FileKind(subjects.MODELS[name], known.read, known.open_, known.endpoint, may_add)


KINDS: Mapping[str, FileKind] = {
    "enterprise": _of("enterprise", enterprise_access.can_edit),
    "lead": _of(
        "lead",
        lambda actor, lead: (
            lead_access.covers(actor, lead_access.EDIT, lead) and not LEAD.closed(lead.status)
        ),
    ),
    "project": _of(
        "project",
        lambda actor, project: (
            project_access.covers(actor, project_access.EDIT, project) and not PROJECT.closed(project.stage)
        ),
    ),
    "green_card": FileKind(
        GreenCard,
        lambda session, pid, actor: cards.get(session, pid, actor=actor),
        _card,
        "greencards.show",
        _may_work_on_card,
    ),
    "service_case": FileKind(
        ServiceCase,
        lambda session, pid, actor: cases.get(session, pid, actor=actor),
        _case,
        "greencards.cases.show",
        lambda actor, case: card_access.may_work(actor, case),
    ),
    "service_request": FileKind(
        ServiceRequest,
        lambda session, pid, actor: requests.get(session, pid, actor=actor),
        _request,
        "requests.show",
        _may_handle,
    ),
}


def kind_of(name: str) -> FileKind:
    """Raises NotFound for a kind that keeps no files."""
    if name not in KINDS:
        raise NotFound()
    return KINDS[name]


def readable(session: Session, public_id: str, actor: Actor) -> tuple[Attachment, Any]:
    """A file and its record, when the reader may see the record. Raises NotFound otherwise."""
    found = session.scalars(select(Attachment).where(Attachment.public_id == public_id)).one_or_none()
    if found is None or found.kind not in KINDS:
        raise NotFound()
    kind = KINDS[found.kind]
    record = session.get(kind.model, found.record_id)
    if record is None:
        raise NotFound()
    return found, kind.read(session, record.public_id, actor)


def title_of(record: Any) -> str:
    """What a page calls the record."""
    names = ("name", "investor_name", "title", "case_no", "card_no")
    return next((str(found) for name in names if (found := getattr(record, name, None))), "")


def panel(kind: str, record: Any) -> Markup:
    """The panel of a record page: its files with thumbnails, and a button for who may add one."""
    actor = acting()
    may_add = actor.can(activity_access.NOTE) and KINDS[kind].may_add(actor, record)
    html = render_template(
        "staff/activity/_files.html",
        rows=files.list_for(db.session(), kind, record.id),
        upload=url_for("activity.new_file", kind=kind, pid=record.public_id) if may_add else None,
    )
    return Markup(html)  # noqa: S704 - our own template


def init_app(environment: Environment) -> None:
    """Every record page writes `{{ attachments(kind, record) }}`."""
    environment.globals.update(attachments=panel)
