"""The log of a walk: every request with its id, and nothing of what was typed."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import logs
from core.db import unit_of_work
from core.jobs import runner, service
from core.permissions import SYSTEM
from tests.support.browser import fill, saved
from tests.support.world import PASSWORD
from webapp.web import observing

NAME = "示例日志泄漏试验有限公司"
PHONE = "13912345678"
FORGED = 'x\n{"event":"forged"}'
WRONG = "Wrong-Pa55word-typed"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.set_up(for_people=False, level="DEBUG", stream=stream)
    observing.log.setLevel(logging.DEBUG)
    yield stream
    root.handlers = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@runner.handler("test.leak")
def _leak(_job: runner.JobRun) -> None:
    raise ValueError(f"{NAME} {PHONE} {FORGED}")


def _walk(app: Flask, client_as: Callable[[str], FlaskClient]) -> None:
    stranger = app.test_client()
    fill(stranger, "/login", username=PHONE, password=WRONG)
    client = client_as("office")
    made = saved(
        fill(client, "/enterprises/new", name=NAME, reg_status="active", address=f"{PHONE} {FORGED}")
    )
    client.get(made)
    client.get("/search", query_string={"q": f"{NAME}{PHONE}"})
    client.get("/enterprises", query_string={"q": FORGED}, headers={"X-Request-ID": "walk-of-logs-1"})
    client.get(f"/{NAME}/{PHONE}")
    with unit_of_work() as session:
        job_id = service.enqueue(session, "test.leak", {}, actor=SYSTEM).id
    runner.run(job_id, app.app_context)


def test_the_log_of_a_walk_holds_ids_and_no_personal_data(
    app: Flask, client_as: Callable[[str], FlaskClient], written: io.StringIO
) -> None:
    _walk(app, client_as)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) >= 8
    assert all(line["request_id"] and "route" in line and "status" in line for line in requests)
    assert any(line["request_id"] == "walk-of-logs-1" for line in requests)
    failed = next(line for line in lines if line["event"] == "job_failed")
    assert failed["job_id"] and failed["kind"] == "test.leak"
    assert "forged" not in {line["event"] for line in lines}
    said = written.getvalue()
    for secret in (NAME, json.dumps(NAME)[1:-1], PHONE, WRONG, PASSWORD, app.config["SECRET_KEY"]):
        assert secret not in said
