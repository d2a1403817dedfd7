"""Rules of first claim, without a database."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.clock import SHANGHAI
from core.deadlines import Timing, reckon
from core.workdays import load_calendar
from crm.leads import rules, terms

CALENDAR = load_calendar(Path("data/calendar/cn_holidays.csv"))
TERMS = terms.on(date(2026, 3, 2))


def keys(**values: object) -> set[str]:
    given: dict[str, object] = {"chain_node_id": 7, "investor_id": None, "names": (), "group_name": ""}
    return set(rules.claim_keys(rules.ClaimIdentity(**{**given, **values})))  # type: ignore[arg-type]  # plain test values


def test_same_group_on_the_same_link_competes() -> None:
    first = keys(names=("宁德时代新能源科技股份有限公司",), group_name="宁德时代")
    second = keys(names=("时代广汽动力电池有限公司",), group_name="宁德时代集团")
    assert first & second


def test_a_subsidiary_meets_the_claim_of_its_group() -> None:
    assert keys(names=("衡曜集团",)) & keys(names=("衡曜电池（示例）有限公司",), group_name="衡曜集团")


def test_the_same_investor_on_another_link_does_not_compete() -> None:
    assert not keys(names=("宁德时代",)) & keys(chain_node_id=8, names=("宁德时代",))


def test_a_changed_legal_form_is_still_the_same_name() -> None:
    assert keys(names=("示例市澜谷显示有限责任公司",)) & keys(names=("示例市澜谷显示有限公司",))


def test_foreign_investors_are_known_by_their_number() -> None:
    assert keys(names=("Alpha Ltd",), foreign_reg="SG 201912345K") & keys(
        names=("Alpha Pte. Ltd.",), foreign_reg="SG-201912345K"
    )


@pytest.mark.parametrize(
    ("total", "foreign", "expected"),
    [("100000", None, True), ("99900", None, False), (None, "1000", True), ("1", "999.99", False)],
)
def test_provincial_filing_is_prompted_from_its_thresholds(
    total: str | None, foreign: str | None, expected: bool
) -> None:
    found = rules.needs_provincial_filing(
        Decimal(total) if total else None, Decimal(foreign) if foreign else None, TERMS
    )
    assert found is expected


def test_response_and_study_roll_past_the_holiday() -> None:
    at = datetime(2026, 9, 30, 10, 0, tzinfo=SHANGHAI)
    for term in (TERMS.respond, TERMS.study):
        assert reckon(Timing(at, term), CALENDAR, at).due_on == date(2026, 10, 8)


def test_ruling_is_due_on_the_fifth_working_day() -> None:
    at = datetime(2026, 3, 2, 9, 0, 1, tzinfo=SHANGHAI)
    assert reckon(Timing(at, TERMS.ruling), CALENDAR, at).due_on == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 2), 6, date(2026, 9, 2)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_protection_ends_on_the_same_day_of_the_month(day: date, months: int, expected: date) -> None:
    assert rules.add_months(day, months) == expected


def test_only_investor_group_and_link_restart_a_claim() -> None:
    assert rules.restarts_claim({"investor_name"})
    assert rules.restarts_claim({"chain_node_id", "total_investment_wan"})
    assert not rules.restarts_claim({"total_investment_wan", "content", "contact_mobile"})


def test_the_earlier_instant_wins_and_the_lower_number_breaks_a_tie() -> None:
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    assert rules.earlier((at, 1), (at, 2))
    assert not rules.earlier((at.replace(second=1), 1), (at, 2))


@pytest.mark.parametrize(("days", "expected"), [(59, "ok"), (60, "warn"), (89, "warn"), (90, "expire")])
def test_silence_warns_after_sixty_and_expires_after_ninety_days(days: int, expected: str) -> None:
    today = date(2026, 6, 30)
    assert rules.silence_state(date.fromordinal(today.toordinal() - days), today, TERMS) == expected
