"""Projects: found by name, investor, project company, number, link, place and people."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from chains.models import ChainNode
from core.accounts.models import ACCOUNT, UNIT
from core.i18n import lazy as _l
from crm.projects import access
from crm.projects.lifecycle import LABELS
from crm.projects.models import Project
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "project"
_WEIGHT = 500


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids."""
    statement = (
        select(Project)
        .where(Project.id.in_(ids))
        .options(
            joinedload(Project.investor),
            joinedload(Project.company),
            joinedload(Project.node).joinedload(ChainNode.chain),
            joinedload(Project.park),
            joinedload(Project.unit),
            joinedload(Project.specialist),
        )
    )
    return {project.id: _document(project) for project in session.scalars(statement)}


def _document(project: Project) -> Document:
    firms = [project.investor_name]
    firms += [firm.name for firm in (project.investor, project.company) if firm is not None]
    where = project.park.name if project.park else ""
    body = (
        project.node.name if project.node else "",
        project.content,
        where,
        project.unit.name,
        project.specialist.name,
    )
    return Document(
        kind=KIND,
        id=project.id,
        public_id=project.public_id,
        path=f"/projects/{project.public_id}",
        title=project.name,
        acl=acl.document_tokens(
            KIND,
            units=[project.unit_id],
            accounts=[project.specialist_id],
            label=project.confidentiality,
        ),
        aliases=tuple(name for name in dict.fromkeys(firms) if name and name != project.name),
        codes=(project.project_no,),
        industry=project.node.chain.name if project.node else "",
        status=project.stage,
        body="；".join(part for part in body if part),
        weight=_WEIGHT,
        updated=project.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("项目"),
        model=Project,
        view=access.VIEW,
        visible=access.visible_to,
        labelled=True,
        build=build,
        shows={
            "enterprise": by(Project, Project.investor_id, Project.company_id),
            "chain_node": by(Project, Project.chain_node_id),
            UNIT: by(Project, Project.unit_id),
            ACCOUNT: by(Project, Project.specialist_id),
        },
        statuses=dict(LABELS),
        prefixes=(Project.project_no, Project.name),
    ),
)
