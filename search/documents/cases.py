"""Service cases: found by project, enterprise, number, and the people of the task force."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.accounts.models import ACCOUNT
from core.i18n import lazy as _l
from crm.greencards import access
from crm.greencards.lifecycle import CASE
from crm.greencards.models import ServiceCase
from crm.projects.models import Project
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "service_case"


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """Three statements, whatever the number of ids."""
    statement = (
        select(ServiceCase)
        .where(ServiceCase.id.in_(ids))
        .options(
            joinedload(ServiceCase.project).joinedload(Project.specialist),
            joinedload(ServiceCase.enterprise),
            selectinload(ServiceCase.members),
            selectinload(ServiceCase.steps),
        )
    )
    return {case.id: _document(case) for case in session.scalars(statement)}


def _document(case: ServiceCase) -> Document:
    firm = case.enterprise.name if case.enterprise else case.project.investor_name
    under_way = [step.title for step in case.steps if step.status in ("running", "paused")]
    people = [member.shown_name for member in case.members if member.duty != "lead_unit"]
    return Document(
        kind=KIND,
        id=case.id,
        public_id=case.public_id,
        path=f"/greencards/cases/{case.public_id}",
        title=case.project.name,
        acl=acl.document_tokens(
            KIND,
            units=[case.unit_id],
            accounts=[case.project.specialist_id],
            enterprises=[case.enterprise_id] if case.enterprise_id else [],
            label=case.project.confidentiality,
        ),
        aliases=(firm,),
        codes=(case.case_no, case.project.project_no),
        status=case.status,
        body="；".join([*under_way, *dict.fromkeys([case.specialist.name, *people])]),
        updated=case.updated_at,
    )


def _of_specialists(ids: Sequence[int]) -> Select[Any]:
    """A case shows its project's specialist by name."""
    return select(ServiceCase.id).join(ServiceCase.project).where(Project.specialist_id.in_(ids))


SOURCES = (
    Source(
        kind=KIND,
        label=_l("服务专班"),
        model=ServiceCase,
        view=access.VIEW_CASE,
        visible=access.case_visible_to,
        labelled=True,
        build=build,
        shows={
            "enterprise": by(ServiceCase, ServiceCase.enterprise_id),
            "project": by(ServiceCase, ServiceCase.project_id),
            ACCOUNT: _of_specialists,
        },
        statuses=dict(CASE.choices()),
        prefixes=(ServiceCase.case_no,),
    ),
)
