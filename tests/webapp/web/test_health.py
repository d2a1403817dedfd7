"""For watchdogs: livez asks nobody, readyz tells what stops traffic, metrics are for watchers alone."""

import dataclasses
import shutil
from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from core import dirty
from core.db import unit_of_work, write_mode
from core.jobs import service
from core.jobs.models import Job
from core.permissions import SYSTEM
from webapp.web import readiness

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def _asked_anew() -> None:
    readiness._kept.clear()


@pytest.fixture
def settings_of(app: Flask) -> Iterator[Any]:
    before = app.config["SETTINGS"]

    def change(**values: Any) -> None:
        app.config["SETTINGS"] = dataclasses.replace(before, **values)

    yield change
    app.config["SETTINGS"] = before


def test_a_healthy_process_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/livez").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "parts": {"database": "ok", "disk": "ok", "redis": "embedded", "search": "ok"},
    }


def test_strangers_learn_no_parts_and_no_figures(client: FlaskClient) -> None:
    assert client.get("/readyz", environ_overrides=ELSEWHERE).json == {"status": "ok"}
    assert client.get("/metrics", environ_overrides=ELSEWHERE).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_an_unmigrated_database_stops_traffic(client: FlaskClient, session: Any) -> None:
    with unit_of_work() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = '0001_floor'"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["parts"]["database"]) == (503, "needs migrate")  # type: ignore[index]
    assert client.get("/livez").status_code == 200


def test_a_full_disk_stops_traffic(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 1000))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "unavailable")  # type: ignore[index]
    assert client.get("/readyz", environ_overrides=ELSEWHERE).json == {"status": "unavailable"}


def test_redis_away_only_degrades(client: FlaskClient, settings_of: Any) -> None:
    settings_of(redis_url="redis://127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["status"] == "degraded"  # type: ignore[index]
    assert answer.json["parts"]["redis"] == "does not answer"  # type: ignore[index]


def test_metrics_count_requests_jobs_index_and_pool(client: FlaskClient, app: Flask) -> None:
    with unit_of_work() as session:
        service.enqueue(session, "test.none", {}, actor=SYSTEM, queue="notify")
        service.enqueue(session, "test.none", {}, actor=SYSTEM).state = "dead"
        dirty.touch("park", [987654])
    client.get("/login")
    said = client.get("/metrics").get_data(as_text=True)
    assert 'lianzhao_requests_total{method="GET",route="/login",status="200"}' in said
    assert 'lianzhao_request_seconds_bucket{le="0.25",route="/login"}' in said
    assert 'lianzhao_jobs{queue="notify",state="queued"} 1.0' in said
    assert 'lianzhao_job_oldest_seconds{queue="notify"}' in said
    assert "lianzhao_dead_letters 1.0" in said
    waiting = next(line for line in said.splitlines() if line.startswith("lianzhao_index_waiting "))
    assert float(waiting.split()[1]) >= 1
    assert "lianzhao_database_connections_used" in said
    assert "lianzhao_metrics_failed_parts 0.0" in said


def test_metrics_by_token_from_anywhere(client: FlaskClient, settings_of: Any) -> None:
    settings_of(metrics_token="m" * 40)
    assert client.get("/metrics").status_code == 404
    right = {"Authorization": "Bearer " + "m" * 40}
    assert client.get("/metrics", headers=right, environ_overrides=ELSEWHERE).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 404


def test_a_part_that_cannot_be_read_leaves_the_others(client: FlaskClient, app: Flask) -> None:
    with write_mode(), app.extensions["sqlalchemy"].engine.begin() as connection:
        connection.execute(text("ALTER TABLE search_doc RENAME TO search_doc_gone"))
    said = client.get("/metrics").get_data(as_text=True)
    assert "lianzhao_metrics_failed_parts 1.0" in said
    assert "lianzhao_dead_letters" in said and Job.__tablename__ == "job"
