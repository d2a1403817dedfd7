"""What has served its time goes at night; what still guards or waits stays."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, housekeeping, idempotency
from core.db import unit_of_work
from core.idempotency import FormSubmission
from core.jobs import runner, service
from core.jobs.models import Job
from core.outbox.models import Message
from core.permissions import SYSTEM

LONG_AGO = clock.now() - timedelta(days=500)


def _message(event: str, state: str) -> Message:
    return Message(
        event=event, code="test", params={}, channel="webhook", dedup=event, state=state, created_at=LONG_AGO
    )


def _keep_house(app: Flask) -> dict[str, int]:
    with unit_of_work() as session:
        job_id = service.enqueue(session, housekeeping.JOB, {}, actor=SYSTEM).id
    runner.run(job_id, app.app_context)
    with app.app_context(), unit_of_work() as session:
        done = session.get_one(Job, job_id)
        assert done.state == "done", done.error
        removed: dict[str, int] = (done.result or {})["removed"]
        return removed


def test_old_keys_jobs_and_messages_go_in_batches(app: Flask, session: Session) -> None:
    with unit_of_work() as writing:
        for number in range(housekeeping._BATCH + 20):
            writing.add(FormSubmission(account_id=1, form_key=f"k{number}", result_url="/", at=LONG_AGO))
        idempotency.keep(writing, 1, "young", "/leads")
        old = service.enqueue(writing, "test.none", {}, actor=SYSTEM)
        old.state, old.finished_at = "done", LONG_AGO
        writing.add(_message("sent", "sent"))
    removed = _keep_house(app)
    assert (removed["form_submission"], removed["job"], removed["outbox_message"]) == (520, 1, 1)
    assert list(session.scalars(select(FormSubmission.form_key))) == ["young"]
    assert _keep_house(app)["form_submission"] == 0


def test_what_is_dead_or_waits_stays_however_old(app: Flask, session: Session) -> None:
    with unit_of_work() as writing:
        for state in ("dead", "queued"):
            job = service.enqueue(writing, "test.none", {}, actor=SYSTEM)
            job.state, job.created_at, job.finished_at = (
                state,
                LONG_AGO,
                LONG_AGO if state == "dead" else None,
            )
        for state in ("dead", "waiting"):
            writing.add(_message(state, state))
    removed = _keep_house(app)
    assert (removed["job"], removed["outbox_message"]) == (0, 0)
    assert set(session.scalars(select(Message.state))) == {"dead", "waiting"}
