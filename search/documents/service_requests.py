"""Requests of enterprises: number, title, what it is about; seen by desk, host unit and the enterprise."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.i18n import lazy as _l
from crm.service_requests import access, rules
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "service_request"


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids. Internal notes stay out of the index."""
    statement = (
        select(ServiceRequest)
        .where(ServiceRequest.id.in_(ids))
        .options(joinedload(ServiceRequest.enterprise))
    )
    return {request.id: _document(request) for request in session.scalars(statement).unique()}


def _document(request: ServiceRequest) -> Document:
    return Document(
        kind=KIND,
        id=request.id,
        public_id=request.public_id,
        path=f"/requests/{request.public_id}",
        title=request.title,
        acl=acl.document_tokens(
            KIND, units=[request.unit_id, request.host_unit_id], enterprises=[request.enterprise_id]
        ),
        aliases=(request.enterprise.name,),
        codes=(request.req_no,),
        status=request.status,
        body="；".join([str(rules.CATEGORIES[request.category]), request.content]),
        updated=request.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("诉求"),
        model=ServiceRequest,
        view=access.VIEW,
        visible=access.visible_to,
        build=build,
        prefixes=(ServiceRequest.req_no, ServiceRequest.title),
        shows={"enterprise": by(ServiceRequest, ServiceRequest.enterprise_id)},
        statuses={state.code: state.label for state in REQUEST.states},
    ),
)
