"""ACCEPTANCE T07–T19 on the announced table 2004–2026, and the year after it."""

from datetime import date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import workdays
from core.clock import SHANGHAI
from core.workdays import CalendarDay, DayKind, WorkCalendar

TABLE = Path(__file__).parents[2] / "data" / "calendar" / "cn_holidays.csv"
CALENDAR = workdays.load_calendar(TABLE)
known_days = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2025-09-26", 5, "2025-10-10"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2025-09-30", 15, "2025-10-28"),
        ("2025-10-03", 1, "2025-10-09"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-09-24", 3, "2026-09-30"),
        ("2026-09-30", 7, "2026-10-15"),
        ("2026-03-02", 5, "2026-03-09"),
    ],
)
def test_working_days_are_counted_from_the_day_after_receipt(received: str, days: int, due: str) -> None:
    found = CALENDAR.add_workdays(date.fromisoformat(received), days)
    assert (found.on.isoformat(), found.provisional) == (due, False)


def test_a_natural_day_that_ends_in_a_holiday_rolls_on() -> None:
    assert CALENDAR.next_workday(date(2025, 10, 2)).on == date(2025, 10, 9)
    assert CALENDAR.next_workday(date(2025, 10, 9)).on == date(2025, 10, 9)


def test_beyond_the_announced_year_a_day_is_provisional_and_new_year_still_rests() -> None:
    found = CALENDAR.add_workdays(date(2026, 12, 30), 3)
    assert found.provisional
    assert found.on == date(2027, 1, 5)
    assert not CALENDAR.is_workday(date(2027, 1, 1))
    assert CALENDAR.note(date(2027, 1, 1)) == "元旦（暂定）"
    assert not CALENDAR.add_workdays(date(2026, 12, 28), 3).provisional
    assert CALENDAR.known_until == date(2026, 12, 31)


def test_spring_festival_of_an_unannounced_year_rests_too() -> None:
    assert [CALENDAR.is_workday(date(2027, 2, day)) for day in range(4, 12)] == [True] + [False] * 6 + [True]
    assert CALENDAR.note(date(2027, 2, 8)) == "春节（暂定）"
    assert CALENDAR.note(date(2028, 1, 26)) == "春节（暂定）"


def test_days_are_counted_as_an_official_counts_them() -> None:
    assert CALENDAR.count_workdays(date(2025, 9, 26), date(2025, 10, 13)).days == 7
    for year in (2025, 2026):
        assert CALENDAR.count_workdays(date(year - 1, 12, 31), date(year, 12, 31)).days == 248
    assert CALENDAR.count_workdays(date(2025, 10, 13), date(2025, 9, 26)).days == 0


def test_the_table_agrees_with_an_independent_one() -> None:
    day = date(2018, 1, 1)
    differing = []
    while day <= date(2026, 12, 31):
        if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_a_day_says_why_it_rests_or_works() -> None:
    assert CALENDAR.note(date(2026, 10, 10)) == "国庆节调休上班"
    assert CALENDAR.note(date(2026, 10, 1)) == "国庆节"
    assert CALENDAR.note(date(2026, 11, 21)) == "周末"
    assert CALENDAR.note(date(2026, 11, 24)) == ""


def test_a_place_may_close_or_open_on_days_of_its_own() -> None:
    own = [
        CalendarDay(date(2026, 11, 25), DayKind.CLOSED, "园区检修停工"),
        CalendarDay(date(2026, 11, 28), DayKind.OPEN),
    ]
    place = WorkCalendar([*workdays.read_days(TABLE), *own])
    assert place.add_workdays(date(2026, 11, 24), 3).on == date(2026, 11, 28)
    assert place.note(date(2026, 11, 25)) == "园区检修停工"
    assert place.known_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-24 10:00", 120, "2026-11-24 12:00"),
        ("2026-11-24 11:30", 120, "2026-11-24 14:30"),
        ("2026-11-24 16:40", 120, "2026-11-25 10:40"),
        ("2026-11-20 16:00", 240, "2026-11-23 12:00"),
        ("2026-09-30 17:30", 120, "2026-10-08 11:00"),
        ("2026-10-09 16:00", 120, "2026-10-10 10:00"),
        ("2026-11-22 08:00", 60, "2026-11-23 10:00"),
    ],
)
def test_working_hours_run_in_office_hours_only(start: str, minutes: int, end: str) -> None:
    found = CALENDAR.add_work_minutes(at(start), minutes)
    assert found.at == at(end)
    assert CALENDAR.work_minutes(at(start), found.at) == minutes


def test_working_hours_into_the_new_year_are_provisional() -> None:
    found = CALENDAR.add_work_minutes(at("2026-12-31 16:30"), 60)
    assert found.at == at("2027-01-04 09:30")
    assert found.provisional


def test_a_bad_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("date,kind,name\n2026-01-01,holiday,元旦\n2026-13-01,holiday,x\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"days\.csv line 3"):
        workdays.read_days(path)
    path.write_text("date,kind,name\n2026-01-01,festival,元旦\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        workdays.read_days(path)


@given(known_days, st.integers(1, 60))
def test_adding_and_counting_undo_each_other(start: date, days: int) -> None:
    due = CALENDAR.add_workdays(start, days).on
    assert CALENDAR.is_workday(due)
    assert CALENDAR.count_workdays(start, due).days == days


@given(known_days, st.integers(0, 60))
def test_a_longer_term_never_ends_earlier(start: date, days: int) -> None:
    assert CALENDAR.add_workdays(start, days + 1).on > CALENDAR.add_workdays(start, days).on
    assert CALENDAR.add_workdays(start + timedelta(days=1), days).on >= CALENDAR.add_workdays(start, days).on
