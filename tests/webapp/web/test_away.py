"""The database or the disk is away: a friendly page that needs neither, never a trace or a 500."""

import errno
from collections.abc import Callable
from contextvars import Context
from typing import Any

import psycopg
import pytest
from flask import Flask, request_finished
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from core.db import db
from tests.support.browser import text


class _Gone(Exception):
    """What psycopg says of a server that has ended."""

    sqlstate = "57P01"


@pytest.fixture
def away(app: Flask) -> Any:
    """Every statement fails from now on."""

    def refuse(*_given: Any) -> None:
        raise OperationalError("SELECT 1", {}, _Gone("terminating connection"))

    engine = db.engine

    def begin() -> None:
        event.listen(engine, "before_cursor_execute", refuse)

    yield begin
    if event.contains(engine, "before_cursor_execute", refuse):
        event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.postgres
def test_the_driver_s_own_error_is_the_same_friendly_page(
    client_as: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a transaction begins it comes without SQLAlchemy's around it; rounds of faults met it as a 500."""

    def closed(*_given: Any, **_more: Any) -> None:
        raise psycopg.OperationalError("the connection is closed")

    client = client_as("office")
    monkeypatch.setattr("webapp.staff.enterprises.views.queries.get", closed)
    answer = client.get("/enterprises/01KB2N7V0Q8Z9GJ5X6M3T4R1WC")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("address", ["/", "/enterprises", "/enterprises/new"])
def test_every_page_is_a_friendly_503_while_the_database_is_away(
    client_as: Callable[[str], FlaskClient], away: Callable[[], None], address: str
) -> None:
    client = client_as("office")
    away()
    answer = client.get(address)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "系统正忙" in text(answer) and "Traceback" not in text(answer)
    assert '<a class="btn" href="">再试一次</a>' in text(answer)


def test_a_script_gets_the_same_as_json(
    client_as: Callable[[str], FlaskClient], away: Callable[[], None]
) -> None:
    client = client_as("office")
    away()
    answer = client.get("/enterprises", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_a_full_disk_is_said_and_nothing_is_kept(
    client_as: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: Any, **_more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    client = client_as("office")
    monkeypatch.setattr("webapp.staff.enterprises.views.queries.get", full)
    answer = client.get("/enterprises/01KB2N7V0Q8Z9GJ5X6M3T4R1WC")
    assert answer.status_code == 507
    assert "磁盘满了" in text(answer)


@pytest.mark.postgres
@pytest.mark.parametrize("address", ["/", "/enterprises/new"])
def test_a_server_that_ends_when_the_answer_is_ready_spoils_nothing(
    app: Flask, client_as: Callable[[str], FlaskClient], address: str
) -> None:
    """Its transaction is over with it; taking the session down must not turn the page into an error."""
    client = client_as("office")
    ended: list[int] = []

    def end(sender: Flask, **_more: Any) -> None:
        pid = db.session.scalar(sql("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            ended.append(other.scalar(sql("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid}))

    with request_finished.connected_to(end, app):
        # Without the fixture's context, so that the request's own is taken down.
        answer = Context().run(client.get, address)
    assert (answer.status_code, ended) == (200, [True])
    assert Context().run(client.get, address).status_code == 200
