"""Size class with its reason, states of honours, growth (DOMAIN 3)."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from crm.enterprises import sizes, terms
from crm.enterprises.honours import document_number
from crm.enterprises.rules import board_of, growth, honour_state
from crm.enterprises.trades import section_of

TODAY = date(2026, 11, 20)
DATA = Path(__file__).resolve().parents[3] / "data"
CODES = DATA / "codes" / "gbt4754_2017.csv"


class Told(NamedTuple):
    year: int
    revenue_wan: Decimal | None
    employees_end: int | None


def _size(people: int | None, revenue: int | None, trade: str | None = "C") -> sizes.Size:
    told = Told(2025, None if revenue is None else Decimal(revenue), people)
    return sizes.derive(trade, [told], terms.on(TODAY))


@pytest.mark.parametrize(
    ("people", "revenue", "expected"),
    [
        (1000, 40000, "large"),
        (999, 40000, "medium"),
        (1000, 39999, "medium"),
        (300, 2000, "medium"),
        (300, 1999, "small"),
        (20, 300, "small"),
        (19, 90000, "micro"),
    ],
)
def test_both_lower_limits_must_be_reached(people: int, revenue: int, expected: str) -> None:
    assert _size(people, revenue).size == expected


def test_the_reason_names_figures_and_limits() -> None:
    reason = str(_size(320, 5000).reason)
    assert "2025 年从业 320 人、营收 5,000.00 万元" in reason and "1,000 人且 40,000 万元" in reason
    assert reason.endswith("划为中型。")
    assert "达到大型下限" in str(_size(1000, 40000).reason)


@pytest.mark.parametrize(
    ("people", "revenue", "trade", "missing"),
    [
        (None, 1, "C", "年末从业人员"),
        (5, None, "C", "营业收入"),
        (5, 1, None, "没有行业代码"),
        (5, 1, "F", "还没有录入"),
    ],
)
def test_what_is_missing_is_named_and_gives_no_size(
    people: int | None, revenue: int | None, trade: str | None, missing: str
) -> None:
    found = _size(people, revenue, trade)
    assert found.size is None and missing in str(found.reason)


def test_the_latest_year_counts_and_its_sources_complete_each_other() -> None:
    rows = [Told(2024, Decimal(50000), 2000), Told(2025, Decimal(5000), None), Told(2025, None, 320)]
    assert sizes.derive("C", rows, terms.on(TODAY)).size == "medium"


def test_every_division_of_the_standard_has_its_section() -> None:
    with CODES.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["level"] != "1"]
    assert len(rows) > 1900
    assert [row["code"] for row in rows if section_of(row["code"]) != row["section"]] == []


@pytest.mark.parametrize(
    ("begins", "ends", "revoked", "expected"),
    [
        (None, None, None, "valid"),
        (None, TODAY, None, "expiring"),
        (None, TODAY - timedelta(days=1), None, "expired"),
        (None, TODAY + timedelta(days=90), None, "expiring"),
        (None, TODAY + timedelta(days=91), None, "valid"),
        (TODAY + timedelta(days=1), None, None, "waiting"),
        (TODAY, None, None, "valid"),
        (None, None, TODAY, "revoked"),
        (None, None, TODAY + timedelta(days=1), "valid"),
    ],
)
def test_the_state_of_an_honour_follows_from_the_day(
    begins: date | None, ends: date | None, revoked: date | None, expected: str
) -> None:
    assert honour_state(begins, ends, revoked, TODAY, 90) == expected


def test_document_numbers_get_the_brackets_of_official_papers() -> None:
    for written in (
        "绵府发[2026]3号",
        "绵府发【2026】3号",
        "绵府发（2026）3号",
        "绵府发〔2026〕3号",
        "绵府发〔2026〕 003号",
    ):
        assert document_number(written) == "绵府发〔2026〕3号"


def test_growth_needs_a_positive_base() -> None:
    assert growth(Decimal(100), Decimal(112)) == Decimal("0.12")
    assert growth(Decimal(0), Decimal(1)) is None
    assert growth(None, Decimal(1)) is None


def test_the_board_of_every_listed_company_follows_from_its_code() -> None:
    with (DATA / "companies" / "stock_basic_2026.csv").open(encoding="utf-8-sig") as file:
        codes = [row["ts_code"].split(".") for row in csv.DictReader(file)]
    exchanges = {"SH": "上交所", "SZ": "深交所", "BJ": "北交所"}
    assert len(codes) > 5000
    for code, exchange in codes:
        assert str(board_of(code)).startswith(exchanges[exchange]), code
    assert board_of("688981") == "上交所科创板" and board_of("300750") == "深交所创业板"
    assert board_of("") == board_of(None) == board_of("999999") == ""
