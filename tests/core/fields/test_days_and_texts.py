"""Days, years, telephones, stock codes, yes and no, plain text."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import Form, StringField

from core.fields import days, texts
from core.fields.errors import FieldError


def refusal(parse: Any, value: object, **options: Any) -> FieldError:
    with pytest.raises(FieldError) as refused:
        parse(value, **options)
    return refused.value


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05",
        "2026-3-5",
        "2026年3月5日",
        "2026 年 3 月 5 日",
        "2026/3/5",
        "2026.03.05",
        "20260305",
        "２０２６－０３－０５",
        "2026-03-05 00:00:00",
        "2026-03-05T08:30:00+08:00",
        "2026/3/5 8:30",
        date(2026, 3, 5),
        datetime(2026, 3, 5, 9, 0),
        46086,
        46086.0,
        20260305,
    ],
)
def test_a_day_in_every_usual_writing(written: object) -> None:
    assert days.day(written) == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("2026/13/01", "bad_day", "没有 13 月"),
        ("2026-02-29", "bad_day", "2026 年 2 月没有 29 日"),
        ("2026年3月", "no_day", "没有写到日"),
        ("26/3/5", "short_year", "四位年份"),
        ("3/5/2026", "short_year", "四位年份"),
        ("下周一", "bad_day", "2026-03-05"),
        ("0000-01-01", "bad_day", "不是日期"),
        ("1200-01-01", "out_of_range", "1900-01-01"),
        (5, "bad_day", "不是日期"),
        (float("nan"), "bad_day", "不是日期"),
        (True, "bad_day", "不是日期"),
    ],
)
def test_an_impossible_day_is_refused_by_name(written: object, code: str, words: str) -> None:
    error = refusal(days.day, written)
    assert error.code == code
    assert words in str(error)


def test_blank_days_are_none_and_leap_days_exist() -> None:
    assert days.day("") is None
    assert days.day("—") is None
    assert days.day("2024-02-29") == date(2024, 2, 29)


def test_a_day_outside_its_bounds_says_which() -> None:
    error = refusal(days.day, "2030-01-01", latest=date(2026, 12, 31))
    assert error.code == "out_of_range"
    assert "2026-12-31" in str(error)


def test_years() -> None:
    assert days.year("2025") == days.year("2025年度") == days.year(2025.0) == 2025
    assert days.year(None) is None
    assert refusal(days.year, "25").code == "year"
    assert refusal(days.year, "1800").code == "out_of_range"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800001234", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("+86-138-0000-1234", "13800001234"),
        (13800001234.0, "13800001234"),
        ("0816-2212345", "0816-2212345"),
        ("(0816)2212345", "0816-2212345"),
        ("0816-2212345转8001", "0816-2212345-8001"),
        ("400-800-1234", "4008001234"),
        ("12345", "12345"),
        ("+852 2123 4567", "+85221234567"),
        ("", None),
    ],
)
def test_telephone_numbers(written: object, number: str | None) -> None:
    assert texts.phone(written) == number


@pytest.mark.parametrize("written", ["1380000123", "23800001234", "请致电", "138000012345"])
def test_what_is_no_telephone_number(written: str) -> None:
    assert refusal(texts.phone, written).code == "phone"


def test_stock_codes_get_back_the_zeros_a_spreadsheet_ate() -> None:
    assert texts.stock_code(725) == texts.stock_code("000725.SZ") == texts.stock_code("sz000725") == "000725"
    assert texts.stock_code(725.0) == "000725"
    assert texts.stock_code(None) is None
    assert refusal(texts.stock_code, "00725").code == "stock_code"


def test_yes_and_no() -> None:
    assert [texts.yes_no(v) for v in ("是", "√", "y", 1, True)] == [True] * 5
    assert [texts.yes_no(v) for v in ("否", "无", "×", 0, 0.0, False)] == [False] * 6
    assert texts.yes_no("") is None
    assert refusal(texts.yes_no, "也许").code == "yes_no"


def test_plain_text_refuses_what_no_database_takes() -> None:
    assert texts.text("  示例新材 \u200b") == "示例新材"
    assert texts.text("   ") is None
    assert refusal(texts.text, "a\x00b").code == "control_character"
    assert refusal(texts.text, "a\ud83d").code == "control_character"
    assert refusal(texts.text, "一\n二").code == "control_character"
    assert texts.text("一\r\n二", lines=True) == "一\n二"
    assert refusal(texts.text, "长" * 201).code == "too_long"


def test_a_parser_serves_as_a_form_filter() -> None:
    class DayForm(Form):
        on = StringField(filters=[days.day])

    good, bad = DayForm(data={"on": "2026年3月5日"}), DayForm(data={"on": "2026/13/01"})
    assert good.on.data == date(2026, 3, 5)
    assert "没有 13 月" in str(bad.on.process_errors[0])


@given(st.text(max_size=30))
def test_any_text_gives_a_value_or_a_refusal(written: str) -> None:
    for parse in (days.day, days.year, texts.phone, texts.stock_code, texts.yes_no, texts.text):
        with suppress(FieldError):
            parse(written)


@given(st.floats(), st.integers())
def test_any_number_gives_a_value_or_a_refusal(number: float, whole: int) -> None:
    for value in (number, whole):
        for parse in (days.day, days.year, texts.phone, texts.stock_code, texts.yes_no):
            with suppress(FieldError):
                parse(value)
