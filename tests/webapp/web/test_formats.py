"""How values are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from core import clock, masking
from webapp.web import formats
from webapp.web.templates import icon


def test_money_area_and_shares() -> None:
    assert formats.wan(Decimal("48620")) == "48,620.00"
    assert formats.wan(Decimal("0.005")) == "0.01"
    assert formats.wan(Decimal("-3.2")) == "−3.20"
    assert formats.yi(Decimal("326000")) == "32.60"
    assert formats.mu(Decimal("68507.52")) == "102.76"
    assert formats.pct(Decimal("0.302")) == "30.2%"
    assert {formats.wan(None), formats.yi(None), formats.mu(None), formats.pct(None), formats.date(None)} == {
        "—"
    }


def test_days_in_chinese_and_english(app: Flask) -> None:
    late_evening = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    with clock.frozen(datetime(2026, 11, 20, 2, 0, tzinfo=UTC)):
        with app.test_request_context("/"):
            assert formats.date(late_evening) == "2026-03-05"
            assert formats.day_short(late_evening) == "03-05"
            assert formats.day_short(date(2025, 3, 5)) == "2025-03-05"
            assert formats.date_long(late_evening) == "2026年3月5日"
            assert formats.weekday(late_evening) == "周四"
            assert formats.date_time(late_evening) == "2026-03-05 00:30"
            assert formats.ago(date(2026, 11, 20)) == "今天"
            assert formats.ago(date(2026, 8, 20)) == "92 天前"
        with app.test_request_context("/", headers={"Cookie": "lang=en"}):
            assert formats.date_long(late_evening) == "5 March 2026"
            assert formats.weekday(late_evening) == "Thu"


def test_personal_data_is_masked() -> None:
    assert masking.phone("13812341234") == "138****1234"
    assert masking.phone("8812340") == "****40"
    assert masking.email("zhou@example.cn") == "z***@example.cn"


def test_an_unknown_icon_is_noticed() -> None:
    assert "<svg" in icon("firm")
    with pytest.raises(KeyError):
        icon("no-such")
