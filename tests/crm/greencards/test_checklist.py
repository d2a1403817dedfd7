"""The checklist: order, what waits for what, clocks that pause. No database."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from core.clock import SHANGHAI
from core.deadlines import Light, Phase
from core.workdays import CalendarDay, DayKind, WorkCalendar
from crm.greencards import checklist, rules
from crm.greencards.checklist import Carried

CALENDAR = WorkCalendar([CalendarDay(date(2026, 10, day), DayKind.HOLIDAY, "国庆节") for day in range(1, 8)])


@dataclass
class Pause:
    began_at: datetime
    ended_at: datetime | None
    stops_clock: bool
    reason: str = "等补正"


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def test_the_template_runs_from_signing_to_production_and_names_no_legal_days() -> None:
    steps = checklist.template()
    assert [step.title for step in steps] == [
        "签约", "注册", "立项", "规划", "用地", "环评", "能评", "施工", "水电气", "验收", "投产",
    ]  # fmt: skip
    assert all(not hasattr(step, "legal_wd") for step in steps)


def test_a_step_that_stands_before_its_needs_is_refused() -> None:
    first, second, *_rest = checklist.template()
    with pytest.raises(ValueError, match="registration comes before signing"):
        checklist.in_order([second, first])


def test_parallel_steps_wait_only_for_their_own_needs() -> None:
    states = {step.code: "waiting" for step in checklist.template()}
    states.update(signing="done", registration="done", filing="done")
    after = {step.code: step.after for step in checklist.template()}
    assert all(
        not checklist.blocked_by(after[code], states) for code in ("planning", "land", "eia", "energy")
    )
    assert checklist.blocked_by(after["construction"], states) == ["planning", "land", "eia", "energy"]
    states.update(planning="done", land="done", eia="not_needed", energy="running")
    assert checklist.blocked_by(after["construction"], states) == ["energy"]


def test_everything_later_depends_on_filing() -> None:
    after = {step.code: step.after for step in checklist.template()}
    assert "production" in checklist.depends_on("filing", after)
    assert "registration" not in checklist.depends_on("filing", after)


def test_what_the_project_has_taken_is_carried_over_with_what_that_needs() -> None:
    days = {"signed": date(2026, 3, 1), "registered": date(2026, 4, 1)}
    assert checklist.carried_over(checklist.template(), days) == {
        "signing": Carried(date(2026, 3, 1), inferred=False),
        "registration": Carried(date(2026, 4, 1), inferred=False),
    }
    built = checklist.carried_over(checklist.template(), {**days, "started": date(2026, 9, 1)})
    assert built["construction"] == Carried(date(2026, 9, 1), inferred=False)
    assert built["eia"] == built["filing"] == Carried(date(2026, 9, 1), inferred=True)
    assert "utilities" not in built
    assert "acceptance" not in built


def clock(pauses: list[Pause], now: datetime, promised: int | None = 5, legal: int | None = None):
    return checklist.deadline_of(
        promised_wd=promised,
        legal_wd=legal,
        started_at=at(11, 2),
        done_at=None,
        pauses=pauses,
        calendar=CALENDAR,
        now=now,
    )


def test_the_clock_runs_against_the_shorter_of_promise_and_law() -> None:
    assert clock([], at(11, 2), 5, 3).total == 3
    assert clock([], at(11, 2), 5, None).total == 5
    assert clock([], at(11, 2), None, None) is None


def test_waiting_for_the_enterprise_stops_the_clock_and_a_departments_own_delay_does_not() -> None:
    stopped = clock([Pause(at(11, 3), at(11, 6), True)], at(11, 11))
    running = clock([Pause(at(11, 3), at(11, 6), False)], at(11, 11))
    assert stopped.due_on == date(2026, 11, 12)
    assert stopped.light is Light.AMBER
    assert running.due_on == date(2026, 11, 9)
    assert running.light is Light.RED


def test_an_open_pause_shows_as_paused() -> None:
    assert clock([Pause(at(11, 3), None, True)], at(11, 20)).phase is Phase.PAUSED


def test_only_named_causes_stop_the_clock() -> None:
    assert {code for code, cause in checklist.CAUSES.items() if not cause.stops_clock} == {"department"}


def test_progress_leaves_out_what_is_not_needed() -> None:
    assert checklist.progress(["done", "done", "running", "not_needed"]) == (2, 3)


def test_a_card_past_its_day_is_expired_before_any_nightly_job() -> None:
    today = date(2026, 11, 24)
    assert rules.standing("valid", date(2026, 11, 24), today) == "valid"
    assert rules.standing("valid", date(2026, 11, 23), today) == "expired"
    assert rules.standing("suspended", date(2027, 1, 1), today) == "suspended"
    assert rules.standing("reviewed", None, today) == "none"


def test_tokens_are_long_and_never_alike() -> None:
    tokens = {rules.new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) >= 32 for token in tokens)


def test_nobody_acts_at_two_levels_of_one_card() -> None:
    acts = [(1, "apply"), (2, "first_review")]
    assert rules.acts_in_another_role(acts, 1, "first_review")
    assert rules.acts_in_another_role(acts, 2, "review")
    assert not rules.acts_in_another_role(acts, 3, "review")
    assert not rules.acts_in_another_role(acts, 2, "first_review")


def test_validity_proposed_is_a_year_after_planned_production() -> None:
    assert rules.proposed_valid_to(date(2027, 3, 31), date(2026, 11, 24)) == date(2028, 3, 31)
    assert rules.proposed_valid_to(date(2028, 2, 29), date(2026, 11, 24)) == date(2029, 2, 28)
    assert rules.proposed_valid_to(date(2020, 1, 1), date(2026, 11, 24)) is None
