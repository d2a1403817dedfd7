"""The cultivation roster: found by the enterprise's names and credit code, pool and step."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.i18n import lazy as _l
from crm.cultivation import access, standards
from crm.cultivation.models import RosterEntry
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "cultivation"
STATUSES = {"on": _l("在库"), "left": _l("已出库")}


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids."""
    statement = (
        select(RosterEntry)
        .where(RosterEntry.id.in_(ids))
        .options(
            joinedload(RosterEntry.enterprise), joinedload(RosterEntry.pool), joinedload(RosterEntry.step)
        )
    )
    return {entry.id: _document(entry) for entry in session.scalars(statement)}


def _document(entry: RosterEntry) -> Document:
    firm = entry.enterprise
    words = (
        entry.pool.name,
        entry.step.name if entry.step else "",
        standards.labels().get(entry.standard, ""),
        entry.plan_text[:300],
    )
    return Document(
        kind=KIND,
        id=entry.id,
        public_id=entry.public_id,
        path=f"/cultivation/{firm.public_id}",
        title=firm.name,
        acl=acl.document_tokens(KIND, units=[entry.unit_id], enterprises=[entry.enterprise_id]),
        aliases=(firm.short_name,) if firm.short_name and firm.short_name != firm.name else (),
        codes=(firm.uscc,) if firm.uscc else (),
        status="on" if entry.left_on is None else "left",
        body="；".join(word for word in words if word),
        updated=entry.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("培优"),
        model=RosterEntry,
        view=access.VIEW,
        visible=access.visible_to,
        build=build,
        shows={"enterprise": by(RosterEntry, RosterEntry.enterprise_id)},
        statuses=STATUSES,
    ),
)
