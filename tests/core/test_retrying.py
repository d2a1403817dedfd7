"""Writers that meet are tried again as whole units: nobody sees a deadlock or a locked file."""

import contextlib
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

import config
from core import audit, audit_chain
from core.db import db, load, unit_of_work
from core.permissions import SYSTEM
from core.places import Park
from core.retrying import away, collided, retrying
from webapp.factory import create_app
from webapp.web.access import public


def _parks(number: int = 2) -> list[str]:
    with unit_of_work() as session:
        made = [Park(code=f"R{serial}", name="试验园", level="0") for serial in range(number)]
        session.add_all(made)
    return [park.public_id for park in made]


def _levels() -> list[int]:
    db.session.rollback()
    rows = db.session.scalars(select(Park.level).where(Park.code.like("R%")).order_by(Park.code))
    return [int(level or 0) for level in rows]


def _add_one(session: Session, public_id: str) -> None:
    park = load(session, Park, public_id)
    park.level = str(int(park.level or 0) + 1)


def _at_once(number: int, work: Callable[[int], None]) -> list[BaseException]:
    """Run `work` in threads; what they raised."""
    failures: list[BaseException] = []

    def guarded(serial: int) -> None:
        try:
            work(serial)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(serial,)) for serial in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def _opposite(pids: list[str], serial: int) -> list[str]:
    return pids if serial % 2 else pids[::-1]


def test_writers_in_opposite_order_all_succeed(app: Flask) -> None:
    pids = _parks()

    def work(serial: int) -> None:
        for _round in range(6):
            with app.app_context():
                retrying(lambda: _both(_opposite(pids, serial)))

    assert _at_once(8, work) == []
    assert _levels() == [48, 48]
    assert list(audit_chain.verify(db.session())) == []


def _both(order: list[str]) -> None:
    with unit_of_work() as session:
        for pid in order:
            _add_one(session, pid)
            time.sleep(random.uniform(0, 0.004))
        audit.record("parks.changed", "park", 1, actor=SYSTEM)


@pytest.mark.postgres
def test_without_a_second_attempt_they_would_have_met(app: Flask) -> None:
    """The test above provokes what it is about: without `retrying` PostgreSQL ends one of two writers."""
    pids = _parks()

    def work(serial: int) -> None:
        for _round in range(6):
            with app.app_context():
                _both(_opposite(pids, serial))

    failures = _at_once(8, work)
    assert failures and all(isinstance(error, DBAPIError) and collided(error) for error in failures)


@pytest.fixture
def swapping(app: Flask, settings: config.Settings) -> Iterator[Flask]:
    """The product with one more page, which changes two records in the order it is told."""
    made = create_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False

    @public
    def swap(first: str, second: str) -> str:
        _both([first, second])
        return "done"

    made.add_url_rule("/test/swap/<first>/<second>", "swap", swap, methods=["POST"])
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_pages_show_no_deadlock(app: Flask, swapping: Flask) -> None:
    pids = _parks()
    answers: list[int] = []

    def work(serial: int) -> None:
        client: FlaskClient = swapping.test_client()
        first, second = _opposite(pids, serial)
        answers.extend(client.post(f"/test/swap/{first}/{second}").status_code for _round in range(5))

    assert _at_once(8, work) == []
    assert answers == [200] * 40
    assert _levels() == [40, 40]


def test_what_has_committed_is_not_done_again(app: Flask) -> None:
    (pid,) = _parks(1)

    def act() -> None:
        with unit_of_work() as session:
            _add_one(session, pid)
        raise _locked()

    with pytest.raises(OperationalError):
        retrying(act)
    assert _levels() == [1]


def _locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("UPDATE park", {}, cause)


def test_other_errors_are_not_tried_again(app: Flask) -> None:
    tries: list[int] = []

    def act() -> None:
        tries.append(1)
        with unit_of_work() as session:
            session.add_all([Park(code="SAME", name="x"), Park(code="SAME", name="y")])

    with pytest.raises(IntegrityError):
        retrying(act, repeatable=True)
    assert len(tries) == 1


def test_a_lasting_collision_comes_out_at_last() -> None:
    tries: list[int] = []

    def act() -> None:
        tries.append(1)
        raise _locked()

    with pytest.raises(OperationalError):
        retrying(act)
    assert len(tries) == 4


def test_a_file_locked_by_another_program_delays_and_loses_nothing(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only")
    (pid,) = _parks(1)
    path = str(db.engine.url.database)
    db.engine.dispose()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        release = threading.Timer(6.0, lambda: foreign.execute("ROLLBACK"))  # longer than busy_timeout
        release.start()

        def act() -> None:
            with unit_of_work() as session:
                _add_one(session, pid)

        retrying(act)
        release.join()
    assert _levels() == [1]


@pytest.mark.postgres
def test_a_connection_that_the_server_ended_is_replaced(app: Flask) -> None:
    (pid,) = _parks(1)
    tries: list[int] = []

    def act() -> None:
        tries.append(1)
        with unit_of_work() as session:
            _add_one(session, pid)
            if len(tries) == 1:
                own = session.scalar(text("SELECT pg_backend_pid()"))
                _end_backend(own)
            session.execute(update(Park).where(Park.public_id == pid).values(level=Park.level))

    retrying(act, repeatable=True)
    assert (len(tries), _levels()) == (2, [1])


@pytest.mark.postgres
def test_a_change_without_a_key_is_not_repeated_when_the_database_went_away(app: Flask) -> None:
    (pid,) = _parks(1)

    def act() -> None:
        with unit_of_work() as session:
            _add_one(session, pid)
            _end_backend(session.scalar(text("SELECT pg_backend_pid()")))

    with pytest.raises(DBAPIError) as met:
        retrying(act)
    assert away(met.value) and not collided(met.value)
    assert _levels() == [0]


def _end_backend(pid: object) -> None:
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})


@pytest.mark.postgres
def test_a_page_s_statements_end_and_a_job_s_may_last(app: Flask) -> None:
    shown = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
    with db.engine.connect() as connection:
        assert tuple(connection.execute(text(shown)).one()) == ("15s", "10s")
