"""What the shared parts of pages say: a due day once, an order in the words of its kind."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, get_template_attribute

from core import clock
from core.lists.spec import Sort

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_on", "said", "again"),
    [
        (date(2026, 12, 1), "12-01 周二", False),
        (date(2026, 11, 20), "今天", False),
        (date(2026, 11, 18), "超期 2 天", True),
    ],
)
def test_a_due_day_stands_once(app: Flask, due_on: date, said: str, again: bool) -> None:
    """The day stands beneath only where the chip counts days instead of naming it."""
    with clock.frozen(NOW), app.test_request_context("/"):
        written = str(get_template_attribute("ui/parts.html", "due_day")(due_on))
    assert said in written
    assert (due_on.isoformat() in written) is again


@pytest.mark.parametrize(
    ("kind", "falling", "words"),
    [
        ("serial", True, "晚的在前"),
        ("day", False, "早的在前"),
        ("whole", True, "从大到小"),
        ("text", False, "升序"),
    ],
)
def test_an_order_is_said_in_the_words_of_its_kind(app: Flask, kind: str, falling: bool, words: str) -> None:
    with app.test_request_context("/"):
        sort = Sort("邀请时间", None, kind=kind)  # type: ignore[arg-type]
        assert (
            str(get_template_attribute("ui/lists.html", "order")(sort, falling)).strip()
            == f"邀请时间：{words}"
        )
