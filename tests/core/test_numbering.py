"""Business numbers under concurrency: none twice, none skipped."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import numbering
from core.db import unit_of_work
from core.numbering import NumberSeries

EACH = 25


def test_eight_threads_never_take_a_number_twice(app: Flask, session: Session) -> None:
    taken: list[str] = []
    failed: list[BaseException] = []
    barrier = threading.Barrier(8)

    def take() -> None:
        try:
            with app.app_context():
                barrier.wait()
                for _each in range(EACH):
                    with unit_of_work() as writing:
                        number = numbering.take(writing, "XM", "SLS", 2026)
                    taken.append(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=take) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(taken) == [f"XM-SLS-2026-{number:04d}" for number in range(1, 8 * EACH + 1)]


def test_the_width_grows_past_9999_and_a_rollback_gives_the_number_back(app: Flask, session: Session) -> None:
    with unit_of_work() as writing:
        writing.add(NumberSeries(series="XM-SLS-2026", last=9998))
    with pytest.raises(ZeroDivisionError), unit_of_work() as writing:
        assert numbering.take(writing, "XM", "SLS", 2026) == "XM-SLS-2026-9999"
        raise ZeroDivisionError
    found = []
    for _each in range(2):
        with unit_of_work() as writing:
            found.append(numbering.take(writing, "XM", "SLS", 2026))
    assert found == ["XM-SLS-2026-9999", "XM-SLS-2026-10000"]
    assert session.scalar(select(NumberSeries.last)) == 10000
