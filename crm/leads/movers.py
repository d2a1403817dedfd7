"""Leads go with their investor, and so does the key by which rival claims are found."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from crm.enterprises.duplicates.moving import Mover, register
from crm.leads.models import Lead, LeadKey
from crm.leads.rules import enterprise_key
from crm.leads.service import KIND


def _rekey(session: Session, keys: Sequence[int], from_id: int, to_id: int) -> None:
    """Claims that stood on the absorbed enterprise stand on the survivor."""
    nodes = session.execute(select(Lead.id, Lead.chain_node_id).where(Lead.id.in_(keys)))
    for number, node_id in nodes.all():
        session.execute(
            update(LeadKey)
            .where(LeadKey.lead_id == number, LeadKey.key == enterprise_key(node_id or 0, from_id))
            .values(key=enterprise_key(node_id or 0, to_id))
            .execution_options(synchronize_session=False)
        )


MOVERS = register(Mover("lead", _l("线索"), Lead, "investor_id", subject=KIND, moved=_rekey, order=31))
