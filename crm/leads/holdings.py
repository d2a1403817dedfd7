"""Leads as open work: those that somebody handles, and those that he registered and nobody handles yet."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from core.accounts import holdings
from core.accounts import queries as people
from core.accounts.holdings import Piece
from core.accounts.models import Account
from core.i18n import lazy as _l
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead
from crm.leads.service import KIND


def _handled() -> ColumnElement[bool]:
    return Lead.status.in_(LEAD.open_codes())


def _registered() -> ColumnElement[bool]:
    return and_(Lead.status.in_(LEAD.open_codes()), Lead.specialist_id.is_(None))


def _piece(lead: Any) -> Piece:
    state = str(LEAD.label_of(lead.status))
    return Piece(lead.id, lead.label or lead.content[:60], f"/leads/{lead.public_id}", state)


def _refusal(session: Session, leads: Sequence[Any], receiver: Account) -> Any | None:
    return unfit(session, {lead.unit_id for lead in leads}, leads, receiver)


def unfit(session: Session, unit_ids: set[int], records: Sequence[Any], receiver: Account) -> Any | None:
    """Why somebody cannot take these over: of another unit, or not cleared for them."""
    for unit_id in unit_ids:
        if receiver.id not in {account.id for account in people.staff_below(session, unit_id)}:
            return _l("接手人要从本单位在岗人员里选。")
    if receiver.clearance != "restricted" and any(each.confidentiality == "restricted" for each in records):
        return _l("其中有控制知悉的记录，接手人没有知悉范围，请另选一位。")
    return None


KINDS = holdings.register(
    holdings.Kind(
        "lead", _l("线索"), KIND, Lead, "specialist_id", _handled, _piece, unit="unit_id", order=20,
        refusal=_refusal,
    ),
    holdings.Kind(
        "lead_registered", _l("登记而未分派的线索"), KIND, Lead, "created_by", _registered, _piece, order=21,
        refusal=_refusal,
    ),
)  # fmt: skip
