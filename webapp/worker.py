"""Celery: the same tasks as threads beside the web server (embedded) or as workers on Redis (full)."""

import threading
from typing import Any

from celery import Celery
from celery.beat import Scheduler, Service
from flask import Flask
from kombu.entity import Queue

from core.db import db
from core.jobs import publisher, runner, service
from core.outbox import relay
from core.retrying import retrying
from webapp import schedule

QUEUES = ("default", "search", "imports", "documents", "notify")


def make_celery(app: Flask, redis_url: str | None) -> Celery:
    """The Celery application of this process; rows, not the broker, hold the truth about jobs."""
    celery = Celery("lianzhao", broker=redis_url or "memory://", set_as_current=True)
    celery.conf.update(_settings(redis_url))

    @celery.task(name="jobs.run")
    def run_job(job_id: int) -> None:
        runner.run(job_id, app.app_context)

    @celery.task(name="jobs.sweep")
    def sweep() -> None:
        publish_due(app, celery)

    @celery.task(name="outbox.relay")
    def send_messages() -> None:
        with app.app_context():
            relay.run()

    @celery.task(name="schedule.tick")
    def tick() -> None:
        with app.app_context():
            schedule.enqueue_due()

    celery.set_default()
    app.extensions["celery"] = celery
    return celery


def _settings(redis_url: str | None) -> dict[str, Any]:
    return {
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_publish_retry": False,
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_soft_shutdown_timeout": 20.0,
        "broker_connection_retry_on_startup": True,
        "task_default_queue": "default",
        "task_queues": [Queue(name) for name in QUEUES],
        "timezone": "Asia/Shanghai",
        "broker_transport_options": _transport(redis_url),
        "beat_schedule": schedule.beat_entries(),
    }


def _transport(redis_url: str | None) -> dict[str, Any]:
    if redis_url is None:
        return {"polling_interval": 0.05}
    return {
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "visibility_timeout": 1800,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }


def publish_due(app: Flask, celery: Celery) -> int:
    """Hand due jobs to the broker and stamp them; how many were sent."""
    with app.app_context():
        jobs = service.due(db.session())
        messages = relay.due(db.session())
        db.session.rollback()
        if messages:
            celery.send_task("outbox.relay", queue="notify")
        for job_id, queue in jobs:
            celery.send_task("jobs.run", args=[job_id], queue=queue)
        if jobs:
            sent = [job_id for job_id, _queue in jobs]
            retrying(lambda: service.mark_published(sent), repeatable=True)
    return len(jobs)


def start_publisher(app: Flask, celery: Celery) -> None:
    """In every process that writes: commits wake it, requests never wait for the broker."""
    publisher.start(lambda: publish_due(app, celery))


class Embedded:
    """Worker and beat as threads of the web process (the embedded profile)."""

    def __init__(self, app: Flask, celery: Celery) -> None:
        celery.set_default()
        self._worker = celery.WorkController(
            pool="threads",
            concurrency=3,
            hostname="embedded@local",
            queues=list(QUEUES),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._beat = Service(celery, scheduler_cls=Scheduler)
        self._app, self._celery = app, celery

    def start(self) -> None:
        runner.stop_when(lambda: False)
        threading.Thread(target=self._worker.start, name="worker", daemon=True).start()
        threading.Thread(target=self._beat.start, name="beat", daemon=True).start()
        start_publisher(self._app, self._celery)
        publisher.nudge()

    def stop(self) -> None:
        """Running jobs hand themselves back at their next report; those that never report are waited for."""
        runner.stop_when(lambda: True)
        publisher.stop()
        self._beat.stop()
        self._worker.stop()
