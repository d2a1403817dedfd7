"""What happens to a registered lead: response, study, assignment, renewal, ruling, end, conversion."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, calendar, clock
from core import lifecycle as lc
from core.accounts import queries as people
from core.accounts.models import Account
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, NotFound, NotPermitted, Refused
from core.i18n import lazy as _l
from core.notify import notify, words
from core.permissions import SYSTEM, Actor, ensure_cleared
from crm.leads import access, claims, rules, terms
from crm.leads.lifecycle import LEAD
from crm.leads.models import Lead, LeadDispute
from crm.leads.service import KIND, facts_of, reachable, start_clocks

STUDY_VERBS = ("study_follow", "study_ask", "study_decline")

words("leads.assigned", _l("线索 %(number)s 分派给您。"), _l("线索分派给自己"))


def respond(
    session: Session, public_id: str, specialist_id: int | None, *, version: int | None, actor: Actor
) -> Lead:
    """Answer within the day and name one person."""
    lead = reachable(session, public_id, access.RESPOND, version, actor=actor)
    _name_specialist(session, lead, specialist_id)
    return _step(session, lead, "respond", {}, actor=actor, responded_at=clock.now())


def study(
    session: Session, public_id: str, verb: str, note: str, *, version: int | None, actor: Actor
) -> Lead:
    """Follow, ask for more, or decline; each with an opinion."""
    if verb not in STUDY_VERBS:
        raise Invalid(Fault("verb", "unknown", _l("请选择研判结论。")))
    lead = reachable(session, public_id, access.STUDY, version, actor=actor)
    stamps: dict[str, Any] = {"study_note": note.strip()}
    if verb != "study_ask":
        stamps["studied_at"] = clock.now()
    done = _step(session, lead, verb, {"study_note": note}, actor=actor, reason=note, **stamps)
    if LEAD.closed(done.status):
        claims.release(session, done)
    return done


def assign(
    session: Session, public_id: str, specialist_id: int | None, *, version: int | None, actor: Actor
) -> Lead:
    """Hand the lead to one specialist of its unit; talks begin. Later calls change the specialist."""
    lead = reachable(session, public_id, access.ASSIGN, version, actor=actor)
    before = lead.specialist_id
    _name_specialist(session, lead, specialist_id)
    if lead.status == "negotiating":
        audit.record(
            "leads.assigned", KIND, lead.id, actor=actor, label=lead.label,
            changes={"specialist_id": (before, lead.specialist_id)},
        )  # fmt: skip
        session.flush()
        touch(KIND, [lead.id])
    else:
        _step(session, lead, "assign", {}, actor=actor)
    if lead.specialist_id and lead.specialist_id != actor.account_id:
        params = {"number": lead.lead_no or ""}
        notify(session, [lead.specialist_id], "leads.assigned", params, f"/leads/{lead.public_id}")
    return lead


def renew(session: Session, public_id: str, evidence: str, *, version: int | None, actor: Actor) -> Lead:
    """Prolong the protection once, in its last working days, on evidence of real progress."""
    lead = reachable(session, public_id, access.RENEW, version, actor=actor)
    rules_now = terms.on(clock.today())
    until = lead.protected_until or clock.today()
    left = calendar.present(session).count_workdays(clock.today(), until).days
    facts = {
        "evidence": evidence,
        "renewals_left": max(0, rules_now.renewal_times - lead.renewals),
        "renewal_window_wd": rules_now.renewal_window_wd,
        "in_renewal_window": clock.today() <= until and left <= rules_now.renewal_window_wd,
    }
    prolonged = rules.add_months(until, rules_now.renewal_months)
    return _step(
        session, lead, "renew", facts, actor=actor, reason=evidence,
        protected_until=prolonged, renewals=lead.renewals + 1,
    )  # fmt: skip


def terminate(session: Session, public_id: str, reason: str, *, version: int | None, actor: Actor) -> Lead:
    """End a lead with a reason; its claim ends too."""
    lead = reachable(session, public_id, access.TERMINATE, version, actor=actor)
    done = _step(
        session, lead, "terminate", {"reason": reason}, actor=actor, reason=reason, end_reason=reason.strip()
    )
    claims.release(session, done)
    return done


def rule(
    session: Session,
    dispute_pid: str,
    outcome: str,
    reason: str,
    *,
    version: int | None,
    actor: Actor,
) -> LeadDispute:
    """The promotion office rules who keeps the claim; the record stays (DOMAIN 24.13)."""
    dispute = load(session, LeadDispute, dispute_pid, version)
    lead, first = dispute.lead, dispute.first_lead
    if not access.covers(actor, access.RULE, lead) or not access.covers(actor, access.RULE, first):
        raise NotPermitted()
    if dispute.ruled_at is not None:
        raise Refused([Missing(None, "ruled", _l("这起争议已经裁定，不能再改。"))])
    if outcome not in rules.OUTCOME_LABELS:
        raise Invalid(Fault("outcome", "unknown", _l("请选择裁定结果。")))
    if outcome == "second" and LEAD.closed(first.status):
        raise Refused(
            [Missing("outcome", "first_closed", _l("首报线索已转项目或已结束，不能改归后报单位。"))]
        )
    _settle_claims(session, lead, first, outcome, reason, actor=actor)
    dispute.outcome, dispute.reason = outcome, reason.strip()
    dispute.ruled_at, dispute.ruled_by = clock.now(), actor.account_id
    session.flush()
    for each in (lead, first):
        people = {number for number in (each.specialist_id, each.created_by) if number is not None}
        notify(session, people, "leads.ruled", {"number": each.lead_no or ""}, f"/leads/{each.public_id}")
    return dispute


def _settle_claims(
    session: Session, lead: Lead, first: Lead, outcome: str, reason: str, *, actor: Actor
) -> None:
    """The loser's lead ends and frees its claim; the keeper's clocks start anew."""
    if outcome == "first":
        _step(
            session,
            lead,
            "dismiss",
            {"reason": reason},
            actor=actor,
            reason=reason,
            end_reason=reason.strip(),
        )
        claims.release(session, lead)
    else:
        start_clocks(session, lead, clock.now())
        _step(session, lead, "uphold", {"reason": reason}, actor=actor, reason=reason)
    if outcome == "second":
        _step(
            session, first, "terminate", {"reason": reason}, actor=SYSTEM, deed_by=actor, reason=reason,
            end_reason=reason.strip(),
        )  # fmt: skip
        claims.release(session, first)


def mark_converted(session: Session, lead: Lead, *, actor: Actor) -> Lead:
    """Close the lead because it became a project (called by the project's verb, in its transaction)."""
    if not access.covers(actor, access.CONVERT, lead):
        raise NotPermitted()
    return _step(session, lead, "convert", {}, actor=actor)


def expire_silent(session: Session, *, actor: Actor = SYSTEM) -> int:
    """Close leads without a follow-up for too long; how many. For the nightly schedule."""
    today = clock.today()
    version = terms.on(today)
    closed = 0
    for lead in session.scalars(select(Lead).where(Lead.status.in_(("follow", "negotiating"))).limit(500)):
        claimed = clock.local(lead.first_claimed_at).date() if lead.first_claimed_at else today
        last = max(lead.last_contact_on or claimed, claimed)
        if rules.silence_state(last, today, version) == "expire":
            _step(session, lead, "expire", {}, actor=actor, end_reason=f"{(today - last).days}")
            claims.release(session, lead)
            closed += 1
    return closed


def _name_specialist(session: Session, lead: Lead, specialist_id: int | None) -> None:
    if specialist_id is None:
        return
    if specialist_id not in {account.id for account in people.staff_below(session, lead.unit_id)}:
        raise Invalid(Fault("specialist_id", "not_of_unit", _l("专员要从本单位在岗人员里选。")))
    ensure_cleared(lead.confidentiality, session.get_one(Account, specialist_id).clearance, "specialist_id")
    lead.specialist_id = specialist_id


def _step(
    session: Session,
    lead: Lead,
    verb: str,
    facts: dict[str, Any],
    *,
    actor: Actor,
    deed_by: Actor | None = None,
    reason: str = "",
    **stamps: Any,
) -> Lead:
    """Take one step of the table and note it. `deed_by` is who is named where the system acts for him."""
    passage = lc.check(LEAD, lead.status, verb, {**facts_of(lead), **facts}, actor=actor)
    lead.status = passage.target
    for name, value in stamps.items():
        setattr(lead, name, value)
    changes = audit.changes_of(lead)
    session.flush()
    audit.record(
        f"leads.{verb}", KIND, lead.id, actor=deed_by or actor, label=lead.label, changes=changes,
        reason=reason.strip(),
    )  # fmt: skip
    touch(KIND, [lead.id])
    return lead


def dispute_of(session: Session, lead: Lead) -> LeadDispute:
    """The dispute that a lead stands in, as second or as first. Raises NotFound."""
    statement = (
        select(LeadDispute)
        .where((LeadDispute.lead_id == lead.id) | (LeadDispute.first_lead_id == lead.id))
        .order_by(LeadDispute.ruled_at.is_not(None), LeadDispute.id.desc())
    )
    found = session.scalars(statement).first()
    if found is None:
        raise NotFound()
    return found
