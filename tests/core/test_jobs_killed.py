"""A worker process is killed again and again in the middle of its job; nothing is lost, nothing done twice."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

import config
from core import clock
from core.db import db, unit_of_work
from core.idempotency import FormSubmission
from core.jobs import service
from core.jobs.models import Job
from core.numbering import NumberSeries
from core.permissions import SYSTEM

STEPS = 120
MARK = 990_001
Start = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(app: Flask, settings: config.Settings) -> Iterator[Start]:
    """Start a worker process; whatever still lives at the end is ended."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(what: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tests.support.job_worker"]
        process = subprocess.Popen(
            [*command, str(settings.data_dir), settings.database_url, what], cwd=Path(__file__).parents[2]
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()


def _queue(kind: str, **payload: int) -> int:
    with unit_of_work() as session:
        return service.enqueue(session, kind, payload, actor=SYSTEM, queue="documents").id


def _job(job_id: int) -> Job:
    session = db.session()
    session.rollback()
    session.expire_all()
    return session.get_one(Job, job_id)


def _until(job_id: int, wanted: Callable[[Job], bool], seconds: float = 40) -> Job:
    deadline = time.monotonic() + seconds
    while not wanted(job := _job(job_id)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert wanted(job), (job.state, job.progress_done, job.attempts, job.error)
    return job


def _end_lease(job_id: int) -> None:
    """As if the minute of the lease had passed; the broker's own memory of the delivery, too."""
    past = clock.now() - timedelta(seconds=1)
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.id == job_id, Job.state == "running").values(lease_until=past))
        session.execute(update(Job).where(Job.id == job_id).values(published_at=None))


def _killed_thrice(start: Start, what: str) -> None:
    job_id = _queue("test.steps", mark=MARK, n=STEPS)
    at_kill = [0]
    for _kill in range(3):
        process = start(what)
        _until(job_id, lambda job: job.state == "running" and job.progress_done > at_kill[-1] + 5)
        process.kill()
        process.wait()
        at_kill.append(_job(job_id).progress_done)
        assert _job(job_id).state == "running"
        _end_lease(job_id)
    start(what)
    job = _until(job_id, lambda job: job.state == "done")
    session = db.session()
    assert 0 < at_kill[1] < at_kill[2] < at_kill[3] < STEPS
    assert (job.result, job.attempts) == ({"steps": STEPS}, 4)
    assert session.scalar(select(func.count()).where(FormSubmission.account_id == MARK)) == STEPS
    assert (
        session.scalar(select(NumberSeries.last).where(NumberSeries.series == f"STEP-{MARK}-2026")) == STEPS
    )


def test_a_job_of_the_embedded_profile_survives_kills(start: Start) -> None:
    _killed_thrice(start, "embedded")


def test_a_job_on_redis_survives_kills(start: Start, redis_url: str) -> None:
    _killed_thrice(start, redis_url)


def test_a_job_that_kills_its_process_dies_after_five_and_the_others_go_on(start: Start) -> None:
    poison, good = _queue("test.poison"), _queue("test.steps", mark=MARK, n=3)
    for attempt in range(1, service.MAX_ATTEMPTS + 1):
        assert start(str(poison)).wait(timeout=30) == 7
        assert _job(poison).attempts == attempt
        _end_lease(poison)
    assert start(str(poison)).wait(timeout=30) == 0
    assert start(str(good)).wait(timeout=30) == 0
    dead = _job(poison)
    assert (dead.state, _job(good).state) == ("dead", "done")
    with unit_of_work() as session:
        service.begin_again(session, session.get_one(Job, poison))
    assert (_job(poison).state, _job(poison).attempts) == ("queued", 0)
