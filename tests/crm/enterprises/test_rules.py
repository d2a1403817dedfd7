"""Size class, growth, masks (DOMAIN 3, 22)."""

from decimal import Decimal

import pytest

from crm.enterprises.rules import growth, size_class


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
    assert size_class(people, Decimal(revenue)) == expected


def test_a_missing_figure_gives_no_size_class() -> None:
    assert size_class(None, Decimal(1)) is None
    assert size_class(5, None) is None


def test_growth_needs_a_positive_base() -> None:
    assert growth(Decimal(100), Decimal(112)) == Decimal("0.12")
    assert growth(Decimal(0), Decimal(1)) is None
    assert growth(None, Decimal(1)) is None
