"""A card through its levels: who may, who may not, what is kept. On the real database."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from crm.greencards import service, uses
from crm.greencards.models import CardReview, GreenCard, ServiceCase
from tests.support.greencards import Desk


def codes(error: Refused | Invalid) -> set[str]:
    return {part.code for part in (error.missing if isinstance(error, Refused) else error.faults)}


def test_three_different_people_bring_a_card_to_life(desk: Desk, session: Session) -> None:
    pid = desk.issued()
    card = desk.card(pid)
    assert (card.status, card.card_no) == ("valid", f"LK-GXQ-{clock.today().year}-0001")
    assert card.token is not None and len(card.token) >= 32
    assert card.basis_version == "project_card_2023"
    acts = session.scalars(select(CardReview).order_by(CardReview.id)).all()
    assert [(act.level, act.passed) for act in acts] == [
        ("apply", True), ("first_review", True), ("review", True), ("approve", True),
    ]  # fmt: skip
    assert len({act.account_id for act in acts}) == 4
    deeds = session.scalars(
        select(AuditEntry.action).where(AuditEntry.kind == "green_card").order_by(AuditEntry.seq)
    ).all()
    assert deeds == [
        "greencards.applied", "greencards.passed_first_review", "greencards.passed_review",
        "greencards.passed_approve",
    ]  # fmt: skip
    assert session.scalar(select(SearchDoc.version).where(SearchDoc.kind == "green_card")) == 4
    assert "token" not in str(session.scalars(select(AuditEntry.changes)).all())


def test_the_same_person_is_refused_at_the_second_review(desk: Desk, session: Session) -> None:
    pid = desk.apply()
    with unit_of_work() as writing:
        card = writing.scalars(select(GreenCard)).one()
        card.reviews.append(
            CardReview(
                round=1, level="first_review", passed=True, account_name="秦",
                account_id=desk.world.account("office").id,
            )
        )  # fmt: skip
        card.status = "first_reviewed"
    with pytest.raises(Refused) as refusal:
        desk.passed(pid, "office")
    assert codes(refusal.value) == {"same_person"}


def test_nobody_reviews_what_he_applied_for(desk: Desk) -> None:
    pid = desk.apply()
    with unit_of_work() as writing:
        card = writing.scalars(select(GreenCard)).one()
        card.reviews[0].account_id = desk.world.account("head_a").id
    with pytest.raises(Refused) as refusal:
        desk.passed(pid, "head_a")
    assert codes(refusal.value) == {"same_person"}


def test_a_level_is_passed_only_by_those_who_hold_it(desk: Desk) -> None:
    pid = desk.apply()
    for username in ("spec_a2", "desk_a", "office", "gov", "leader"):
        with pytest.raises(NotPermitted):
            desk.passed(pid, username)
    for username in ("head_b", "spec_b"):
        with pytest.raises(NotFound):
            desk.passed(pid, username)
    assert desk.passed(pid, "head_a") == "first_reviewed"
    with pytest.raises(NotPermitted):
        desk.passed(pid, "head_a")


def test_approval_needs_a_document_and_a_day_ahead(desk: Desk) -> None:
    pid = desk.apply()
    desk.passed(pid, "head_a")
    desk.passed(pid, "office")
    with pytest.raises(Refused) as refusal:
        desk.passed(pid, "gov")
    assert {gap.field for gap in refusal.value.missing} == {"doc_no", "valid_to"}
    with pytest.raises(Refused) as refusal:
        desk.passed(pid, "gov", doc_no="示府绿卡〔2026〕3号", valid_to=clock.today())
    assert codes(refusal.value) == {"ends_too_early"}


def test_a_project_without_a_formal_contract_gets_no_card(
    desk: Desk, edit_project: Callable[..., None]
) -> None:
    edit_project("a", agreement_kind="framework")
    with pytest.raises(Invalid) as refusal:
        desk.apply()
    assert codes(refusal.value) == {"not_eligible"}


def test_a_project_below_the_threshold_gets_no_card(desk: Desk, edit_project: Callable[..., None]) -> None:
    edit_project("a", total_investment_wan=Decimal("49999"))
    with pytest.raises(Invalid) as refusal:
        desk.apply()
    assert "5 亿元" in str(refusal.value.faults[0].message)


def test_a_project_that_shrinks_before_approval_is_stopped(
    desk: Desk, edit_project: Callable[..., None]
) -> None:
    pid = desk.apply()
    edit_project("a", total_investment_wan=Decimal("49999"))
    with pytest.raises(Refused) as refusal:
        desk.passed(pid, "head_a")
    assert codes(refusal.value) == {"not_eligible"}


def test_a_living_card_needs_the_works_started_and_a_holder(
    desk: Desk, edit_project: Callable[..., None]
) -> None:
    with pytest.raises(Invalid) as refusal:
        desk.apply(kind="living")
    assert codes(refusal.value) == {"required", "not_eligible"}
    edit_project("a", started_on=clock.today())
    assert desk.apply(kind="living", holder_person="江听澜")


def test_a_second_card_of_the_kind_is_refused_while_one_stands(desk: Desk) -> None:
    desk.apply()
    with pytest.raises(Invalid) as refusal:
        desk.apply()
    assert codes(refusal.value) == {"stands_already"}


def test_rejected_with_a_reason_and_applied_for_again(desk: Desk, session: Session) -> None:
    pid = desk.apply()
    with pytest.raises(Refused), unit_of_work() as writing:
        service.reject(writing, pid, version=desk.card(pid).version, reason=" ", actor=desk.actor("head_a"))
    head, version = desk.actor("head_a"), desk.card(pid).version
    with unit_of_work() as writing:
        service.reject(writing, pid, version=version, reason="缺合同扫描件", actor=head)
    assert desk.card(pid).status == "rejected"
    spec, version = desk.actor("spec_a"), desk.card(pid).version
    with unit_of_work() as writing:
        service.reapply(writing, pid, version=version, reason="已补合同扫描件", actor=spec)
    assert (desk.card(pid).status, desk.card(pid).round) == ("applied", 2)
    assert desk.passed(pid, "head_a") == "first_reviewed"


def test_a_stale_form_is_a_conflict(desk: Desk) -> None:
    pid = desk.apply()
    head = desk.actor("head_a")
    desk.passed(pid, "head_a")
    with pytest.raises(Conflict), unit_of_work() as writing:
        service.pass_level(writing, pid, version=1, actor=head)


def turn(desk: Desk, pid: str, verb: str, by: str = "office") -> str:
    version, actor = desk.card(pid).version, desk.actor(by)
    with unit_of_work() as writing:
        return service.turn(writing, pid, verb, version=version, reason="核查中", actor=actor).status


def test_suspended_resumed_and_revoked_for_good(desk: Desk) -> None:
    pid = desk.issued()
    with pytest.raises(NotPermitted):
        turn(desk, pid, "suspend", by="head_a")
    assert turn(desk, pid, "suspend") == "suspended"
    assert turn(desk, pid, "resume") == "valid"
    assert turn(desk, pid, "revoke") == "revoked"
    with pytest.raises(Refused) as refusal:
        turn(desk, pid, "resume")
    assert codes(refusal.value) == {"closed"}


def test_uses_are_noted_only_while_the_card_is_valid(desk: Desk) -> None:
    pid, clerk = desk.issued(), desk.actor("desk_a")
    with unit_of_work() as writing:
        uses.record(
            writing, pid, used_on=clock.today(), matter="高管子女入学", window="教育局窗口", taken_wd=3,
            actor=clerk,
        )  # fmt: skip
    turn(desk, pid, "suspend")
    with pytest.raises(Invalid) as refusal, unit_of_work() as writing:
        uses.record(
            writing, pid, used_on=clock.today(), matter="环评变更", window="窗口", taken_wd=None, actor=clerk
        )
    assert codes(refusal.value) == {"not_valid"}


def test_cards_past_their_day_expire(desk: Desk) -> None:
    pid = desk.issued()
    with unit_of_work() as writing:
        writing.scalars(select(GreenCard)).one().valid_to = clock.today() - timedelta(days=1)
    with unit_of_work() as writing:
        assert service.expire_due(writing) == 1
    assert desk.card(pid).status == "expired"


def test_approval_opens_one_case_with_people_and_checklist(desk: Desk, session: Session) -> None:
    desk.issued()
    case = session.scalars(select(ServiceCase)).one()
    assert {(member.duty, bool(member.phone)) for member in case.members} == {
        ("leader", True), ("specialist", True),
    }  # fmt: skip
    states = {step.code: step.status for step in case.steps}
    assert (states["signing"], states["registration"], states["filing"]) == ("done", "done", "waiting")
    assert all(step.legal_wd is None for step in case.steps)
    assert all(step.promised_proposed for step in case.steps)
