"""Redis away, or emptied: no request waits for it, and no job is lost by it."""

import time
from datetime import timedelta

import pytest
import redis
from flask import Flask
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.jobs import service
from core.permissions import SYSTEM
from webapp import worker


def _queue() -> int:
    with unit_of_work() as session:
        return service.enqueue(session, "test.nobody", {}, actor=SYSTEM, queue="documents").id


def test_a_commit_does_not_wait_for_a_redis_that_is_away_and_the_job_stays_due(
    app: Flask, session: Session
) -> None:
    celery = worker.make_celery(app, "redis://127.0.0.1:9/0")
    began = time.monotonic()
    job_id = _queue()
    assert time.monotonic() - began < 1
    with pytest.raises(Exception, match=r"(?i)refused|connect"):
        worker.publish_due(app, celery)
    session.rollback()
    assert (job_id, "documents") in service.due(session)


def test_what_a_flush_of_redis_took_is_delivered_again(app: Flask, session: Session, redis_url: str) -> None:
    server = redis.Redis.from_url(redis_url)
    server.flushdb()
    celery = worker.make_celery(app, redis_url)
    job_id = _queue()
    assert worker.publish_due(app, celery) == 1
    assert server.llen("documents") == 1
    assert worker.publish_due(app, celery) == 0
    server.flushdb()
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        session.rollback()
        assert service.due(session) == [(job_id, "documents")]
        session.rollback()
        assert worker.publish_due(app, celery) == 1
    assert server.llen("documents") == 1
    server.flushdb()
