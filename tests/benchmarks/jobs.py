"""From a committed job row to its finished work, beside a bare Celery task on the same broker."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import Celery
from flask import Flask

import config
from core.db import db, unit_of_work
from core.jobs import runner, service
from core.permissions import SYSTEM
from tests.benchmarks import measure, setup
from tests.benchmarks.measure import Figure
from webapp import worker
from webapp.factory import create_app

ROUNDS = 60
KIND = "bench.nothing"
_done = threading.Event()


@runner.handler(KIND)
def _nothing(_job: runner.JobRun) -> None:
    _done.set()


def figures(folder: Path) -> list[Figure]:
    """Milliseconds of waiting, embedded and (where REDIS_URL is given) on Redis; worker in this process."""
    folder.mkdir()
    setup.prepare(folder, 1)
    found = [_latency(folder, "embedded", None)]
    if redis := os.environ.get("REDIS_URL"):
        found.append(_latency(folder, "redis", redis))
    return found


def _latency(folder: Path, profile: str, redis: str | None) -> Figure:
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    celery = worker.make_celery(app, redis)

    @celery.task(name="bench.bare")
    def bare() -> None:
        _done.set()

    with _working(app, celery):
        ours = _timed(lambda: _enqueue(app))
        theirs = _timed(lambda: bare.apply_async(queue="default"))
    return measure.compared(f"job, from commit to work, {profile}", profile, 1, ours, theirs)


@contextmanager
def _working(app: Flask, celery: Celery) -> Iterator[None]:
    embedded = worker.Embedded(app, celery)
    embedded.start()
    time.sleep(2)
    try:
        yield
    finally:
        embedded.stop()


def _enqueue(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            service.enqueue(session, KIND, {}, actor=SYSTEM, title="bench")
        db.session.remove()


def _timed(send: Callable[[], object]) -> list[float]:
    taken = []
    for _turn in range(ROUNDS):
        _done.clear()
        started = time.perf_counter()
        send()
        assert _done.wait(30), "the work never ran"
        taken.append((time.perf_counter() - started) * 1000)
        time.sleep(0.02)
    return taken
