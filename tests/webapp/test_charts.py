"""Column charts as numbers: nought stands on the ground, losses hang from the line, gaps are gaps."""

from decimal import Decimal

import pytest

from webapp.web.charts import BASE, TOP, columns


@pytest.mark.parametrize(
    ("values", "base"), [((0, 0), BASE), ((5, 10), BASE), ((-5, -10), TOP), ((None, None), BASE)]
)
def test_the_line_stands_below_what_rises_and_above_what_hangs(
    values: tuple[int | None, ...], base: float
) -> None:
    chart = columns([(str(number), value) for number, value in enumerate(values)])
    assert chart.base == base
    assert all(each.y >= TOP and each.y + each.height <= BASE for each in chart.columns)


def test_a_loss_hangs_and_a_gap_is_never_nought() -> None:
    loss, gap, gain = columns([("2023", Decimal(-30)), ("2024", None), ("2025", Decimal(60))]).columns
    assert loss.negative and not gap.negative and gap.missing and not gain.missing
    assert (gain.height, loss.height) == (44.0, 22.0)
