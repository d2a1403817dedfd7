"""The worker of the full profile: one process for each job at a time, so that a job that dies takes nobody along."""

import multiprocessing
from collections.abc import Sequence
from typing import Any

from celery import Celery, signals
from flask import Flask

from core.db import db
from core.jobs import publisher, runner
from search import desk
from webapp import worker

MOST_MEMORY_KB = 800_000
"""A process that has grown beyond this is replaced after its job."""


def serve(app: Flask, celery: Celery, queues: Sequence[str], concurrency: int) -> None:
    """Work until SIGTERM; a running job finishes, or hands itself back at its next report.

    No thread is started before the processes are forked: a lock held by one would stay held in the child.
    """
    stopping = multiprocessing.get_context("fork").Event()
    feeders: list[desk.Feeder] = []

    def begin(**_given: Any) -> None:
        with app.app_context():
            db.engine.dispose(close=False)  # connections belong to the parent
        runner.stop_when(stopping.is_set)
        worker.start_publisher(app, celery)
        if "search" in queues:
            feeders.append(desk.start_feeding(app.app_context, keeps_index=True))

    def end(**_given: Any) -> None:
        publisher.stop()
        for feeder in feeders:
            feeder.stop()

    def stop(**_given: Any) -> None:
        stopping.set()

    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.worker_shutting_down.connect(stop, weak=False)
    celery.worker_main(
        [
            "worker",
            "--pool=prefork",
            f"--concurrency={concurrency}",
            f"--queues={','.join(queues)}",
            f"--max-memory-per-child={MOST_MEMORY_KB}",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=WARNING",
        ]
    )
