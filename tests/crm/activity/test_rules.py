"""What makes a follow-up count, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from crm.activity import rules, terms
from crm.activity.rules import FollowUpValues

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def said(**other: object) -> FollowUpValues:
    given: dict[str, object] = {
        "at": NOW, "how": "visit", "our_people": ["周予安"], "their_people": ["江听澜"], "summary": "看了两处厂房",
        "next_step": "送供电方案", "next_on": TODAY, **other,
    }  # fmt: skip
    return FollowUpValues(**given)  # type: ignore[arg-type]  # plain test values


def test_a_whole_record_counts() -> None:
    assert rules.follow_up_faults(said(), NOW, TODAY) == []


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"their_people": []}, "their_people"),
        ({"our_people": []}, "our_people"),
        ({"summary": " 谈 "}, "summary"),
        ({"next_step": ""}, "next_step"),
        ({"at": NOW + timedelta(minutes=1)}, "at"),
        ({"at": NOW.replace(year=206)}, "at"),
        ({"next_on": TODAY - timedelta(days=1)}, "next_on"),
        ({"how": "sms"}, "how"),
    ],
)
def test_what_is_missing_is_named_at_its_field(other: dict[str, object], field: str) -> None:
    assert [fault.field for fault in rules.follow_up_faults(said(**other), NOW, TODAY)] == [field]


def test_names_are_split_and_kept_once() -> None:
    assert rules.people("江听澜（副总）、邵庭，邵庭；") == ["江听澜（副总）", "邵庭"]


@pytest.mark.parametrize(
    ("days", "light"), [(0, "green"), (30, "green"), (31, "amber"), (60, "amber"), (61, "red")]
)
def test_silence_turns_amber_and_red(days: int, light: str) -> None:
    assert rules.silence_light(TODAY - timedelta(days=days), TODAY, terms.on(TODAY)) == light
    assert rules.silence_light(None, TODAY, terms.on(TODAY)) == "grey"
