"""Exact money and area (DOMAIN 2.2; acceptance T54, T58)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from core.types import Scaled, UtcDateTime, from_mu, quantize, to_mu


@pytest.mark.parametrize(
    ("value", "shown"), [("2.675", "2.68"), ("12345.675", "12345.68"), ("-0.005", "-0.01")]
)
def test_money_rounds_half_up(value: str, shown: str) -> None:
    assert quantize(Decimal(value), 2) == Decimal(shown)


def test_area_in_mu() -> None:
    assert to_mu(Decimal("68507.52")) == Decimal("102.76")
    assert to_mu(Decimal(10000)) == Decimal("15.00")
    assert from_mu(Decimal("1")) == Decimal("666.67")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_money_survives_the_database_exactly(value: Decimal) -> None:
    column = Scaled(6)
    kept = column.process_bind_param(value, sqlite.dialect())
    assert isinstance(kept, int)
    assert column.process_result_value(kept, sqlite.dialect()) == value


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())
    aware = datetime(2026, 1, 1, tzinfo=UTC)
    kept = UtcDateTime().process_bind_param(aware, sqlite.dialect())
    assert UtcDateTime().process_result_value(kept, sqlite.dialect()) == aware
