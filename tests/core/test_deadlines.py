"""Deadlines worked out by hand from the printed calendar, each equal to the minute."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import deadline_words, deadlines, workdays
from core.clock import SHANGHAI
from core.deadlines import Light, Pause, Phase, Term, Timing, Unit

CALENDAR = workdays.load_calendar(Path(__file__).parents[2] / "data" / "calendar" / "cn_holidays.csv")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def timing(
    start: str, amount: int, unit: str = "wd", *pauses: str, extended: int = 0, stopped: str | None = None
) -> Timing:
    """Pauses as "from..to" or "from.." while still on."""
    spans = [pause.split("..") for pause in pauses]
    return Timing(
        at(start),
        Term(amount, Unit(unit)),
        tuple(Pause(at(begin), at(end) if end else None, "等企业补材料") for begin, end in spans),
        extended,
        at(stopped) if stopped else None,
    )


BY_HAND = [
    # start, amount, unit, pauses, extension → due
    ("2025-09-26", 5, "wd", (), 0, "2025-10-10 24:00"),
    ("2025-09-30", 3, "wd", (), 0, "2025-10-11 24:00"),
    ("2025-09-30", 15, "wd", (), 0, "2025-10-28 24:00"),
    ("2025-10-03", 1, "wd", (), 0, "2025-10-09 24:00"),
    ("2026-04-30", 5, "wd", (), 0, "2026-05-11 24:00"),
    ("2026-09-24", 3, "wd", (), 0, "2026-09-30 24:00"),
    ("2026-09-30", 7, "wd", (), 0, "2026-10-15 24:00"),
    ("2026-02-13", 3, "wd", (), 0, "2026-02-25 24:00"),  # 14th (Saturday) works, 15th–23rd rest
    ("2026-02-14", 1, "wd", (), 0, "2026-02-24 24:00"),
    ("2026-02-23", 5, "wd", (), 0, "2026-02-28 24:00"),  # ends on a Saturday that works
    ("2026-01-01", 1, "wd", (), 0, "2026-01-04 24:00"),  # a Sunday that works
    ("2025-12-31", 2, "wd", (), 0, "2026-01-05 24:00"),
    ("2026-04-03", 1, "wd", (), 0, "2026-04-07 24:00"),
    ("2026-06-18", 2, "wd", (), 0, "2026-06-23 24:00"),
    ("2026-09-18", 2, "wd", (), 0, "2026-09-21 24:00"),  # 20th (Sunday) works
    ("2026-11-24 23:59", 7, "wd", (), 0, "2026-12-03 24:00"),
    ("2026-12-28", 3, "wd", (), 0, "2026-12-31 24:00"),
    ("2026-12-30", 3, "wd", (), 0, "2027-01-05 24:00?"),
    ("2027-02-04", 2, "wd", (), 0, "2027-02-12 24:00?"),  # Spring Festival rests, 5th–10th
    ("2025-09-02", 30, "d", (), 0, "2025-10-09 24:00"),
    ("2026-09-30", 1, "d", (), 0, "2026-10-08 24:00"),
    ("2026-09-30", 3, "d", (), 0, "2026-10-08 24:00"),
    ("2026-11-20", 7, "d", (), 0, "2026-11-27 24:00"),
    ("2026-11-21", 7, "d", (), 0, "2026-11-30 24:00"),  # 28th is a Saturday
    ("2026-10-03", 7, "d", (), 0, "2026-10-10 24:00"),  # a Saturday that works: no rolling
    ("2026-12-25", 7, "d", (), 0, "2027-01-04 24:00?"),
    ("2026-11-13 15:02", 7, "wd", ("2026-11-19 10:00..2026-11-20 09:10",), 0, "2026-11-25 24:00"),
    ("2026-09-28", 5, "wd", ("2026-09-30 09:00..2026-10-09 16:00",), 0, "2026-10-13 24:00"),  # over a holiday
    ("2026-11-23", 3, "wd", ("2026-11-24 09:00..2026-11-24 17:00",), 0, "2026-11-26 24:00"),  # within a day
    ("2026-11-19", 3, "wd", ("2026-11-21 09:00..2026-11-23 09:00",), 0, "2026-11-24 24:00"),  # a weekend
    (
        "2026-11-02", 5, "wd",
        ("2026-11-04 09:00..2026-11-06 09:00", "2026-11-10 09:00..2026-11-12 09:00"), 0, "2026-11-13 24:00",
    ),
    ("2026-09-30 17:00", 5, "wd", (), 0, "2026-10-13 24:00"),
    ("2026-09-30 17:00", 5, "wd", (), 5, "2026-10-20 24:00"),
    ("2026-11-24 16:40", 2, "wh", (), 0, "2026-11-25 10:40"),
    ("2026-11-20 16:00", 4, "wh", (), 0, "2026-11-23 12:00"),
    ("2026-09-30 17:30", 2, "wh", (), 0, "2026-10-08 11:00"),
    ("2026-11-24 10:00", 2, "wh", ("2026-11-24 10:30..2026-11-24 14:00",), 0, "2026-11-24 15:30"),
    ("2026-12-31 16:30", 1, "wh", (), 0, "2027-01-04 09:30?"),
    ("2026-11-20 16:00", 24, "h", (), 0, "2026-11-21 16:00"),
    ("2026-11-20 16:00", 24, "h", ("2026-11-20 18:00..2026-11-21 09:00",), 0, "2026-11-22 07:00"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "amount", "unit", "pauses", "extended", "due"), BY_HAND)
def test_forty_deadlines_worked_out_by_hand(
    start: str, amount: int, unit: str, pauses: tuple[str, ...], extended: int, due: str
) -> None:
    clock = timing(start, amount, unit, *pauses, extended=extended)
    found = deadlines.reckon(clock, CALENDAR, at("2027-03-01"))
    day, _space, hour = due.removesuffix("?").partition(" ")
    end = at(f"{day} 23:59:59") if hour == "24:00" else at(f"{day} {hour}")
    assert (found.due_at, found.due_on.isoformat()) == (end, day)
    assert found.provisional is due.endswith("?")


def test_seven_days_with_a_pause_as_the_desk_explains_it() -> None:
    clock = timing("2026-11-13 15:02", 7, "wd", "2026-11-19 10:00..2026-11-20 09:10")
    now = deadlines.reckon(clock, CALENDAR, at("2026-11-20 10:00"))
    assert (now.used, now.left, now.paused, now.total, now.late) == (4, 3, 1, 7, 0)
    assert (now.phase, now.light) == (Phase.RUNNING, Light.GREEN)
    assert now.original_due_on == date(2026, 11, 24)
    shown = deadline_words.arithmetic(now, CALENDAR)
    assert shown.headline == "时限 7 个工作日，已用 4（含今天），剩 3；另暂停 1"
    assert shown.due == "11月25日（周三）24:00"
    assert [row.words for row in shown.rows] == [
        "11-14 至 11-15：周末，不计",
        "11-16 至 11-18：已用 3 日",
        "11-19：暂停 1 日，不计（等企业补材料）",
        "11-20（今天）：已用 1 日",
        "11-21 至 11-22：周末，不计",
        "11-23 至 11-25：还有 3 日",
    ]
    assert shown.total == "4 + 3 = 7"
    assert [box.kind for box in shown.boxes] == ["used"] * 3 + ["paused"] + ["used"] + ["left"] * 3
    assert shown.label == "已用 4 个工作日，暂停 1 个工作日，剩 3 个工作日"
    assert deadline_words.short(now) == "剩 3 个工作日"


def test_make_up_days_and_holidays_are_named_in_the_arithmetic() -> None:
    now = deadlines.reckon(timing("2026-09-30 17:00", 5), CALENDAR, at("2026-10-12 09:00"))
    assert [row.words for row in deadline_words.arithmetic(now, CALENDAR).rows] == [
        "10-01 至 10-07：国庆节，不计",
        "10-08 至 10-09：已用 2 日",
        "10-10：已用 1 日（国庆节调休上班）",
        "10-11：周末，不计",
        "10-12（今天）：已用 1 日",
        "10-13：还有 1 日",
    ]


def test_a_rolled_natural_day_says_why() -> None:
    now = deadlines.reckon(timing("2026-09-29", 3, "d"), CALENDAR, at("2026-09-29 10:00"))
    assert [row.words for row in deadline_words.arithmetic(now, CALENDAR).rows] == [
        "09-30 至 10-02：还有 3 日",
        "10-03 至 10-07：国庆节，不计",
        "10-08：不计",
    ]


@pytest.mark.parametrize(
    ("when", "light", "words"),
    [
        ("2026-11-24 18:00", Light.GREEN, "剩 5 个工作日"),
        ("2026-11-27 09:00", Light.GREEN, "剩 2 个工作日"),
        ("2026-11-30 09:00", Light.AMBER, "剩 1 个工作日"),
        ("2026-12-01 09:00", Light.AMBER, "今天 24:00"),
        ("2026-12-01 23:59:59", Light.AMBER, "今天 24:00"),
        ("2026-12-02 00:00", Light.RED, "超期 1 个工作日"),
        ("2026-12-07 09:00", Light.RED, "超期 4 个工作日"),
    ],
)
def test_lights_warn_at_a_fifth_and_turn_red_past_the_end(when: str, light: Light, words: str) -> None:
    now = deadlines.reckon(timing("2026-11-24 10:00", 5), CALENDAR, at(when))
    assert (now.light, deadline_words.short(now)) == (light, words)


def test_an_overdue_clock_counts_its_late_days_without_the_enterprises_pause() -> None:
    clock = timing("2026-11-16 10:00", 3, "wd", "2026-11-20 09:00..2026-11-24 09:00")
    now = deadlines.reckon(clock, CALENDAR, at("2026-11-25 10:00"))
    assert (now.due_on, now.late, now.light) == (date(2026, 11, 19), 2, Light.RED)
    shown = deadline_words.arithmetic(now, CALENDAR)
    assert shown.headline == "时限 3 个工作日，已超期 2 个工作日"
    assert [row.kind for row in shown.rows] == ["used", "paused", "rest", "paused", "late", "late"]


def test_a_pause_that_is_still_on_pushes_the_end_along_with_today() -> None:
    clock = timing("2026-11-16 10:00", 5, "wd", "2026-11-18 09:00..")
    first = deadlines.reckon(clock, CALENDAR, at("2026-11-18 10:00"))
    later = deadlines.reckon(clock, CALENDAR, at("2026-11-20 10:00"))
    assert (first.used, first.paused, later.used, later.paused) == (1, 1, 1, 3)
    assert (first.due_on, later.due_on) == (date(2026, 11, 24), date(2026, 11, 26))
    assert later.phase is Phase.PAUSED
    assert deadline_words.short(later) == "已暂停 3 个工作日"


def test_a_stopped_clock_says_what_it_took_and_turns_no_redder() -> None:
    good = deadlines.reckon(timing("2025-09-26", 7, stopped="2025-10-13 10:00"), CALENDAR, at("2026-01-01"))
    assert (good.used, good.phase, good.light) == (7, Phase.STOPPED, Light.GREEN)
    assert deadline_words.short(good) == "按期办结"
    late = deadlines.reckon(timing("2025-09-26", 5, stopped="2025-10-13 10:00"), CALENDAR, at("2026-01-01"))
    assert (late.late, late.light, deadline_words.short(late)) == (2, Light.RED, "逾期办结")
    assert "实际用 7" in deadline_words.arithmetic(late, CALENDAR).headline


def test_a_clock_over_the_year_end_is_shown_as_provisional() -> None:
    now = deadlines.reckon(timing("2026-12-30", 3), CALENDAR, at("2026-12-30 10:00"))
    shown = deadline_words.arithmetic(now, CALENDAR)
    assert shown.due == "2027年1月5日（周二）24:00（暂定）"
    assert "暂定" in shown.warning
    assert deadline_words.short(now) == "剩 3 个工作日（暂定）"


def test_hours_are_shown_in_hours_and_minutes() -> None:
    now = deadlines.reckon(timing("2026-11-24 10:00", 4, "wh"), CALENDAR, at("2026-11-24 11:20"))
    assert (now.used, now.left, now.total) == (80, 160, 240)
    assert deadline_words.short(now) == "今天 15:00"
    assert deadline_words.arithmetic(now, CALENDAR).headline == (
        "时限 4 个工作小时，已用 1小时20分，剩 2小时40分"
    )
    late = deadlines.reckon(timing("2026-11-24 10:00", 1, "wh"), CALENDAR, at("2026-11-24 11:30"))
    assert (late.light, deadline_words.short(late)) == (Light.RED, "超期 30 分钟")


def test_an_office_that_closes_at_half_past_five_ends_its_days_there() -> None:
    hours = workdays.WorkHours(closes=datetime(2026, 1, 1, 17, 30).time())
    place = workdays.load_calendar(
        Path(__file__).parents[2] / "data" / "calendar" / "cn_holidays.csv", hours=hours
    )
    now = deadlines.reckon(timing("2026-11-23 10:00", 1), place, at("2026-11-24 10:00"))
    assert now.due_at == at("2026-11-24 17:30")
    assert deadline_words.short(now) == "今天 17:30"


def test_an_extension_is_asked_for_at_least_one_working_day_before_the_end() -> None:
    due = date(2026, 10, 13)
    assert deadlines.workdays_before(CALENDAR, date(2026, 10, 12), due) == 1
    assert deadlines.workdays_before(CALENDAR, date(2026, 10, 13), due) == 0


@pytest.mark.parametrize("data", [{}, {"wd": 1, "d": 2}, {"wd": 0}, {"weeks": 1}, {"wd": "5"}])
def test_a_term_that_is_none_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Term.parse(data)


starts = st.datetimes(datetime(2025, 1, 1), datetime(2026, 10, 1)).map(lambda d: d.replace(tzinfo=SHANGHAI))
units = st.sampled_from(list(Unit))


@given(starts, st.integers(1, 30), units, st.integers(0, 60 * 24 * 60))
def test_used_and_left_always_make_the_term(start: datetime, amount: int, unit: Unit, minutes: int) -> None:
    now = deadlines.reckon(Timing(start, Term(amount, unit)), CALENDAR, start + timedelta(minutes=minutes))
    assert now.used + now.left == now.total
    assert now.due_at > start
    assert (now.light is Light.RED) == (now.as_of > now.due_at)
    if now.timing.term.in_days:
        shown = deadline_words.arithmetic(now, CALENDAR)
        counted = sum(len(row.days) for row in shown.rows if row.kind in ("used", "left"))
        assert counted == now.total


@given(starts, st.integers(1, 20), st.integers(0, 20), st.integers(0, 20))
def test_a_pause_never_shortens_and_adds_exactly_its_working_days(
    start: datetime, amount: int, after: int, length: int
) -> None:
    began = start + timedelta(days=after)
    pause = Pause(began, began + timedelta(days=length))
    asked = start + timedelta(days=400)
    plain = deadlines.reckon(Timing(start, Term(amount, Unit.WORKDAYS)), CALENDAR, asked)
    paused = deadlines.reckon(Timing(start, Term(amount, Unit.WORKDAYS), (pause,)), CALENDAR, asked)
    added = CALENDAR.count_workdays(plain.due_on, paused.due_on).days
    assert paused.due_on >= plain.due_on
    assert added == paused.paused
