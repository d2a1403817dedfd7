"""Durable jobs: one claim each, leases that pass on, retries, cancel, and the real Celery worker once."""

import time
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.errors import NotFound
from core.jobs import runner, service
from core.jobs.models import Job
from core.permissions import SYSTEM
from webapp.worker import Embedded, make_celery

SEEN: list[dict[str, Any]] = []


@runner.handler("test.note")
def _note(job: runner.JobRun) -> None:
    SEEN.append(job.payload)
    job.progress(1, 2)
    job.result({"noted": job.payload["n"]})


@runner.handler("test.fail")
def _fail(job: runner.JobRun) -> None:
    raise OSError("the disk is gone")


@runner.handler("test.refuse")
def _refuse(job: runner.JobRun) -> None:
    raise NotFound()


@pytest.fixture(autouse=True)
def _forget() -> None:
    SEEN.clear()


def _queued(kind: str = "test.note", key: str | None = None) -> int:
    with unit_of_work() as session:
        return service.enqueue(session, kind, {"n": 1}, actor=SYSTEM, key=key).id


def _job(session: Session, job_id: int) -> Job:
    session.rollback()
    session.expire_all()
    return session.get_one(Job, job_id)


def test_a_job_runs_once_however_often_it_is_delivered(app: Flask, session: Session) -> None:
    job_id = _queued()
    for _delivery in range(3):
        runner.run(job_id, app.app_context)
    job = _job(session, job_id)
    assert SEEN == [{"n": 1}]
    assert (job.state, job.attempts, job.progress_done, job.result) == ("done", 1, 1, {"noted": 1})


def test_a_rolled_back_job_never_existed(app: Flask, session: Session) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as writing:
        service.enqueue(writing, "test.note", {"n": 1}, actor=SYSTEM)
        raise ZeroDivisionError
    assert service.due(session) == []


def test_a_dead_worker_s_job_passes_to_the_next_and_the_late_one_is_fenced(
    app: Flask, session: Session
) -> None:
    job_id = _queued()
    first = service.claim(job_id)
    assert first is not None
    assert service.claim(job_id) is None
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert (job_id, "default") in service.due(session)
        session.rollback()
        second = service.claim(job_id)
        assert second is not None
        assert service.finish(first, "done") is False
        assert service.keep_alive(first, 1, 1) is False
        assert service.finish(second, "done") is True


def test_a_failure_is_tried_again_later_and_dies_after_five(app: Flask, session: Session) -> None:
    job_id = _queued("test.fail")
    moment = clock.now()
    for attempt in range(5):
        with clock.frozen(moment + timedelta(hours=attempt)):
            runner.run(job_id, app.app_context)
    job = _job(session, job_id)
    assert (job.state, job.attempts) == ("dead", 5)
    assert "the disk is gone" in (job.error or "")


def test_a_refusal_is_final_and_says_why(app: Flask, session: Session) -> None:
    job_id = _queued("test.refuse")
    runner.run(job_id, app.app_context)
    job = _job(session, job_id)
    assert (job.state, job.attempts) == ("failed", 1)


def test_a_key_is_used_once(app: Flask) -> None:
    assert _queued(key="digest:2026-11-21") == _queued(key="digest:2026-11-21")


def test_a_queued_job_is_cancelled_at_once_a_running_one_at_its_next_report(
    app: Flask, session: Session
) -> None:
    waiting, running = _queued(), _queued()
    held = service.claim(running)
    assert held is not None
    with unit_of_work() as writing:
        for job_id in (waiting, running):
            service.ask_cancel(writing, writing.get_one(Job, job_id))
    runner.run(waiting, app.app_context)
    assert SEEN == []
    assert service.keep_alive(held, 1, 2) is False


def test_the_embedded_worker_does_what_a_commit_queued(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_stopping", runner._go_on)  # stopping is for good; later tests run jobs, too
    embedded = Embedded(app, make_celery(app, None))
    embedded.start()
    try:
        job_id = _queued()
        deadline = time.monotonic() + 15
        while _job(session, job_id).state != "done" and time.monotonic() < deadline:
            time.sleep(0.05)
        assert _job(session, job_id).state == "done"
        assert SEEN == [{"n": 1}]
    finally:
        embedded.stop()
        db.session.rollback()
