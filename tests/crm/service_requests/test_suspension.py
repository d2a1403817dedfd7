"""What cannot be solved now: the head's signature, a look every thirty days, the way back and up (DOMAIN 11)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.clock import frozen, local
from core.db import unit_of_work
from core.errors import NotPermitted, Refused
from crm.service_requests import closing, handling, suspension
from tests.support.requests import Scene, at


def test_it_is_suspended_only_with_reason_and_signature(scene: Scene) -> None:
    pid, head = scene.handling(), scene.actor("head_a")
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        suspension.suspend(session, pid, version=None, reason=" ", approval="", actor=head)
    assert {gap.field for gap in refused.value.missing} == {"reason", "approval"}
    with pytest.raises(NotPermitted), unit_of_work() as session:
        suspension.suspend(
            session, pid, version=None, reason="省网未批", approval="批示 11-20", actor=scene.actor("spec_a")
        )


def test_it_comes_back_every_thirty_days_and_is_handled_again(session: Session, scene: Scene) -> None:
    head = scene.actor("head_a")
    with frozen(at("2026-09-01T10:00")):
        pid = scene.handling()
        with unit_of_work() as writing:
            suspension.suspend(
                writing, pid, version=None, reason="省网规划未批", approval="甲管〔2026〕3号", actor=head
            )
        request = scene.request(pid)
        assert request.status == "suspended"
        assert (
            request.queue_due_at is not None
            and local(request.queue_due_at).date().isoformat() == "2026-10-08"
        )
    with frozen(at("2026-10-08T09:00")):
        with unit_of_work() as writing:
            suspension.review(writing, pid, version=None, conclusion="仍待省网批复，继续挂账", actor=head)
        after = scene.request(pid).queue_due_at
        assert after is not None and local(after).date().isoformat() == "2026-11-09"
        with unit_of_work() as writing:
            suspension.take_up(writing, pid, version=None, actor=head)
    assert scene.request(pid).status == "handling"
    rows = session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "service_request")).all()
    assert {"requests.suspend", "requests.review_suspension", "requests.resume"} <= set(rows)


def test_unsolved_after_the_second_time_it_is_taken_up_and_concluded(scene: Scene) -> None:
    pid, desk, head, user = (
        scene.completed(),
        scene.actor("desk_a"),
        scene.actor("head_a"),
        scene.actor("user_a"),
    )

    def rated() -> None:
        with unit_of_work() as session:
            closing.rate(session, pid, version=None, solved="no", satisfaction=1, text="没解决", actor=user)

    rated()
    with pytest.raises(Refused), unit_of_work() as session:
        suspension.escalate(session, pid, version=None, reason="还没有重办过", actor=desk)
    with unit_of_work() as session:
        closing.redo(session, pid, version=None, actor=desk)
    with unit_of_work() as session:
        handling.complete(
            session, pid, version=None, result_kind="partial", result_text="只解决了一半", actor=desk
        )
    with unit_of_work() as session:
        handling.pass_review(session, pid, version=None, actor=head)
    rated()
    with unit_of_work() as session:
        suspension.escalate(session, pid, version=None, reason="重办后企业仍不认可", actor=desk)
    assert scene.request(pid).status == "escalated"
    with unit_of_work() as session:
        suspension.conclude(session, pid, version=None, conclusion="市政府办协调后已通电", actor=head)
    assert scene.request(pid).status == "archived"
