"""The kinds of record that follow-ups, tasks, notes and files are kept for, and how each is reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from core.db import load
from core.errors import NotFound, NotPermitted
from core.permissions import Actor
from crm.activity.service import Subject
from crm.enterprises import access as enterprise_access
from crm.enterprises import queries as enterprises
from crm.enterprises.models import Enterprise
from crm.leads import access as lead_access
from crm.leads import queries as leads
from crm.leads import service as lead_service
from crm.leads.models import Lead
from crm.projects import access as project_access
from crm.projects import queries as projects
from crm.projects import service as project_service
from crm.projects.models import Project

Reader = Callable[[Session, str, Actor], Any]
Writer = Callable[[Session, str, Actor], Subject]


@dataclass(frozen=True)
class Kind:
    """`read` finds a visible record, `open_` locks it for writing and checks that the actor may."""

    read: Reader
    open_: Writer
    endpoint: str

    def url(self, public_id: str, anchor: str | None = None) -> str:
        return url_for(self.endpoint, pid=public_id, _anchor=anchor)


def _lead(session: Session, public_id: str, actor: Actor) -> Subject:
    lead = lead_service.reachable(session, public_id, lead_access.EDIT, None, actor=actor)
    return lead_service.subject_of(lead)


def _project(session: Session, public_id: str, actor: Actor) -> Subject:
    project = project_service.reachable(session, public_id, project_access.EDIT, None, actor=actor)
    return project_service.subject_of(project)


def _enterprise(session: Session, public_id: str, actor: Actor) -> Subject:
    """Whoever may edit an enterprise keeps its follow-ups."""
    record = load(session, Enterprise, public_id, where=enterprise_access.visible_to(actor))
    if not enterprise_access.can_edit(actor, record):
        raise NotPermitted()
    return Subject("enterprise", record.id, record.name, record.unit_id, record)


KINDS: Mapping[str, Kind] = {
    "lead": Kind(lambda session, pid, actor: leads.get(session, pid, actor=actor), _lead, "leads.show"),
    "project": Kind(
        lambda session, pid, actor: projects.get(session, pid, actor=actor), _project, "projects.show"
    ),
    "enterprise": Kind(
        lambda session, pid, actor: enterprises.get(session, pid, actor=actor),
        _enterprise,
        "enterprises.show",
    ),
}
MODELS: Mapping[str, Any] = {"lead": Lead, "project": Project, "enterprise": Enterprise}


def kind_of(name: str) -> Kind:
    """Raises NotFound for a kind that keeps no activity."""
    if name not in KINDS:
        raise NotFound()
    return KINDS[name]


def name_of(record: Any) -> str:
    """What a page calls the record."""
    return str(getattr(record, "name", None) or getattr(record, "investor_name", ""))
