"""First claim inside the transaction: keys, the gate that serialises them, rivals and the dispute."""

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core import calendar, clock, notify
from core.accounts.models import Grant, Unit
from core.deadlines import Timing, reckon
from core.i18n import lazy as _l
from crm.enterprises.models import Enterprise
from crm.leads import rules, terms
from crm.leads.models import ClaimGate, Lead, LeadDispute, LeadKey

STANDING = ("registered", "disputed", "responding", "need_info", "follow", "negotiating", "transferred")
"""States in which a claim stands against others; a converted lead's stands for good."""

notify.words(
    "leads.disputed", _l("线索 %(number)s 与在先登记的 %(first)s 疑似撞单，请裁定。"), _l("线索撞单，要裁定")
)
notify.words(
    "leads.challenged", _l("你单位线索 %(number)s 有单位后报，等市经合局裁定。"), _l("自己单位的线索被后报")
)
notify.words("leads.ruled", _l("线索 %(number)s 的归属已裁定。"), _l("线索归属有了裁定"))


def identity_of(session: Session, lead: Lead) -> rules.ClaimIdentity:
    """Who would invest and where in the chain, with all the names that the register knows."""
    names = [lead.investor_name]
    investor = session.get(Enterprise, lead.investor_id) if lead.investor_id is not None else None
    if investor is not None:
        names += [investor.name, investor.short_name, *(former.name for former in investor.former_names)]
    foreign = f"{lead.country}{lead.foreign_reg_no}" if lead.foreign_reg_no else ""
    return rules.ClaimIdentity(
        chain_node_id=lead.chain_node_id or 0,
        investor_id=lead.investor_id,
        names=tuple(dict.fromkeys(name for name in names if name)),
        group_name=lead.group_name,
        foreign_reg=foreign,
    )


def stake(session: Session, lead: Lead) -> list[Lead]:
    """Put the lead's keys in place of its former ones and return its rivals, the earliest claim first.

    The gate rows stay locked until the commit, so that of two registrations at one instant the second
    sees the first.
    """
    keys = rules.claim_keys(identity_of(session, lead))
    _pass_gate(session, keys)
    session.execute(delete(LeadKey).where(LeadKey.lead_id == lead.id))
    session.execute(insert(LeadKey), [{"lead_id": lead.id, "key": key} for key in keys])
    return rivals(session, lead, keys)


def _pass_gate(session: Session, keys: tuple[str, ...]) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for key in keys:
        statement = dialect.insert(ClaimGate).values(key=key, passed_at=clock.now())
        session.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"passed_at": clock.now()})
        )


def rivals(session: Session, lead: Lead, keys: tuple[str, ...]) -> list[Lead]:
    """Other leads that hold one of the keys: standing and still protected, or a project by now."""
    statement = (
        select(Lead)
        .where(
            Lead.id.in_(select(LeadKey.lead_id).where(LeadKey.key.in_(keys))),
            Lead.id != lead.id,
            (Lead.status == "converted")
            | (Lead.status.in_(STANDING) & (Lead.protected_until >= clock.today())),
        )
        .order_by(Lead.first_claimed_at, Lead.id)
    )
    return list(session.scalars(statement))


def hint_of(session: Session, first: Lead) -> rules.Hint:
    """What may be told of the first claim: number, kind of unit, date."""
    kind = session.scalar(select(Unit.kind).where(Unit.id == first.unit_id)) or ""
    claimed = first.first_claimed_at or first.created_at
    return rules.Hint(first.lead_no or "", kind, clock.local(claimed).date())


def open_dispute(session: Session, lead: Lead, first: Lead, at: datetime) -> LeadDispute:
    """Put a second claim before the promotion office, which has its working days from tomorrow on."""
    term = terms.on(clock.local(at).date()).ruling
    deadline = reckon(Timing(at, term), calendar.present(session), at)
    dispute = LeadDispute(
        lead_id=lead.id,
        first_lead_id=first.id,
        opened_at=at,
        due_on=deadline.due_on,
        provisional=deadline.provisional,
    )
    session.add(dispute)
    session.flush()
    _announce(session, lead, first)
    return dispute


def _announce(session: Session, lead: Lead, first: Lead) -> None:
    judges = session.scalars(select(Grant.account_id).where(Grant.role == "promotion_office"))
    params = {"number": lead.lead_no or "", "first": first.lead_no or ""}
    notify.notify(session, judges, "leads.disputed", params, f"/leads/{lead.public_id}/dispute")
    holders = {number for number in (first.specialist_id, first.created_by) if number is not None}
    notify.notify(
        session, holders, "leads.challenged", {"number": first.lead_no or ""}, f"/leads/{first.public_id}"
    )


def release(session: Session, lead: Lead) -> None:
    """A claim that ended no longer stands in anybody's way."""
    session.execute(delete(LeadKey).where(LeadKey.lead_id == lead.id))
