"""Clocks that start, pause, are extended, warn and stop (DOMAIN 2.3, 11).

A `Timing` is what is stored: when it began, the term, pauses, extensions, when it stopped. `reckon`
works out the rest for one instant. Rules of counting:

- A term in days begins on the day after the start and ends with its last day (`WorkCalendar.closing`).
- A term in natural days whose last day rests rolls to the next working day.
- A pause covers the days from the one on which it began up to, not including, the one on which it ended:
  the day on which the answer arrives counts again. Hours are paused to the minute.
- Today counts as used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from core.clock import local
from core.i18n import ngettext
from core.workdays import ONE_DAY, WorkCalendar

WARN_SHARE: Final = Decimal("0.2")
"""Amber when no more than this share of the term is left (DOMAIN 11)."""


class Unit(StrEnum):
    """`wd` working days, `d` natural days, `wh` office hours, `h` hours by the clock."""

    WORKDAYS = "wd"
    DAYS = "d"
    WORKHOURS = "wh"
    HOURS = "h"


class Light(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Phase(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Term:
    """How long: five working days, two office hours."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> "Term":
        """From data: {"wd": 5}. Raises ValueError on anything else."""
        if len(data) != 1:
            raise ValueError(f"a term names one unit: {dict(data)}")
        (unit, amount), *_rest = data.items()
        if not isinstance(amount, int) or amount < 1:
            raise ValueError(f"a term is a whole number of at least 1: {dict(data)}")
        return cls(amount, Unit(unit))

    @property
    def in_days(self) -> bool:
        return self.unit in (Unit.WORKDAYS, Unit.DAYS)

    def words(self) -> str:
        return amount_words(self.amount, self.unit)


@dataclass(frozen=True)
class Pause:
    """A stretch that does not count, e.g. waiting for the enterprise's papers. `ended_at` None: still on."""

    began_at: datetime
    ended_at: datetime | None = None
    reason: Any = ""


@dataclass(frozen=True)
class Timing:
    """A clock as it is stored. `extended_by` is in the unit of the term; hours are not extended."""

    started_at: datetime
    term: Term
    pauses: tuple[Pause, ...] = ()
    extended_by: int = 0
    stopped_at: datetime | None = None


@dataclass(frozen=True)
class Deadline:
    """A clock at one instant. `total`, `used`, `left`, `late`, `paused` are days, or minutes for hours.

    `due_at` is an aware instant, `due_on` its day; `provisional` must be shown as 暂定.
    """

    timing: Timing
    as_of: datetime
    due_at: datetime
    due_on: date
    original_due_on: date
    total: int
    used: int
    left: int
    late: int
    paused: int
    phase: Phase
    light: Light
    provisional: bool

    @property
    def overdue(self) -> bool:
        return self.light is Light.RED


def reckon(
    timing: Timing, calendar: WorkCalendar, now: datetime, *, warn_share: Decimal = WARN_SHARE
) -> Deadline:
    """The clock as it stands at `now` (or when it stopped)."""
    at = min(now, timing.stopped_at) if timing.stopped_at else now
    if timing.term.in_days:
        return _in_days(timing, calendar, at, warn_share)
    return _in_minutes(timing, calendar, at, warn_share)


def due_at(timing: Timing, calendar: WorkCalendar, now: datetime) -> datetime:
    """When the term ends, for the column that lists sort and filter by."""
    return reckon(timing, calendar, now).due_at


def workdays_before(calendar: WorkCalendar, on: date, due_on: date) -> int:
    """Working days from the day after `on` through `due_on`: "at least one working day before it ends"."""
    return calendar.count_workdays(on, due_on).days


def amount_words(amount: int, unit: Unit) -> str:
    """ "5 个工作日", "30 日", "2 个工作小时", "24 小时"; the singular stands apart for other languages."""
    if unit is Unit.WORKDAYS:
        words = ngettext("%(num)s 个工作日", "%(num)s 个工作日", amount)
    elif unit is Unit.DAYS:
        words = ngettext("%(num)s 日", "%(num)s 日", amount)
    elif unit is Unit.WORKHOURS:
        words = ngettext("%(num)s 个工作小时", "%(num)s 个工作小时", amount)
    else:
        words = ngettext("%(num)s 小时", "%(num)s 小时", amount)
    return str(words)


def counted_days(timing: Timing, calendar: WorkCalendar) -> Iterator[date]:
    """Days after the start that can count: every day, or the working ones. Endless."""
    day = local(timing.started_at).date()
    while True:
        day += ONE_DAY
        if timing.term.unit is Unit.DAYS or calendar.is_workday(day):
            yield day


def is_paused(timing: Timing, on: date, today: date) -> Pause | None:
    """The pause that covers a day. One that is still on covers today, and nothing later."""
    for pause in timing.pauses:
        began = local(pause.began_at).date()
        ended = local(pause.ended_at).date() if pause.ended_at else today + ONE_DAY
        if began <= on < ended:
            return pause
    return None


def late_days(timing: Timing, calendar: WorkCalendar, due_on: date, today: date) -> Iterator[date]:
    """Days after the last one, through today, that count and are not paused."""
    for day in counted_days(timing, calendar):
        if day > today:
            return
        if day > due_on and not is_paused(timing, day, today):
            yield day


def _in_days(timing: Timing, calendar: WorkCalendar, at: datetime, warn_share: Decimal) -> Deadline:
    today = local(at).date()
    total = timing.term.amount + timing.extended_by
    used = paused = running = 0
    original = last = local(timing.started_at).date()
    for nth, day in enumerate(counted_days(timing, calendar), 1):
        if nth == timing.term.amount:
            original = day
        if is_paused(timing, day, today):
            paused += 1
        else:
            running += 1
            used += day <= today
            last = day
        if running >= total:
            break
    start = local(timing.started_at).date()
    if timing.term.unit is Unit.DAYS:
        last, original = calendar.next_workday(last).on, calendar.next_workday(original).on
    late = sum(1 for _day in late_days(timing, calendar, last, today))
    due = calendar.closing(last)
    left = total - used
    return Deadline(
        timing=timing,
        as_of=at,
        due_at=due,
        due_on=last,
        original_due_on=original,
        total=total,
        used=used,
        left=left,
        late=late,
        paused=paused,
        phase=_phase(timing),
        light=_light(timing, at > due, left, total, warn_share),
        provisional=calendar.is_provisional(start + ONE_DAY) or calendar.is_provisional(last),
    )


def _in_minutes(timing: Timing, calendar: WorkCalendar, at: datetime, warn_share: Decimal) -> Deadline:
    total = (timing.term.amount + timing.extended_by) * 60
    paused = sum(
        _minutes(timing, calendar, max(pause.began_at, timing.started_at), min(pause.ended_at or at, at))
        for pause in timing.pauses
        if pause.began_at < at
    )
    elapsed = max(0, _minutes(timing, calendar, timing.started_at, at) - paused)
    due, provisional = _plus(timing, calendar, total + paused)
    original, _guess = _plus(timing, calendar, timing.term.amount * 60)
    left = max(0, total - elapsed)
    return Deadline(
        timing=timing,
        as_of=at,
        due_at=due,
        due_on=local(due).date(),
        original_due_on=local(original).date(),
        total=total,
        used=min(elapsed, total),
        left=left,
        late=max(0, elapsed - total),
        paused=paused,
        phase=_phase(timing),
        light=_light(timing, at > due, left, total, warn_share),
        provisional=provisional,
    )


def _minutes(timing: Timing, calendar: WorkCalendar, start: datetime, until: datetime) -> int:
    if until <= start:
        return 0
    if timing.term.unit is Unit.WORKHOURS:
        return calendar.work_minutes(start, until)
    return int((until - start).total_seconds() // 60)


def _plus(timing: Timing, calendar: WorkCalendar, minutes: int) -> tuple[datetime, bool]:
    if timing.term.unit is Unit.WORKHOURS:
        moment = calendar.add_work_minutes(timing.started_at, minutes)
        return moment.at, moment.provisional
    return local(timing.started_at + timedelta(minutes=minutes)), False


def _phase(timing: Timing) -> Phase:
    if timing.stopped_at is not None:
        return Phase.STOPPED
    return Phase.PAUSED if any(pause.ended_at is None for pause in timing.pauses) else Phase.RUNNING


def _light(timing: Timing, past_due: bool, left: int, total: int, warn_share: Decimal) -> Light:
    if past_due:
        return Light.RED
    if timing.stopped_at is None and Decimal(left) <= warn_share * total:
        return Light.AMBER
    return Light.GREEN
