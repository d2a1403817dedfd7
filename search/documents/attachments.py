"""Attachments: found by their file names, by whoever may see the record that they belong to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.files import SEARCH_KIND, Attachment
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.service_requests.models import RequestMessage
from crm.service_requests.moves import MESSAGE_KIND
from search.document import Document
from search.documents import (
    cases,
    chains,
    cultivation,
    enterprises,
    greencards,
    leads,
    projects,
    service_requests,
    targets,
)
from search.sources import Source

KIND = SEARCH_KIND
VIEW = "files:attachment:view"
"""Held by nobody as such: the record's own permission counts, and its tokens stand on the attachment."""

_OWN = ":e"


@lru_cache(maxsize=1)
def _parents() -> Mapping[str, Source]:
    modules = (
        enterprises,
        chains,
        targets,
        leads,
        projects,
        greencards,
        cases,
        service_requests,
        cultivation,
    )
    return {source.kind: source for module in modules for source in module.SOURCES}


@dataclass(frozen=True)
class _Of:
    """The record that an attachment is shown at; what hangs on a message belongs to the request."""

    kind: str
    id: int


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """A statement, one for messages, and those of each kind of record that occurs."""
    rows = list(session.scalars(select(Attachment).where(Attachment.id.in_(ids))))
    places = _places(session, rows)
    built: dict[str, dict[int, Document]] = {}
    for kind, source in _parents().items():
        wanted = sorted({place.id for place in places.values() if place.kind == kind})
        if wanted:
            built[kind] = source.build(session, wanted)
    return {
        row.id: _document(row, parent)
        for row in rows
        if row.id in places and (parent := built.get(places[row.id].kind, {}).get(places[row.id].id))
    }


def _places(session: Session, rows: Sequence[Attachment]) -> dict[int, _Of]:
    messages = [row.record_id for row in rows if row.kind == MESSAGE_KIND]
    statement = select(RequestMessage.id, RequestMessage.request_id).where(RequestMessage.id.in_(messages))
    requests = {row[0]: row[1] for row in session.execute(statement)} if messages else {}
    found: dict[int, _Of] = {}
    for row in rows:
        if row.kind in _parents():
            found[row.id] = _Of(row.kind, row.record_id)
        elif row.kind == MESSAGE_KIND and row.record_id in requests:
            found[row.id] = _Of(service_requests.KIND, requests[row.record_id])
    return found


def _document(row: Attachment, parent: Document) -> Document:
    """With the record's tokens; an enterprise reads its files in the portal, not here."""
    return Document(
        kind=KIND,
        id=row.id,
        public_id=row.public_id,
        path=parent.path,
        title=row.name,
        acl=tuple(token for token in parent.acl if not token.startswith(parent.kind + _OWN)),
        body=parent.title,
        updated=row.at,
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """What hangs on a record that the actor sees."""
    if actor.kind == "enterprise":
        return Attachment.id.in_(())
    clauses = [
        and_(
            Attachment.kind == kind,
            Attachment.record_id.in_(select(source.model.id).where(source.visible(actor))),
        )
        for kind, source in _parents().items()
    ]
    request = _parents()[service_requests.KIND]
    messages = select(RequestMessage.id).where(
        RequestMessage.request_id.in_(select(request.model.id).where(request.visible(actor)))
    )
    return or_(*clauses, and_(Attachment.kind == MESSAGE_KIND, Attachment.record_id.in_(messages)))


def _of(kind: str) -> Callable[[Sequence[int]], Select[Any]]:
    return lambda ids: select(Attachment.id).where(Attachment.kind == kind, Attachment.record_id.in_(ids))


def _of_requests(ids: Sequence[int]) -> Select[Any]:
    messages = select(RequestMessage.id).where(RequestMessage.request_id.in_(ids))
    return select(Attachment.id).where(
        or_(
            and_(Attachment.kind == service_requests.KIND, Attachment.record_id.in_(ids)),
            and_(Attachment.kind == MESSAGE_KIND, Attachment.record_id.in_(messages)),
        )
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("附件"),
        model=Attachment,
        view=VIEW,
        visible=visible_to,
        build=build,
        shows={**{kind: _of(kind) for kind in _parents()}, service_requests.KIND: _of_requests},
    ),
)
