"""The grammar of conditions: what is written is read back, and nothing breaks on nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lists.conditions import MOST_VALUES, Condition, format_group, parse, parse_group


def test_groups_are_joined_by_and_and_their_conditions_by_or() -> None:
    found = parse(["park:in:3,4", "above_scale:is:yes|honour:little_giant", "revenue:between:1000,"])
    assert found == (
        (Condition("park", "in", ("3", "4")),),
        (Condition("above_scale", "is", ("yes",)), Condition("honour", "", ("little_giant",))),
        (Condition("revenue", "between", ("1000", "")),),
    )


@pytest.mark.parametrize(
    "text", ["", "|", ":", "park", "park:in:", "Park:in:3", "1=1;--:in:2", "park:between:,", "a" * 50 + ":1"]
)
def test_what_cannot_be_understood_is_left_out(text: str) -> None:
    assert parse_group(text) == ()


def test_a_good_condition_stays_beside_a_bad_one() -> None:
    assert parse_group("??|park:3|:") == (Condition("park", "", ("3",)),)


def test_operators_without_a_value() -> None:
    assert parse_group("park:empty|uscc:filled") == (Condition("park", "empty"), Condition("uscc", "filled"))


def test_values_are_bounded() -> None:
    assert len(parse_group("park:in:" + ",".join(map(str, range(500))))[0].values) == MOST_VALUES
    assert parse_group("name:has:" + "光" * 100_000) == ()


@given(
    st.lists(
        st.text(min_size=1, max_size=20).map(str.strip).filter(bool), min_size=1, max_size=5, unique=True
    )
)
def test_any_value_survives_the_address(values: list[str]) -> None:
    condition = Condition("name", "in", tuple(values))
    assert parse_group(format_group([condition, Condition("park", "empty")])) == (
        condition,
        Condition("park", "empty"),
    )
