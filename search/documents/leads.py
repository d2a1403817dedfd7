"""Leads: found by investor, group, number, what it is about; by the units that handle them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from chains.models import ChainNode
from core.accounts.models import ACCOUNT, UNIT
from core.i18n import lazy as _l
from crm.leads import access
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "lead"
_WEIGHT = 450


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids."""
    statement = (
        select(Lead)
        .where(Lead.id.in_(ids))
        .options(
            joinedload(Lead.investor),
            joinedload(Lead.node).joinedload(ChainNode.chain),
            joinedload(Lead.unit),
            joinedload(Lead.specialist),
        )
    )
    return {lead.id: _document(lead) for lead in session.scalars(statement)}


def _document(lead: Lead) -> Document:
    investor = lead.investor.name if lead.investor else lead.investor_name
    names = (lead.investor_name, lead.group_name, lead.investor.short_name if lead.investor else "")
    people = (lead.specialist.name if lead.specialist else "", lead.contact_person)
    return Document(
        kind=KIND,
        id=lead.id,
        public_id=lead.public_id,
        path=f"/leads/{lead.public_id}",
        title=investor or lead.lead_no or lead.content[:40],
        acl=acl.document_tokens(
            KIND, units=[lead.unit_id], accounts=[access.owner_of(lead)], label=lead.confidentiality
        ),
        aliases=tuple(dict.fromkeys(name for name in names if name and name != investor)),
        codes=(lead.lead_no,) if lead.lead_no else (),
        industry=lead.node.chain.name if lead.node else "",
        status=lead.status,
        body="；".join(
            part
            for part in (
                lead.node.name if lead.node else "",
                lead.content,
                lead.site_intent,
                lead.unit.name,
                *people,
            )
            if part
        ),
        weight=_WEIGHT,
        updated=lead.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("线索"),
        model=Lead,
        view=access.VIEW,
        visible=access.visible_to,
        labelled=True,
        build=build,
        shows={
            "enterprise": by(Lead, Lead.investor_id),
            "chain_node": by(Lead, Lead.chain_node_id),
            UNIT: by(Lead, Lead.unit_id),
            ACCOUNT: by(Lead, Lead.specialist_id),
        },
        statuses=dict(LEAD.choices()),
        prefixes=(Lead.lead_no, Lead.investor_name),
    ),
)
