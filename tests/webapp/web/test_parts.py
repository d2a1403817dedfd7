"""What the shared parts of pages say: a due day once, an order in the words of its kind."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, get_template_attribute
from flask_wtf import FlaskForm
from wtforms import StringField

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


class _One(FlaskForm):
    reason = StringField("交接原因")


@pytest.mark.parametrize(("language", "words"), [("zh", "有 1 处需要修改"), ("en", "1 place needs a change")])
def test_even_one_missing_answer_is_named_above_the_form(app: Flask, language: str, words: str) -> None:
    """On a long form its field may lie below the screen."""
    with app.test_request_context("/", headers={"Cookie": f"lang={language}"}):
        form = _One(meta={"csrf": False})
        form.form_errors = []
        form.reason.errors = ["请写明。"]
        form.visible = lambda: [form.reason]  # type: ignore[attr-defined]
        written = str(get_template_attribute("ui/forms.html", "errors")(form))
    assert words in written and 'href="#reason"' in written
