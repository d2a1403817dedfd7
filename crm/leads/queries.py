"""Every read of leads that has a shape. What is outside the actor's reach is not there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import Session, joinedload

from chains.models import Chain, ChainNode
from core import clock
from core.accounts.models import Account, Unit
from core.errors import NotFound
from core.permissions import Actor
from crm.leads import access, rules, terms
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead, LeadDispute

_CLOSED = tuple(state.code for state in LEAD.states if state.closed)


@dataclass(frozen=True)
class LeadRow:
    """One line of the list."""

    id: int
    public_id: str
    version: int
    lead_no: str
    status: str
    investor: str
    content: str
    node: str
    chain: str
    total_wan: Decimal | None
    unit: str
    specialist: str
    claimed_at: datetime | None
    protected_until: date | None
    last_on: date | None
    next_on: date | None
    next_step: str
    due_on: date | None


def rows_statement(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Lead.id, Lead.public_id, Lead.version, Lead.lead_no, Lead.status, Lead.investor_name, Lead.content,
            ChainNode.name.label("node"), Chain.name.label("chain"), Lead.total_investment_wan,
            Unit.short_name, Unit.name.label("unit"), Account.name.label("specialist"), Lead.first_claimed_at,
            Lead.protected_until, Lead.last_contact_on, Lead.next_contact_on, Lead.next_step,
            Lead.respond_due_on, Lead.study_due_on,
        )
        .join(Unit, Unit.id == Lead.unit_id)
        .outerjoin(ChainNode, ChainNode.id == Lead.chain_node_id)
        .outerjoin(Chain, Chain.id == ChainNode.chain_id)
        .outerjoin(Account, Account.id == Lead.specialist_id)
        .where(access.visible_to(actor))
    )  # fmt: skip


def row_of(row: Row[Any]) -> LeadRow:
    due = {"registered": row.respond_due_on, "responding": row.study_due_on, "need_info": row.study_due_on}
    return LeadRow(
        id=row.id,
        public_id=row.public_id,
        version=row.version,
        lead_no=row.lead_no or "",
        status=row.status,
        investor=row.investor_name,
        content=row.content,
        node=row.node or "",
        chain=row.chain or "",
        total_wan=row.total_investment_wan,
        unit=row.short_name or row.unit,
        specialist=row.specialist or "",
        claimed_at=row.first_claimed_at,
        protected_until=row.protected_until,
        last_on=row.last_contact_on,
        next_on=row.next_contact_on,
        next_step=row.next_step,
        due_on=due.get(row.status, row.next_contact_on),
    )


def in_view(view: str, actor: Actor) -> ColumnElement[bool]:
    """What a standing view of the list holds."""
    if view == "mine":
        return (Lead.specialist_id == actor.account_id) | (Lead.created_by == actor.account_id)
    if view == "silent":
        return is_silent()
    return Lead.status.in_(LEAD.closed_codes()) if view == "closed" else true()


def is_silent() -> ColumnElement[bool]:
    """Nothing heard for so long that a warning is due; a claim counts from its day."""
    limit = clock.now() - timedelta(days=terms.on(clock.today()).warn_days)
    return (Lead.first_claimed_at <= limit) & (
        Lead.last_contact_on.is_(None) | (Lead.last_contact_on <= clock.local(limit).date())
    )


def counts(session: Session, *, actor: Actor) -> dict[str, int]:
    """How many leads stand under each view's tab."""
    visible = access.visible_to(actor)
    opened = Lead.status.in_(LEAD.open_codes())
    mine = in_view("mine", actor)
    statement = select(
        func.count().filter(opened).label("open"),
        func.count().filter(opened & mine).label("mine"),
        func.count().filter(Lead.status == "disputed").label("disputed"),
        func.count().filter(opened & is_silent()).label("silent"),
    ).where(visible)
    return dict(session.execute(statement).one()._mapping)


def get(session: Session, public_id: str, *, actor: Actor) -> Lead:
    """One lead with all that its page shows. Raises NotFound, also for what is hidden."""
    statement = (
        select(Lead)
        .where(Lead.public_id == public_id, access.visible_to(actor))
        .options(
            joinedload(Lead.unit),
            joinedload(Lead.specialist),
            joinedload(Lead.investor),
            joinedload(Lead.node).joinedload(ChainNode.chain),
        )
    )
    found = session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class DisputeView:
    """A dispute as one side, or the promotion office, may see it; `other` is None where the hint is all."""

    dispute: LeadDispute
    second: Lead
    is_second: bool
    hint: rules.Hint
    other: Lead | None


def dispute(session: Session, lead: Lead, *, actor: Actor) -> DisputeView | None:
    """The latest dispute of a visible lead; the other side shows only to whoever may see it anyway."""
    statement = (
        select(LeadDispute)
        .where((LeadDispute.lead_id == lead.id) | (LeadDispute.first_lead_id == lead.id))
        .order_by(LeadDispute.ruled_at.is_not(None), LeadDispute.id.desc())
    )
    found = session.scalars(statement).first()
    if found is None:
        return None
    is_second = found.lead_id == lead.id
    rival = found.first_lead if is_second else found.lead
    visible = session.scalar(select(Lead.id).where(Lead.id == rival.id, access.visible_to(actor)))
    kind = session.scalar(select(Unit.kind).where(Unit.id == rival.unit_id)) or ""
    claimed = rival.first_claimed_at or rival.created_at
    hint = rules.Hint(rival.lead_no or "", kind, clock.local(claimed).date())
    return DisputeView(found, found.lead, is_second, hint, rival if visible is not None else None)


def due_for(session: Session, account_id: int, until: date, *, actor: Actor) -> list[LeadRow]:
    """Leads whose next contact or clock falls due for one person, the earliest first."""
    statement = (
        rows_statement(actor)
        .where(
            Lead.status.in_(LEAD.open_codes()),
            Lead.status.not_in(("draft", "disputed", "transferred")),
            (Lead.specialist_id == account_id)
            | (Lead.specialist_id.is_(None) & (Lead.created_by == account_id)),
        )
        .order_by(Lead.next_contact_on, Lead.id)
        .limit(200)
    )
    rows = [row_of(row) for row in session.execute(statement)]
    return [row for row in rows if row.due_on is not None and row.due_on <= until]


def open_disputes(session: Session, *, actor: Actor, limit: int = 20) -> list[tuple[LeadDispute, str, str]]:
    """Disputes that wait for a ruling: (dispute, number, address id of the later lead)."""
    statement = (
        select(LeadDispute, Lead.lead_no, Lead.public_id)
        .join(Lead, Lead.id == LeadDispute.lead_id)
        .where(LeadDispute.ruled_at.is_(None), access.visible_to(actor, access.RULE))
        .order_by(LeadDispute.due_on)
        .limit(limit)
    )
    return [(row[0], row[1] or "", row[2]) for row in session.execute(statement)]


def on_node(session: Session, node_id: int, *, limit: int, actor: Actor) -> list[Lead]:
    """The open leads of a node, the latest changed first."""
    statement = (
        select(Lead)
        .where(Lead.chain_node_id == node_id, Lead.status.not_in(_CLOSED), access.visible_to(actor))
        .order_by(Lead.updated_at.desc(), Lead.id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))
