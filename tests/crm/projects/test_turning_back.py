"""Steps against the current: back by approval of another person, a pause and its return."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.errors import Invalid, NotFound, NotPermitted, Refused
from core.notify import Notice
from crm.projects import stages, turning
from crm.projects.models import Project
from crm.projects.stages import StepInput
from tests.crm.projects.test_service import TODAY, Acting, Make, signed


def test_going_back_needs_approval_and_keeps_the_log(
    make_project: Make, actor: Acting, session: Session
) -> None:
    pid, spec, head = signed(make_project, actor), actor("spec_a"), actor("head_a")
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        stages.take(writing, pid, "rollback", StepInput(), version=None, actor=spec)
    given = StepInput(reason="合同条款重谈", approval="示经合〔2026〕9号")
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        stages.take(writing, pid, "rollback", given, version=None, actor=head)
    assert [gap.code for gap in refused.value.missing] == ["not_asked"]
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        turning.ask(writing, pid, "rollback", StepInput(), version=None, actor=spec)
    assert {gap.field for gap in refused.value.missing} == {"reason", "approval"}
    with unit_of_work() as writing:
        request_pid = turning.ask(writing, pid, "rollback", given, version=None, actor=spec).public_id
        assert writing.scalars(select(Project.stage).where(Project.public_id == pid)).one() == "signed"
    with unit_of_work() as writing:
        turning.decide(writing, pid, request_pid, True, "同意", version=None, actor=head)
        project = writing.scalars(select(Project).where(Project.public_id == pid)).one()
        assert (project.stage, project.signed_on) == ("admitted", None)
        assert [entry.verb for entry in project.stage_log] == ["admit", "sign", "rollback"]
        assert project.stage_log[1].actual_on == TODAY


def test_nobody_approves_his_own_request_to_go_back(
    make_project: Make, actor: Acting, session: Session
) -> None:
    pid, head, spec = signed(make_project, actor), actor("head_a"), actor("spec_a")
    given = StepInput(reason="合同条款重谈", approval="示经合〔2026〕9号")
    with unit_of_work() as writing:
        request_pid = turning.ask(writing, pid, "rollback", given, version=None, actor=head).public_id
    for name in ("head_a", "spec_a", "spec_a2", "desk_a"):
        by = actor(name)
        with pytest.raises((NotPermitted, NotFound)), unit_of_work() as writing:
            turning.decide(writing, pid, request_pid, True, "同意", version=None, actor=by)
    with pytest.raises(NotFound), unit_of_work() as writing:
        turning.decide(writing, pid, request_pid, True, "同意", version=None, actor=actor("head_b"))
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        turning.ask(writing, pid, "rollback", given, version=None, actor=spec)
    assert [gap.code for gap in refused.value.missing] == ["open"]
    with pytest.raises(Invalid), unit_of_work() as writing:
        turning.decide(writing, pid, request_pid, False, "", version=None, actor=actor("office"))
    with unit_of_work() as writing:
        turning.decide(writing, pid, request_pid, False, "合同没有变化", version=None, actor=actor("office"))
    session.rollback()
    assert session.scalars(select(Project.stage).where(Project.public_id == pid)).one() == "signed"
    told = session.scalars(select(Notice).where(Notice.code == "steps.refused")).one()
    assert told.account_id == head.account_id


def test_a_project_that_moved_on_since_is_not_turned_back(make_project: Make, actor: Acting) -> None:
    pid, spec, head = signed(make_project, actor), actor("spec_a"), actor("head_a")
    given = StepInput(reason="合同条款重谈", approval="示经合〔2026〕9号")
    with unit_of_work() as writing:
        request_pid = turning.ask(writing, pid, "rollback", given, version=None, actor=spec).public_id
    pause = StepInput(
        reason="等待能评", approval="示经合〔2026〕9号", resume_expected_on=TODAY + timedelta(days=30)
    )
    with unit_of_work() as writing:
        stages.take(writing, pid, "pause", pause, version=None, actor=head)
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        turning.decide(writing, pid, request_pid, True, "同意", version=None, actor=head)
    assert refused.value.missing[0].code == "moved_on"
    with unit_of_work() as writing:
        assert turning.withdraw(writing, pid, request_pid, version=None, actor=spec).state == "withdrawn"


def test_a_pause_returns_to_where_it_began(make_project: Make, actor: Acting) -> None:
    pid, head = signed(make_project, actor), actor("head_a")
    pause = StepInput(
        reason="等待能评", approval="示经合〔2026〕9号", resume_expected_on=TODAY + timedelta(days=30)
    )
    with unit_of_work() as session:
        assert stages.take(session, pid, "pause", pause, version=None, actor=head).stage == "paused"
        resumed = stages.take(session, pid, "resume", StepInput(reason="能评已批"), version=None, actor=head)
        assert (resumed.stage, resumed.signed_on) == ("signed", TODAY)
