"""Numbers as forms and spreadsheets bring them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fields import numbers
from core.fields.errors import FieldError

D = Decimal


def code_of(parse: Callable[..., Any], value: object, **options: Any) -> str:
    with pytest.raises(FieldError) as refused:
        parse(value, **options)
    assert str(refused.value).strip()
    return refused.value.code


@pytest.mark.parametrize(
    ("written", "wan"),
    [
        ("3500", "3500"),
        ("3,500.5", "3500.5"),
        ("３，５００", "3500"),
        (" 1.2 亿元 ", "12000"),
        ("5亿", "50000"),
        ("5000万", "5000"),
        ("5000 万元", "5000"),
        ("￥800元", "0.08"),
        ("0", "0"),
        (12345.67, "12345.67"),
        (12, "12"),
        (D("0.000001"), "0.000001"),
        ("1百万元", "100"),
    ],
)
def test_money_is_exact_in_ten_thousands(written: object, wan: str) -> None:
    assert numbers.money_wan(written) == D(wan)


def test_the_unit_of_a_bare_number_is_the_columns() -> None:
    assert numbers.money_wan("1.5", unit="亿元") == D(15000)
    assert numbers.money_wan(1.5, unit="亿元") == D(15000)
    assert numbers.money_wan("800", unit="元") == D("0.08")


@pytest.mark.parametrize("written", ["", None, "—", "/", "暂无", "不详", " "])
def test_signs_for_nothing_are_missing_and_not_nought(written: str | None) -> None:
    assert numbers.money_wan(written) is None
    assert numbers.area_sqm(written) is None
    assert numbers.integer(written) is None
    assert numbers.percent(written) is None
    assert numbers.decimal(written) is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("-5", "negative"),
        ("约5000", "not_a_number"),
        ("3-5亿", "not_a_number"),
        ("5000万以上", "unit"),
        ("1,23", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("5000万美元", "unit"),
        ("1E+5", "exponent"),
        ("9" * 30, "too_large"),
        (True, "not_a_number"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        (".", "not_a_number"),
        ("+", "not_a_number"),
    ],
)
def test_unclear_money_is_refused_with_a_cure(written: object, code: str) -> None:
    assert code_of(numbers.money_wan, written) == code


def test_a_loss_may_be_negative_where_the_column_says_so() -> None:
    assert numbers.money_wan("-12.5", minimum=None) == D("-12.5")


@pytest.mark.parametrize(
    ("written", "sqm"),
    [
        ("1亩", "666.67"),
        ("102.76", "68506.67"),
        ("15亩", "10000.00"),
        ("1公顷", "10000.00"),
        ("3000㎡", "3000.00"),
        ("3000m²", "3000.00"),
        ("3,000 平方米", "3000.00"),
        ("0.5平方公里", "500000.00"),
        (3, "2000.00"),
    ],
)
def test_area_is_kept_in_square_metres(written: object, sqm: str) -> None:
    assert numbers.area_sqm(written) == D(sqm)


def test_area_of_a_bare_number_follows_its_column() -> None:
    assert numbers.area_sqm("3000", unit="平方米") == D(3000)
    assert code_of(numbers.area_sqm, "3000坪") == "unit"
    assert code_of(numbers.area_sqm, "-1") == "negative"


def test_whole_numbers_only_where_people_are_counted() -> None:
    assert numbers.integer("1,200") == 1200
    assert numbers.integer(1200.0) == 1200
    assert numbers.integer("35人") == 35
    assert code_of(numbers.integer, "12.5") == "not_whole"
    assert code_of(numbers.integer, "-1") == "negative"
    assert code_of(numbers.integer, "3000000000") == "too_large"
    assert code_of(numbers.integer, "9" * 400) == "too_large"


def test_percentages_are_points() -> None:
    assert numbers.percent("4.5%") == D("4.5")
    assert numbers.percent("４．５％") == D("4.5")
    assert numbers.percent("4.5") == D("4.5")
    assert numbers.percent(0.045, fraction=True) == D("4.5")
    assert numbers.percent("4.5%", fraction=True) == D("4.5")
    assert code_of(numbers.percent, "120", maximum=100) == "too_large"


def test_decimals_round_half_up() -> None:
    assert numbers.decimal("2.675", places=2) == D("2.68")
    assert numbers.decimal(2.675, places=2) == D("2.68")
    assert numbers.decimal("12345.675", places=2) == D("12345.68")
    assert code_of(numbers.decimal, "1", minimum=2) == "too_small"


@given(st.decimals(min_value=0, max_value=10**8, places=6))
def test_what_is_written_plainly_comes_back_exactly(number: Decimal) -> None:
    assert numbers.money_wan(format(number, "f")) == number
    assert numbers.money_wan(f"{number:,f}") == number


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_refusal(written: str) -> None:
    for parse in (numbers.money_wan, numbers.area_sqm, numbers.integer, numbers.percent, numbers.decimal):
        try:
            number = parse(written)
        except FieldError:
            continue
        assert number is None or D(number).is_finite()
