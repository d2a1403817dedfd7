"""为什么看得到: each kind of record tells what decides about it; the words come from the acting user's grants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from chains import access as chain_access
from chains import queries as chains
from core.accounts import queries as accounts
from core.db import db, load
from core.errors import NotFound
from core.i18n import _
from core.i18n import lazy as _l
from core.imports import queries as imports
from core.imports.handlers import handler_for
from core.imports.models import Import
from core.permissions import Actor
from crm.activity.models import Task
from crm.cultivation import access as cultivation_access
from crm.enterprises import access as enterprise_access
from crm.enterprises import queries as enterprises
from crm.enterprises.duplicates import queries as pairs
from crm.enterprises.duplicates.models import Merge
from crm.enterprises.models import Enterprise
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
from webapp.staff.activity.subjects import kind_of, name_of
from webapp.web import reaches, rights
from webapp.web.access import staff
from webapp.web.acting import acting
from webapp.web.reaches import Subject
from webapp.web.rendering import render

bp = Blueprint("why", __name__, url_prefix="/why")

MAPS = _l("图谱对所有有这项权限的工作人员公开")
OWN = _l("文件是您上传的")
COMMON = _l("企业库对所有有这项权限的工作人员公开")
POOLED = _l("这家企业已退回公共名单，各单位都看得到")
UNTAKEN = _l("这家企业还没有归哪个单位")


@dataclass(frozen=True)
class Kind:
    """How a record is found (hidden is not found), what decides about it, and the rights to see and change.

    The rights may depend on the record. `editable` says what decides about changing, where that is not the same:
    as a rule what is open to see is not open to change.
    """

    find: Callable[[Session, str, Actor], Any]
    subject: Callable[[Any], Subject]
    name: Callable[[Any], str]
    view: str | Callable[[Any], str]
    edit: str | Callable[[Any], str]
    endpoint: str
    common: Any = ""
    editable: Callable[[Subject], Subject] = lambda subject: Subject(subject.unit_ids, subject.owner_ids)


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
        editable=lambda subject: subject,
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
    "map": Kind(
        lambda session, pid, actor: chains.get(session, pid, actor=actor),
        lambda found: Subject(common=MAPS),
        lambda found: found.chain.name,
        chain_access.VIEW,
        chain_access.EDIT,
        "chains.show",
        editable=lambda subject: subject,
    ),
    "target_list": Kind(
        lambda session, pid, actor: targets.the_list(session, pid, actor=actor),
        lambda found: Subject((found.unit_id,)),
        lambda found: found.name,
        target_access.LIST_VIEW,
        target_access.LIST_EDIT,
        "target_lists.show",
    ),
    "import": Kind(
        lambda session, pid, actor: imports.get(session, pid, actor=actor),
        lambda found: Subject((found.unit_id,), (found.account_id,), OWN if _uploaded(found) else ""),
        lambda found: found.file_name,
        lambda found: handler_for(found.kind).permission,
        lambda found: handler_for(found.kind).permission,
        "imports.show",
        editable=lambda subject: Subject(common=subject.common),
    ),
    "merge": Kind(
        lambda session, pid, actor: pairs.merge_of(session, pid, actor=actor),
        lambda made: _remaining(made),
        lambda made: made.absorbed_name,
        enterprise_access.MERGE,
        enterprise_access.MERGE,
        "merges.show",
        common=COMMON,
        editable=lambda subject: subject,
    ),
    "task": Kind(
        lambda session, pid, actor: _task(session, pid, actor),
        lambda found: found.about.subject(found.record),
        lambda found: found.task.title,
        lambda found: found.about.view,
        lambda found: found.about.edit,
        "tasks.show",
    ),
}

ABOUT: Mapping[str, str] = {
    "green_card": "card",
    "service_case": "case",
    "service_request": "request",
    "chain": "map",
    "chain_node": "map",
}
"""Kinds of record that keep tasks and are called otherwise here; a node is seen by whoever sees its map."""


@dataclass(frozen=True)
class _TaskOf:
    """A task with the record that it belongs to: whoever sees the record sees its tasks."""

    task: Task
    record: Any
    about: Kind


def _task(session: Session, pid: str, actor: Actor) -> _TaskOf:
    task = load(session, Task, pid)
    record = kind_of(task.kind).find(session, task.record_id, actor)
    return _TaskOf(task, record, KINDS[ABOUT.get(task.kind, task.kind)])


def _remaining(made: Merge) -> Subject:
    """The enterprise that a merge has left decides who may take it back."""
    firm = db.session().get(Enterprise, made.survivor_id)
    return Subject((firm.unit_id if firm else None,), (), "" if firm and firm.unit_id else UNTAKEN)


def _uploaded(found: Import) -> bool:
    return found.account_id == acting().account_id


def _right(of: str | Callable[[Any], str], record: Any) -> str:
    return of if isinstance(of, str) else of(record)


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
    if known is None:
        raise NotFound()
    record = known.find(session, pid, actor)
    view, edit = _right(known.view, record), _right(known.edit, record)
    if not actor.can(view):
        raise NotFound()
    subject, names = known.subject(record), accounts.unit_names(session)
    seen = Subject(subject.unit_ids, subject.owner_ids, known.common or subject.common, subject.label)
    return render(
        "staff/people/why.html",
        name=known.name(record),
        back=url_for(known.endpoint, pid=pid),
        sees=reaches.reasons(actor, view, seen, names),
        edits=reaches.reasons(actor, edit, known.editable(subject), names),
        right=rights.words(edit),
        label=subject.label,
        about=_about(record),
    )


def _about(record: Any) -> str:
    """What a task belongs to, in a sentence; nothing for a record of its own."""
    if not isinstance(record, _TaskOf):
        return ""
    whole = name_of(record.task.kind, record.record)
    return str(_("这项待办属于“%(name)s”，看得到那条记录的人都看得到它。", name=whole))
