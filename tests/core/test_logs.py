"""One line an event, with the id of what runs, and nothing that a person typed."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from core import logs
from core.db import write_mode

log = logging.getLogger("tests.logs")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.set_up(for_people=False, level="DEBUG", stream=stream)
    yield stream
    root.handlers = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_carries_event_fields_and_the_id_of_what_runs(written: io.StringIO) -> None:
    with logs.bound(job_id=7):
        log.info("job_begun", extra={"rows": 3})
    log.info("after")
    first, second = lines(written)
    assert first["event"] == "job_begun" and first["job_id"] == 7 and first["rows"] == 3
    assert first["level"] == "info" and first["at"].endswith("+00:00")
    assert "job_id" not in second


def test_a_line_break_in_a_value_makes_no_second_line(written: io.StringIO) -> None:
    log.warning("odd", extra={"given": 'x\n{"event":"forged"}\r\u2028y'})
    log.warning("said %s", "a\nb")
    assert [line["event"] for line in lines(written)] == ["odd", "said a\nb"]


@pytest.mark.parametrize(
    "value",
    [
        "call 13800001234",
        "id 11010119900101123X",
        "+86 138 0000 1234",
        "who zhang.san@example.cn",
        "张三反映供电问题",
        "postgresql://user:hunter2pw@db/x",
        "password=hunter2pw",
        "token: 'hunter2pw'",
    ],
)
def test_personal_data_and_secrets_are_scrubbed(written: io.StringIO, value: str) -> None:
    log.error("bad: %s", value, extra={"detail": value, "password": value})
    said = written.getvalue()
    for secret in ("1380000", "138 0000", "1990", "zhang", "张", "\\u5f20", "hunter2pw"):
        assert secret not in said


def test_ids_stay_readable(written: io.StringIO) -> None:
    log.info(
        "kept", extra={"record": "01KB2N7V0Q8Z9GJ5X6M3T4R1WC", "revision": "0011_cultivation", "ms": 12.5}
    )
    (line,) = lines(written)
    assert (line["record"], line["revision"], line["ms"]) == (
        "01KB2N7V0Q8Z9GJ5X6M3T4R1WC",
        "0011_cultivation",
        12.5,
    )


def test_an_error_of_the_database_quotes_no_value(written: io.StringIO) -> None:
    engine = create_engine("sqlite://", hide_parameters=True)
    with write_mode(), engine.begin() as connection:
        connection.execute(text("CREATE TABLE person (phone TEXT UNIQUE)"))
        row = {"phone": "13800001234"}
        connection.execute(text("INSERT INTO person VALUES (:phone)"), row)
        with pytest.raises(IntegrityError):
            try:
                connection.execute(text("INSERT INTO person VALUES (:phone)"), row)
            except IntegrityError:
                log.exception("refused")
                raise
    (line,) = lines(written)
    assert line["error"][0] == "IntegrityError"
    assert "UNIQUE constraint failed: person.phone" in line["error"][1]
    assert any("test_logs.py" in place for place in line["trace"])
    assert "1380000" not in written.getvalue()


def test_for_people_a_line_is_short_and_an_error_stands_below() -> None:
    formatter = logs.ForPeople()
    try:
        raise ValueError("13800001234 is\nodd")
    except ValueError:
        record = log.makeRecord("x", logging.ERROR, "f", 1, "failed", (), exc_info=sys.exc_info())
    shown = formatter.format(record).splitlines()
    assert shown[0].endswith("ERROR   failed")
    assert shown[1].strip() == "ValueError: [number] is"
