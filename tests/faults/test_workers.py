"""The real worker and beat on Redis: a job that kills its process, and a worker that is asked to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, update

import config
from core.db import db, unit_of_work
from core.jobs import service
from core.jobs.models import Job
from core.permissions import SYSTEM

pytestmark = [pytest.mark.redis, pytest.mark.slow]

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(app: Flask, settings: config.Settings, redis_url: str) -> Iterator[Start]:
    """`start("worker", "--concurrency=2")`: the command as a process on the test's database."""
    begun: list[subprocess.Popen[bytes]] = []
    environ = {
        **os.environ,
        "MODE": "demo",
        "DEMO": "0",
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "REDIS_URL": redis_url,
    }

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.support.quick_worker", *arguments]
        begun.append(
            subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL, start_new_session=True)
        )
        return begun[-1]

    yield run
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _enqueue(kind: str, **payload: object) -> int:
    with unit_of_work() as session:
        return service.enqueue(session, kind, dict(payload), actor=SYSTEM).id


def _job(job_id: int) -> Job:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Job, job_id)


def _until(seconds: float, reached: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if reached():
            return True
        time.sleep(0.1)
    return False


def test_a_job_that_kills_its_process_ends_as_one_dead_letter_while_others_go_on(start: Start) -> None:
    worker = start("worker", "--concurrency=2")
    start("beat")
    poison = _enqueue("test.poison")
    good = [_enqueue("test.good") for _number in range(6)]
    assert _until(60, lambda: all(_job(one).state == "done" for one in good))
    assert _until(90, lambda: _job(poison).state == "dead")
    assert worker.poll() is None
    late = _enqueue("test.good")
    assert _until(30, lambda: _job(late).state == "done")
    assert all(_job(one).attempts == 1 for one in good)
    dead = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == "dead"))
    assert dead == 1 and _job(poison).attempts <= service.MAX_ATTEMPTS + 1


def test_a_worker_asked_to_stop_hands_its_job_back_and_the_next_one_finishes_it(start: Start) -> None:
    start("beat")
    first = start("worker", "--concurrency=1")
    job_id = _enqueue("test.long", slow=True)
    assert _until(60, lambda: _job(job_id).progress_done > 3)
    began = time.monotonic()
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    assert time.monotonic() - began < 20
    job = _job(job_id)
    assert (job.state, job.attempts) == ("queued", 0)
    with unit_of_work() as session:
        session.execute(update(Job).where(Job.id == job_id).values(payload={"slow": False}))
    start("worker", "--concurrency=1")
    assert _until(60, lambda: _job(job_id).state == "done")
    assert _job(job_id).attempts == 1
