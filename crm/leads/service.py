"""Every change of a lead until it is registered, and its content afterwards. Verbs never commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core import audit, calendar, clock, numbering, reveals
from core import lifecycle as lc
from core.accounts.models import Unit
from core.db import load
from core.deadlines import Timing, reckon
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotPermitted, Refused
from core.i18n import lazy as _l
from core.permissions import SYSTEM, Actor, ensure_cleared, require
from crm.activity import service as activity
from crm.activity.models import FollowUp
from crm.activity.rules import FollowUpValues
from crm.enterprises import speaking
from crm.enterprises.models import Enterprise
from crm.leads import access, claims, rules, terms
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead
from crm.targets import service as targets

KIND = "lead"
EDITABLE = (
    "source", "referrer", "investor_id", "investor_name", "foreign_reg_no", "country", "group_name", "content",
    "chain_node_id", "total_investment_wan", "fixed_investment_wan", "foreign_usd_wan", "land_sqm",
    "factory_sqm", "energy_tce", "emission_note", "est_output_wan", "est_tax_wan", "est_jobs", "site_intent",
    "policy_ask", "contact_person", "contact_title", "contact_mobile", "confidentiality",
)  # fmt: skip
AMOUNTS = (
    "total_investment_wan", "fixed_investment_wan", "foreign_usd_wan", "land_sqm", "factory_sqm", "energy_tce",
    "est_output_wan", "est_tax_wan", "est_jobs",
)  # fmt: skip


@dataclass(frozen=True)
class Registration:
    """A registered lead and, when somebody came first, all that may be told of it."""

    lead: Lead
    hint: rules.Hint | None
    provincial_filing: bool


def draft(
    session: Session, values: Mapping[str, Any], *, target_pid: str | None = None, actor: Actor
) -> Lead:
    """Keep a lead that claims nothing yet. Raises Invalid for values that cannot be.

    A lead made of a target keeps its id; the target is converted when the lead is registered.
    """
    require(actor, access.REGISTER)
    if actor.unit_id is None:
        raise NotPermitted()
    values = access.MONEY.allowed(actor, values)
    lead = Lead(unit_id=actor.unit_id, created_by=actor.account_id, status="draft", target_pid=target_pid)
    _apply(session, lead, values, actor=actor)
    session.add(lead)
    session.flush()
    audit.changes_of(lead)
    audit.record("leads.drafted", KIND, lead.id, actor=actor, label=lead.label)
    touch(KIND, [lead.id])
    return lead


def update(
    session: Session,
    public_id: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    actor: Actor,
    reason: str = "",
) -> Registration:
    """Change the content. Another investor, group or link makes it a new claim, as of now (T27)."""
    lead = reachable(session, public_id, access.EDIT, version, actor=actor)
    lc.ensure_open(LEAD, lead.status)
    _apply(session, lead, access.MONEY.allowed(actor, values, lead), actor=actor)
    changes = audit.changes_of(lead)
    restarted = lead.status != "draft" and rules.restarts_claim(changes)
    if restarted and lead.status == "disputed":
        raise Refused(
            [Missing("investor_name", "disputed", _l("归属待裁定期间，不能改投资主体、集团和环节。"))]
        )
    if lead.status != "draft":
        passed = ["register", *(["respond"] if lead.responded_at else [])]
        lc.check_edit(
            LEAD, passed, lead.status, {name: getattr(lead, name) for name in changes}, facts_of(lead)
        )
    kept = {name: pair for name, pair in changes.items() if name in EDITABLE}
    audit.record("leads.changed", KIND, lead.id, actor=actor, label=lead.label, changes=kept, reason=reason)
    hint = _claim(session, lead, lead.first_claimed_at, actor=actor) if restarted else None
    session.flush()
    audit.changes_of(lead)
    touch(KIND, [lead.id])
    return Registration(lead, hint, _filing(lead))


def register(session: Session, public_id: str, *, version: int | None, actor: Actor) -> Registration:
    """Register a draft: number, first claim by the server's clock, protection, clocks; or a dispute (T26)."""
    lead = reachable(session, public_id, access.REGISTER, version, actor=actor)
    passage = lc.check(LEAD, lead.status, "register", facts_of(lead), actor=actor)
    now = clock.now()
    lead.lead_no = numbering.take(session, "XS", _city_code(session, lead.unit_id), clock.local(now).year)
    lead.status, lead.registered_at, lead.first_claimed_at = passage.target, now, now
    audit.record("leads.registered", KIND, lead.id, actor=actor, label=lead.label)
    hint = _claim(session, lead, None, actor=actor)
    if lead.target_pid is not None:
        _take_over_target(session, lead, lead.target_pid, actor=actor)
    session.flush()
    audit.changes_of(lead)
    touch(KIND, [lead.id])
    return Registration(lead, hint, _filing(lead))


def _claim(session: Session, lead: Lead, before: datetime | None, *, actor: Actor) -> rules.Hint | None:
    """Start the claim now; where somebody stands in the way, put it before the promotion office."""
    now = clock.now()
    lead.first_claimed_at = now
    start_clocks(session, lead, now)
    audit.record(
        "leads.claimed",
        KIND,
        lead.id,
        actor=actor,
        label=lead.label,
        changes={"first_claimed_at": (before, now)},
    )
    rivals = claims.stake(session, lead)
    if not rivals:
        return None
    lc.check(LEAD, lead.status, "duplicate_hit", {}, actor=SYSTEM)
    lead.status = "disputed"
    claims.open_dispute(session, lead, rivals[0], now)
    hint = claims.hint_of(session, rivals[0])
    audit.record(
        "leads.disputed",
        KIND,
        lead.id,
        actor=actor,
        label=lead.label,
        changes={"rival": (None, hint.lead_no)},
    )
    return hint


def _take_over_target(session: Session, lead: Lead, target_pid: str, *, actor: Actor) -> None:
    """The target is won over to a lead, which inherits what was said so far (DOMAIN 5)."""
    target = targets.mark_converted(session, target_pid, lead_id=lead.id, actor=actor)
    activity.inherit(session, (targets.KIND, target.id), subject_of(lead), actor=actor)


def start_clocks(session: Session, lead: Lead, now: datetime) -> None:
    """Protection, response and study days as the version in force has them."""
    today = clock.local(now).date()
    version = terms.on(today)
    days = calendar.present(session)
    lead.terms_version = version.version
    lead.protected_until = rules.add_months(today, version.protection_months)
    lead.respond_due_on = reckon(Timing(now, version.respond), days, now).due_on
    lead.study_due_on = reckon(Timing(now, version.study), days, now).due_on


def follow_up(
    session: Session, public_id: str, values: FollowUpValues, *, version: int | None, actor: Actor
) -> FollowUp:
    """Note a contact with the investor."""
    lead = reachable(session, public_id, access.EDIT, version, actor=actor)
    lc.ensure_open(LEAD, lead.status)
    made = activity.follow_up(session, subject_of(lead), values, actor=actor)
    audit.changes_of(lead)
    return made


def reveal_mobile(session: Session, public_id: str, *, reason: str, actor: Actor) -> str:
    """The contact's whole number, for a stated purpose; every opening is one audit row (DOMAIN 22)."""
    lead = reachable(session, public_id, access.EDIT, None, actor=actor)
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明查看号码的用途。")))
    reveals.record(
        session,
        "leads.mobile_revealed",
        KIND,
        lead.id,
        actor=actor,
        label=lead.contact_person,
        reason=reason.strip(),
    )
    return lead.contact_mobile


def subject_of(lead: Lead) -> activity.Subject:
    spoken = speaking.spoken_with(lead.investor_id)
    return activity.Subject(KIND, lead.id, lead.label, lead.unit_id, lead, spoken)


def reachable(
    session: Session, public_id: str, permission: str, version: int | None, *, actor: Actor
) -> Lead:
    """The lead, locked, if it may be seen and the permission covers it. NotFound, NotPermitted, Conflict."""
    lead = load(session, Lead, public_id, version, where=access.visible_to(actor))
    if not access.covers(actor, permission, lead):
        raise NotPermitted()
    return lead


def facts_of(lead: Lead, **more: Any) -> dict[str, Any]:
    """What the table of steps judges by."""
    names = (*EDITABLE, "specialist_id", "status")
    return {**{name: getattr(lead, name) for name in names}, **more}


def find_investor(session: Session, text: str) -> Enterprise | None:
    """The enterprise of the register that a credit code, stock code or whole name stands for, if just one."""
    wanted = text.strip()
    if not wanted:
        return None
    clause = or_(
        Enterprise.uscc == wanted.upper(),
        Enterprise.stock_code == wanted,
        Enterprise.name == wanted,
        Enterprise.short_name == wanted,
    )
    found = list(session.scalars(select(Enterprise).where(clause).limit(2)))
    return found[0] if len(found) == 1 else None


def _apply(session: Session, lead: Lead, values: Mapping[str, Any], *, actor: Actor) -> None:
    ensure_cleared(values.get("confidentiality"), actor.clearance)
    faults = [
        Fault(name, "negative", _l("这一项不能是负数。"))
        for name in AMOUNTS
        if values.get(name) is not None and values[name] < 0
    ]
    for name in EDITABLE:
        if name in values:
            setattr(lead, name, values[name])
    total, fixed = lead.total_investment_wan, lead.fixed_investment_wan
    if total is not None and fixed is not None and fixed > total:
        faults.append(
            Fault("fixed_investment_wan", "over_total", _l("固定资产投资不能大于拟投总额，请核对两个数。"))
        )
    if faults:
        raise Invalid(faults)
    if "investor_name" in values and values.get("investor_id") is None:
        with session.no_autoflush:
            known = find_investor(session, lead.investor_name)
        lead.investor_id = known.id if known else None
        if known:
            lead.investor_name = known.name


def _filing(lead: Lead) -> bool:
    version = terms.on(clock.today())
    return rules.needs_provincial_filing(lead.total_investment_wan, lead.foreign_usd_wan, version)


def _city_code(session: Session, unit_id: int) -> str:
    """The code of the topmost unit: a number must not tell which unit registered (DOMAIN 1)."""
    path = session.scalar(select(Unit.path).where(Unit.id == unit_id)) or ""
    root = next((int(part) for part in path.split("/") if part), unit_id)
    return session.scalar(select(Unit.code).where(Unit.id == root)) or "XS"
