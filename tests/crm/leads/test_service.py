"""Registration, first claim and disputes on a real database (T26, T27)."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.clock import SHANGHAI
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from core.permissions import Actor
from crm.activity.rules import FollowUpValues
from crm.leads import progress, service
from crm.leads.models import Lead, LeadDispute

Values = Callable[..., dict[str, Any]]
Acting = Callable[[str], Actor]


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI)


def drafted(values: dict[str, Any], actor: Actor) -> str:
    with unit_of_work() as session:
        return service.draft(session, values, actor=actor).public_id


def registered(values: dict[str, Any], actor: Actor) -> service.Registration:
    pid = drafted(values, actor)
    with unit_of_work() as session:
        return service.register(session, pid, version=None, actor=actor)


def test_registration_gives_number_claim_protection_and_clocks(complete: Values, actor: Acting) -> None:
    with clock.frozen(at(2, 9)):
        lead = registered(complete(), actor("spec_a")).lead
    assert lead.lead_no == "XS-SLS-2026-0001"
    assert lead.first_claimed_at == at(2, 9)
    assert lead.protected_until == date(2026, 9, 2)
    assert (lead.respond_due_on, lead.study_due_on) == (date(2026, 3, 3), date(2026, 3, 5))
    assert lead.status == "registered"


def test_second_claimant_learns_number_kind_of_unit_and_date_only(complete: Values, actor: Acting) -> None:
    with clock.frozen(at(2, 9)):
        first = registered(complete(), actor("spec_a")).lead
    with clock.frozen(at(2, 9, 0, 1)):
        second = registered(
            complete(investor_name="时代电池（乙区）有限公司", group_name="宁德时代集团"), actor("spec_b")
        )
    assert second.hint is not None
    assert (second.hint.lead_no, second.hint.unit_kind, second.hint.claimed_on) == (
        first.lead_no, "zone", date(2026, 3, 2),
    )  # fmt: skip
    assert set(vars(second.hint)) == {"lead_no", "unit_kind", "claimed_on"}
    assert second.lead.status == "disputed"


def test_ruling_is_due_within_five_working_days(complete: Values, actor: Acting, session: Session) -> None:
    with clock.frozen(at(2, 9)):
        registered(complete(), actor("spec_a"))
    with clock.frozen(at(2, 9, 0, 1)):
        registered(complete(), actor("spec_b"))
    assert session.scalars(select(LeadDispute.due_on)).one() == date(2026, 3, 9)


def test_a_draft_claims_nothing(complete: Values, actor: Acting) -> None:
    spec = actor("spec_a")
    with clock.frozen(at(2, 8)):
        pid = drafted(complete(), spec)
    with clock.frozen(at(2, 9)):
        assert registered(complete(), actor("spec_b")).hint is None
    with clock.frozen(at(2, 9, 30)), unit_of_work() as session:
        late = service.register(session, pid, version=None, actor=spec)
        assert late.hint is not None
        assert late.lead.status == "disputed"


def test_another_amount_keeps_the_claim_another_investor_restarts_it(complete: Values, actor: Acting) -> None:
    spec = actor("spec_a")
    with clock.frozen(at(2, 9)):
        lead = registered(complete(), spec).lead
    with clock.frozen(at(3, 9)), unit_of_work() as session:
        changed = {"total_investment_wan": Decimal(60000)}
        kept = service.update(session, lead.public_id, changed, version=lead.version, actor=spec).lead
        assert kept.first_claimed_at == at(2, 9)
    with clock.frozen(at(4, 9)), unit_of_work() as session:
        other = {"investor_name": "衡曜新能源有限公司", "investor_id": None, "group_name": ""}
        restarted = service.update(session, lead.public_id, other, version=None, actor=spec).lead
        assert restarted.first_claimed_at == at(4, 9)
        assert restarted.protected_until == date(2026, 9, 4)


def test_moving_to_a_claimed_link_is_found_out(complete: Values, actor: Acting, nodes: list[int]) -> None:
    spec_b = actor("spec_b")
    registered(complete(), actor("spec_a"))
    lead = registered(complete(chain_node_id=nodes[1]), spec_b)
    assert lead.hint is None
    with unit_of_work() as session:
        moved = service.update(
            session, lead.lead.public_id, {"chain_node_id": nodes[0]}, version=None, actor=spec_b
        )
        assert moved.hint is not None
        assert moved.lead.status == "disputed"


def test_an_incomplete_draft_is_refused_with_everything_it_lacks(actor: Acting) -> None:
    spec = actor("spec_a")
    pid = drafted({"investor_name": "衡曜新能源"}, spec)
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        service.register(session, pid, version=None, actor=spec)
    assert {gap.field for gap in refused.value.missing} == {
        "source", "content", "chain_node_id", "total_investment_wan",
    }  # fmt: skip


def test_fixed_above_total_and_negative_amounts_are_refused(complete: Values, actor: Acting) -> None:
    wrong = complete(total_investment_wan=Decimal(5000), fixed_investment_wan=Decimal(6000), est_jobs=-1)
    with pytest.raises(Invalid) as refused:
        drafted(wrong, actor("spec_a"))
    assert {fault.field for fault in refused.value.faults} == {"fixed_investment_wan", "est_jobs"}


def test_other_units_do_not_find_the_lead(complete: Values, actor: Acting) -> None:
    lead = registered(complete(), actor("spec_a")).lead
    for name in ("spec_b", "head_b", "desk_a", "admin"):
        who = actor(name)
        with pytest.raises(NotFound), unit_of_work() as session:
            service.update(session, lead.public_id, {"content": "改"}, version=None, actor=who)


def test_a_leader_reads_but_does_not_change(complete: Values, actor: Acting) -> None:
    lead = registered(complete(), actor("spec_a")).lead
    leader = actor("leader")
    with pytest.raises(NotPermitted), unit_of_work() as session:
        service.update(session, lead.public_id, {"content": "改"}, version=None, actor=leader)


def test_a_stale_version_is_a_conflict(complete: Values, actor: Acting) -> None:
    spec = actor("spec_a")
    lead = registered(complete(), spec).lead
    with pytest.raises(Conflict), unit_of_work() as session:
        service.update(session, lead.public_id, {"content": "改"}, version=lead.version - 1, actor=spec)


def _disputed(complete: Values, actor: Acting) -> tuple[str, str, str]:
    first = registered(complete(), actor("spec_a")).lead
    second = registered(complete(), actor("spec_b")).lead
    with unit_of_work() as session:
        dispute = progress.dispute_of(session, session.get_one(Lead, second.id))
        return first.public_id, second.public_id, dispute.public_id


@pytest.mark.parametrize(
    ("outcome", "first_state", "second_state"),
    [
        ("first", "registered", "closed"),
        ("second", "closed", "registered"),
        ("both", "registered", "registered"),
    ],
)
def test_the_promotion_office_rules(
    complete: Values, actor: Acting, session: Session, outcome: str, first_state: str, second_state: str
) -> None:
    office = actor("office")
    first, second, dispute = _disputed(complete, actor)
    with unit_of_work() as writing:
        progress.rule(writing, dispute, outcome, "查会谈纪要，按登记时间裁定。", version=None, actor=office)
    states = {
        pid: session.scalar(select(Lead.status).where(Lead.public_id == pid)) for pid in (first, second)
    }
    assert states == {first: first_state, second: second_state}
    with pytest.raises(Refused), unit_of_work() as writing:
        progress.rule(writing, dispute, "both", "再裁一次", version=None, actor=office)


def test_parties_do_not_rule_on_their_own_dispute(complete: Values, actor: Acting) -> None:
    _first, _second, dispute = _disputed(complete, actor)
    for name in ("head_a", "head_b", "spec_b", "leader"):
        who = actor(name)
        with pytest.raises(NotPermitted), unit_of_work() as writing:
            progress.rule(writing, dispute, "second", "归我", version=None, actor=who)


def test_from_response_to_assignment(complete: Values, actor: Acting, world: Any) -> None:
    head, spec_id = actor("head_a"), world.account("spec_a2").id
    lead = registered(complete(), actor("spec_a")).lead
    with unit_of_work() as session:
        progress.respond(session, lead.public_id, spec_id, version=None, actor=head)
    with unit_of_work() as session:
        progress.study(session, lead.public_id, "study_follow", "环节缺口，值得跟", version=None, actor=head)
    with unit_of_work() as session:
        done = progress.assign(session, lead.public_id, spec_id, version=None, actor=head)
        assert (done.status, done.specialist_id) == ("negotiating", spec_id)


def test_a_specialist_of_another_unit_is_refused(complete: Values, actor: Acting, world: Any) -> None:
    head, foreign = actor("head_a"), world.account("spec_b").id
    lead = registered(complete(), actor("spec_a")).lead
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        progress.respond(session, lead.public_id, foreign, version=None, actor=head)
    assert refused.value.faults[0].code == "not_of_unit"


def negotiating(complete: Values, actor: Acting, world: Any) -> Lead:
    head, spec_id = actor("head_a"), world.account("spec_a").id
    lead = registered(complete(), actor("spec_a")).lead
    with unit_of_work() as session:
        progress.respond(session, lead.public_id, spec_id, version=None, actor=head)
        progress.study(session, lead.public_id, "study_follow", "值得跟", version=None, actor=head)
        return progress.assign(session, lead.public_id, spec_id, version=None, actor=head)


def test_a_follow_up_keeps_last_and_next_contact(complete: Values, actor: Acting, world: Any) -> None:
    spec = actor("spec_a")
    with clock.frozen(at(2, 9)):
        lead = negotiating(complete, actor, world)
    said = FollowUpValues(
        at(9, 10),
        "visit",
        ["周予安"],
        ["江听澜（副总）"],
        "看了厂房，要 110 kV",
        "送供电方案",
        date(2026, 3, 16),
    )
    with clock.frozen(at(9, 18)), unit_of_work() as session:
        service.follow_up(session, lead.public_id, said, version=None, actor=spec)
        kept = session.get_one(Lead, lead.id)
        assert (kept.last_contact_on, kept.next_contact_on, kept.next_step) == (
            date(2026, 3, 9), date(2026, 3, 16), "送供电方案",
        )  # fmt: skip


def test_every_verb_is_audited_and_marks_the_document(
    complete: Values, actor: Acting, world: Any, session: Session
) -> None:
    lead = negotiating(complete, actor, world)
    actions = set(
        session.scalars(
            select(AuditEntry.action).where(AuditEntry.kind == "lead", AuditEntry.record_id == lead.id)
        )
    )
    assert {
        "leads.drafted", "leads.registered", "leads.claimed", "leads.respond", "leads.study_follow", "leads.assign",
    } <= actions  # fmt: skip
    marks = session.scalar(
        select(func.count()).select_from(SearchDoc).where(SearchDoc.kind == "lead", SearchDoc.id == lead.id)
    )
    assert marks == 1
