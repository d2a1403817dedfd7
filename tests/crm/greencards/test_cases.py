"""A service case on the real database: order, pauses, terms, people, closing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from crm.greencards import case_queries, case_service, task_force
from crm.greencards.models import CaseStep, GreenCard, ServiceCase, StepPause
from tests.support.greencards import Desk


def step(session: Session, code: str) -> CaseStep:
    session.rollback()
    return session.scalars(
        select(CaseStep).where(CaseStep.code == code).execution_options(populate_existing=True)
    ).one()


def do(desk: Desk, code: str, verb: str, by: str = "spec_a", **more: object) -> str:
    found, actor = step(desk.session, code), desk.actor(by)
    with unit_of_work() as writing:
        call = getattr(case_service, verb)
        return call(writing, found.public_id, version=found.version, actor=actor, **more).status


def test_a_step_does_not_start_before_those_it_depends_on(desk: Desk) -> None:
    desk.issued()
    with pytest.raises(Refused) as refusal:
        do(desk, "construction", "start")
    assert refusal.value.missing[0].code == "blocked"
    assert "规划、用地、环评、能评" in str(refusal.value.missing[0].message)


def test_parallel_steps_run_side_by_side_once_filing_is_done(desk: Desk) -> None:
    desk.issued()
    with pytest.raises(Refused):
        do(desk, "planning", "start")
    do(desk, "filing", "start")
    do(desk, "filing", "finish", evidence="川投资备〔2026〕12号")
    assert {do(desk, code, "start") for code in ("planning", "land", "eia", "energy")} == {"running"}


def test_finishing_needs_something_to_show(desk: Desk) -> None:
    desk.issued()
    do(desk, "filing", "start")
    with pytest.raises(Refused) as refusal:
        do(desk, "filing", "finish", evidence=" ")
    assert refusal.value.missing[0].field == "evidence"
    with pytest.raises(Refused):
        do(desk, "planning", "finish", evidence="先办")


def test_a_pause_says_whose_it_is_and_only_some_stop_the_clock(desk: Desk, session: Session) -> None:
    desk.issued()
    do(desk, "filing", "start")
    assert step(session, "filing").due_at is not None
    assert do(desk, "filing", "pause", cause="enterprise_papers", reason="缺能耗数据") == "paused"
    rest = session.scalars(select(StepPause)).one()
    assert (rest.party, rest.stops_clock, rest.ended_at) == ("enterprise", True, None)
    assert step(session, "filing").due_at is None
    assert do(desk, "filing", "resume") == "running"
    do(desk, "filing", "pause", cause="department", reason="经办人出差")
    parties = [rest.party for rest in session.scalars(select(StepPause).order_by(StepPause.id))]
    assert parties == ["enterprise", "department"]


def test_lateness_is_the_departments_only_when_it_is(desk: Desk, session: Session, frozen) -> None:
    with frozen(datetime(2026, 11, 2, 10)):
        desk.issued()
        do(desk, "filing", "start")
        do(desk, "filing", "pause", cause="enterprise_papers", reason="等补正")
    with frozen(datetime(2026, 11, 20, 10)):
        case = case_queries.get(
            session, session.scalars(select(ServiceCase.public_id)).one(), actor=desk.actor("spec_a")
        )
        line = next(line for line in case_queries.lines_of(session, case) if line.code == "filing")
        assert not line.late
        assert "已暂停" in line.chip
        do(desk, "filing", "resume")
    with frozen(datetime(2026, 11, 30, 10)):
        case = case_queries.get(session, case.public_id, actor=desk.actor("spec_a"))
        line = next(line for line in case_queries.lines_of(session, case) if line.code == "filing")
        assert line.late
        assert line.tone == "late"


def test_promised_days_are_proposals_until_confirmed_and_never_longer_than_the_law(
    desk: Desk, session: Session
) -> None:
    desk.issued()
    assert step(session, "filing").promised_proposed
    do(desk, "filing", "promise", promised_wd=2, owner_text="市发展改革委")
    assert not step(session, "filing").promised_proposed
    admin = desk.actor("admin")
    with unit_of_work() as writing:
        case_service.set_term(writing, "filing", legal_wd=5, legal_basis="某条例第 3 条", actor=admin)
    assert step(session, "filing").legal_wd == 5
    with pytest.raises(Invalid) as refusal:
        do(desk, "filing", "promise", promised_wd=9, owner_text="市发展改革委")
    assert refusal.value.faults[0].code == "over_legal"


def test_legal_days_are_entered_by_administrators_only(desk: Desk) -> None:
    for username in ("spec_a", "head_a", "office", "leader"):
        actor = desk.actor(username)
        with pytest.raises(NotPermitted), unit_of_work() as writing:
            case_service.set_term(writing, "filing", legal_wd=5, legal_basis="某条例第 3 条", actor=actor)


def test_the_other_zone_finds_nothing(desk: Desk, session: Session) -> None:
    desk.issued()
    pid = session.scalars(select(ServiceCase.public_id)).one()
    for username in ("spec_b", "head_b", "desk_b"):
        with pytest.raises(NotFound):
            case_queries.get(session, pid, actor=desk.actor(username))
        with pytest.raises(NotFound):
            do(desk, "filing", "start", by=username)
    assert case_queries.get(session, pid, actor=desk.actor("leader")).public_id == pid
    with pytest.raises(NotPermitted):
        do(desk, "filing", "start", by="leader")


def test_a_stale_step_is_a_conflict(desk: Desk, session: Session) -> None:
    desk.issued()
    found, actor = step(session, "filing"), desk.actor("spec_a")
    do(desk, "filing", "start")
    with pytest.raises(Conflict), unit_of_work() as writing:
        case_service.start(writing, found.public_id, version=1, actor=actor)


def test_members_have_a_telephone_and_opening_it_is_audited(desk: Desk, session: Session) -> None:
    desk.issued()
    pid, actor = session.scalars(select(ServiceCase.public_id)).one(), desk.actor("spec_a")
    with pytest.raises(Invalid) as refusal, unit_of_work() as writing:
        task_force.add(writing, pid, duty="member", name="韩叙", unit_text="市发改委", phone="", actor=actor)
    assert refusal.value.faults[0].field == "phone"
    with unit_of_work() as writing:
        member = task_force.add(
            writing, pid, duty="member", name="韩叙", unit_text="市发改委", phone="0816-2200011", actor=actor
        )
    with pytest.raises(Invalid), unit_of_work() as writing:
        task_force.reveal_phone(writing, member.public_id, reason="", actor=actor)
    with unit_of_work() as writing:
        number = task_force.reveal_phone(writing, member.public_id, reason="会商", actor=actor)
    assert number.endswith("2200011")


def close(desk: Desk, session: Session, **more: object) -> str:
    session.rollback()
    case, actor = session.scalars(select(ServiceCase)).one(), desk.actor("spec_a")
    values = {
        "production_on": clock.today(), "satisfaction": 3, "evaluation": "很及时", "archive_no": "DA-1", **more,
    }  # fmt: skip
    version = case.version
    with unit_of_work() as writing:
        return case_service.close(writing, case.public_id, version=version, actor=actor, **values).status


def test_closing_needs_production_evaluation_archive_and_every_step(desk: Desk, session: Session) -> None:
    card = desk.issued()
    with pytest.raises(Refused) as refusal:
        close(desk, session, production_on=None, satisfaction=None, archive_no="")
    assert {gap.field for gap in refusal.value.missing} == {
        "production_on", "satisfaction", "archive_no", None,
    }  # fmt: skip
    order = [
        found.code for found in session.scalars(select(CaseStep).order_by(CaseStep.position))
        if found.status == "waiting"
    ]  # fmt: skip
    for code in order:
        if code == "energy":
            do(desk, code, "skip", reason="年综合能耗不足，免于审查")
            continue
        do(desk, code, "start")
        do(desk, code, "finish", evidence="批复")
    assert close(desk, session) == "closed"
    session.rollback()
    found = session.scalars(select(GreenCard).where(GreenCard.public_id == card)).one()
    assert found.valid_to is not None and found.valid_to > clock.today() + timedelta(days=360)
    with pytest.raises(Refused):
        do(desk, "filing", "reopen_step", reason="要重办")


def test_a_step_goes_back_only_before_later_ones_have_begun(desk: Desk) -> None:
    desk.issued()
    do(desk, "filing", "start")
    do(desk, "filing", "finish", evidence="文号")
    do(desk, "land", "start")
    with pytest.raises(Refused) as refusal:
        do(desk, "filing", "reopen_step", reason="文号有误")
    assert "用地" in str(refusal.value.missing[0].message)


def test_a_handover_on_the_project_is_one_in_the_task_force(
    desk: Desk, session: Session, edit_project: Callable[..., None]
) -> None:
    desk.issued()
    successor = desk.world.account("spec_a2")
    edit_project("a", specialist_id=successor.id)
    session.rollback()
    case = session.scalars(select(ServiceCase).execution_options(populate_existing=True)).one()
    session.refresh(case.project)
    row = next(member for member in case.members if member.duty == "specialist")
    assert (case.specialist.name, row.shown_name) == (successor.name, successor.name)
