"""The same step by six people at once: one takes it, the others are told, nothing is done twice (SECURITY C8)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import DomainError
from core.permissions import Actor
from crm.projects import plan, stages, turning
from crm.projects.models import FundReceipt, Project, StageLog
from crm.projects.stages import StepInput
from tests.crm.projects.test_service import signed

Make = Callable[..., Project]
Acting = Callable[[str], Actor]
TODAY = clock.today()
PAPER = StepInput(reason="合同条款重谈", approval="示经合〔2026〕9号")


def _six(app: Flask, deed: Callable[[Session], Any]) -> list[str]:
    """What came of six at once: `done`, or the code of the refusal; a surprise is raised."""
    found: list[str] = []
    surprises: list[BaseException] = []
    together = threading.Barrier(6)

    def one() -> None:
        together.wait()
        try:
            with app.app_context(), unit_of_work() as session:
                deed(session)
            found.append("done")
        except DomainError as error:
            found.append(error.code)
        except BaseException as error:
            surprises.append(error)

    threads = [threading.Thread(target=one) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not surprises, surprises
    return sorted(found)


def test_a_request_approved_six_times_at_once_goes_back_one_stage(
    app: Flask, make_project: Make, actor: Acting, session: Session
) -> None:
    pid, head = signed(make_project, actor), actor("head_a")
    with unit_of_work() as writing:
        asked = turning.ask(writing, pid, "rollback", PAPER, version=None, actor=actor("spec_a")).public_id
    session.rollback()
    came = _six(app, lambda one: turning.decide(one, pid, asked, True, "同意", version=None, actor=head))
    assert came.count("done") == 1, came
    session.rollback()
    project = session.scalars(select(Project).where(Project.public_id == pid)).one()
    assert project.stage == "admitted"
    assert list(session.scalars(select(StageLog.verb).order_by(StageLog.id))).count("rollback") == 1


def test_a_pause_pressed_six_times_at_once_pauses_once_and_keeps_where_it_was(
    app: Flask, make_project: Make, actor: Acting, session: Session
) -> None:
    pid, head = signed(make_project, actor), actor("head_a")
    given = StepInput(
        reason="等待能评", approval="示经合〔2026〕9号", resume_expected_on=TODAY + timedelta(days=30)
    )
    session.rollback()
    came = _six(app, lambda one: stages.take(one, pid, "pause", given, version=None, actor=head))
    assert came.count("done") == 1, came
    session.rollback()
    project = session.scalars(select(Project).where(Project.public_id == pid)).one()
    assert (project.stage, project.previous_state) == ("paused", "signed")


def test_one_voucher_booked_six_times_at_once_counts_once(
    app: Flask, make_project: Make, actor: Acting, session: Session
) -> None:
    pid, spec = signed(make_project, actor), actor("spec_a")
    money = {"amount_wan": Decimal(100), "received_on": TODAY, "nature": "fixed", "voucher_no": "HD-2026-1"}
    session.rollback()
    came = _six(app, lambda one: plan.receive(one, pid, money, actor=spec))
    assert came.count("done") == 1, came
    session.rollback()
    assert len(session.scalars(select(FundReceipt)).all()) == 1
    project = session.scalars(select(Project).where(Project.public_id == pid)).one()
    assert project.received_wan == 100
