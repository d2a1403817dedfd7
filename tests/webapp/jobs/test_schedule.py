"""Periodic work: each period once even with two beats, one missed period made good, the clock set back."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from celery.schedules import crontab
from flask import Flask
from sqlalchemy import func, select

from core import clock
from core.clock import SHANGHAI
from core.db import db
from core.jobs.models import Job
from webapp import schedule
from webapp.schedule import Periodic

DAY = datetime(2026, 11, 26, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Periodic]]:
    """Two rows of our own: one that makes good what was missed, one that does not."""
    rows = {
        "due": Periodic("due", "test.due", crontab(hour="8", minute="0"), "%Y-%m-%d"),
        "late": Periodic("late", "test.late", crontab(hour="8", minute="0"), "%Y-%m-%d", catch_up=False),
    }
    monkeypatch.setattr(schedule, "TABLE", rows)
    with clock.frozen(DAY - timedelta(days=3, hours=2)):
        yield rows


def _keys() -> list[str | None]:
    session = db.session()
    session.rollback()
    return list(session.scalars(select(Job.key).where(Job.periodic.is_not(None)).order_by(Job.key)))


def test_eight_beats_at_once_queue_each_period_once(app: Flask, table: dict[str, Periodic]) -> None:
    schedule.enqueue_due()
    barrier = threading.Barrier(8)
    failed: list[BaseException] = []

    def beat() -> None:
        try:
            with app.app_context():
                barrier.wait()
                schedule.enqueue_due()
        except BaseException as error:
            failed.append(error)

    with clock.frozen(DAY.replace(hour=8, minute=1)):
        threads = [threading.Thread(target=beat) for _each in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []
    assert _keys() == ["due:2026-11-26", "late:2026-11-26"]


def test_what_was_due_before_the_platform_existed_is_not_made_good(
    app: Flask, table: dict[str, Periodic]
) -> None:
    assert schedule.enqueue_due() == 0


def test_the_latest_missed_period_is_made_good_once_where_the_row_says_so(
    app: Flask, table: dict[str, Periodic]
) -> None:
    schedule.enqueue_due()
    with clock.frozen(DAY):
        assert (schedule.enqueue_due(), schedule.enqueue_due()) == (1, 0)
    with clock.frozen(DAY - timedelta(hours=1)):
        assert schedule.enqueue_due() == 1  # set back to eight o'clock: on time for the other row
    with clock.frozen(DAY):
        assert schedule.enqueue_due() == 0
    assert _keys() == ["due:2026-11-26", "late:2026-11-26"]


def test_weeks_and_months_find_their_days() -> None:
    monday = Periodic("w", "k", crontab(hour="8", minute="30", day_of_week="1"), "%G-%V")
    first = Periodic("m", "k", crontab(hour="6", minute="0", day_of_month="1"), "%Y-%m")
    assert monday.due_before(DAY) == datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)
    assert monday.due_after(DAY) == datetime(2026, 11, 30, 8, 30, tzinfo=SHANGHAI)
    assert first.due_before(DAY) == datetime(2026, 11, 1, 6, 0, tzinfo=SHANGHAI)
    assert first.due_after(DAY) == datetime(2026, 12, 1, 6, 0, tzinfo=SHANGHAI)


def test_every_row_of_the_real_table_is_called_something_and_has_a_handler(app: Flask) -> None:
    session = db.session()
    assert session.scalar(select(func.count(Job.id))) == 0
    for name, row in schedule.TABLE.items():
        assert (row.name, bool(str(row.label))) == (name, True)
