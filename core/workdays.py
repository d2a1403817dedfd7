"""Working days: weekdays less public holidays plus make-up days, from data (DOMAIN 2.3).

Beyond the last announced year the statutory holidays are known and the make-up days are not: answers
there are marked `provisional` and must be shown so, never passed off as certain.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from core.clock import SHANGHAI, local
from core.i18n import _
from core.lazy import lazy

_holidays: Any = lazy("holidays")

ONE_DAY: Final = timedelta(days=1)
_NAMES: Final[Mapping[int, str]] = {
    1: "元旦", 2: "春节", 4: "清明节", 5: "劳动节", 6: "端午节", 9: "中秋节", 10: "国庆节",
}  # fmt: skip


class DayKind(StrEnum):
    """What a row of the table says about its day. `closed` and `open` are a place's own exceptions."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"
    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True)
class CalendarDay:
    """One exception from Monday-to-Friday: a holiday, a make-up working day, a local closing or opening."""

    on: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True)
class WorkHours:
    """Office hours of a working day (DOMAIN 2.3, a proposal), and when a term in whole days ends.

    `closes` stands for 24:00 as its last second; an office may set 17:30 or 18:00.
    """

    spans: tuple[tuple[time, time], ...] = ((time(9), time(12)), (time(13), time(17)))
    closes: time = time(23, 59, 59)


@dataclass(frozen=True)
class Reckoned:
    """A day that was worked out, and whether it rests on days that nobody has announced yet."""

    on: date
    provisional: bool


@dataclass(frozen=True)
class Moment:
    """An instant that was worked out, and whether it rests on such days."""

    at: datetime
    provisional: bool


@dataclass(frozen=True)
class Counted:
    days: int
    provisional: bool


class WorkCalendar:
    """The working days of a place. Immutable; days outside `known_from`…`known_until` are provisional."""

    def __init__(
        self,
        days: Iterable[CalendarDay],
        *,
        known_until: date | None = None,
        known_from: date | None = None,
        hours: WorkHours | None = None,
    ) -> None:
        rows = list(days)
        national = [row.on.year for row in rows if row.kind is DayKind.HOLIDAY]
        self.known_until = known_until or date(max(national, default=1), 12, 31)
        self.known_from = known_from or date(min(national, default=1), 1, 1)
        self.hours = hours or WorkHours()
        self._national = {row.on: row for row in rows if row.kind in (DayKind.HOLIDAY, DayKind.WORKDAY)}
        self._local = {row.on: row for row in rows if row.kind in (DayKind.CLOSED, DayKind.OPEN)}

    def is_workday(self, on: date) -> bool:
        if own := self._local.get(on):
            return own.kind is DayKind.OPEN
        if row := self._national.get(on):
            return row.kind is DayKind.WORKDAY
        if self.is_provisional(on) and on in _statutory(on.year):
            return False
        return on.weekday() < 5

    def is_provisional(self, on: date) -> bool:
        """Whether the arrangement of this day has not been entered."""
        return not self.known_from <= on <= self.known_until

    def note(self, on: date) -> str:
        """Why a day rests or works: "国庆节", "周末", "国庆节调休上班"; empty for a plain day."""
        if own := self._local.get(on):
            return own.name or (_("本地上班") if own.kind is DayKind.OPEN else _("本地停工"))
        if row := self._national.get(on):
            if row.kind is DayKind.WORKDAY:
                return str(_("%(holiday)s调休上班", holiday=row.name))
            return row.name
        if self.is_provisional(on) and on in _statutory(on.year):
            return str(_("%(holiday)s（暂定）", holiday=_statutory(on.year)[on]))
        return _("周末") if on.weekday() >= 5 else ""

    def next_workday(self, on: date) -> Reckoned:
        """`on` itself when it is a working day, otherwise the first one after it."""
        day = on
        while not self.is_workday(day):
            day += ONE_DAY
        return Reckoned(day, self._rests_on_guesses(on, day))

    def add_workdays(self, start: date, days: int) -> Reckoned:
        """The last of `days` working days, counted from the day after `start` (0: `start` itself)."""
        day, left = start, days
        while left > 0:
            day += ONE_DAY
            left -= self.is_workday(day)
        return Reckoned(day, days > 0 and self._rests_on_guesses(start + ONE_DAY, day))

    def count_workdays(self, after: date, through: date) -> Counted:
        """Working days after `after` up to and including `through`; 0 when `through` is not later."""
        days = sum(1 for _day in self.workdays(after, through))
        return Counted(days, days > 0 and self._rests_on_guesses(after + ONE_DAY, through))

    def workdays(self, after: date, through: date) -> Iterator[date]:
        day = after + ONE_DAY
        while day <= through:
            if self.is_workday(day):
                yield day
            day += ONE_DAY

    def closing(self, on: date) -> datetime:
        """The last instant of a term that ends on this day."""
        return datetime.combine(on, self.hours.closes, SHANGHAI)

    def add_work_minutes(self, start: datetime, minutes: int) -> Moment:
        """The instant at which `minutes` of office hours after `start` are used up."""
        left = timedelta(minutes=minutes)
        first = local(start).date()
        day = first
        while True:
            for opens, ends in self._office(day):
                begins = max(opens, local(start))
                if begins < ends:
                    if left <= ends - begins:
                        return Moment(begins + left, self._rests_on_guesses(first, day))
                    left -= ends - begins
            day += ONE_DAY

    def work_minutes(self, start: datetime, until: datetime) -> int:
        """Whole minutes of office hours between two instants."""
        total, day, last = timedelta(), local(start).date(), local(until).date()
        while day <= last:
            for opens, ends in self._office(day):
                begins, stops = max(opens, local(start)), min(ends, local(until))
                if begins < stops:
                    total += stops - begins
            day += ONE_DAY
        return int(total.total_seconds() // 60)

    def _office(self, on: date) -> Iterator[tuple[datetime, datetime]]:
        if self.is_workday(on):
            for opens, ends in self.hours.spans:
                yield datetime.combine(on, opens, SHANGHAI), datetime.combine(on, ends, SHANGHAI)

    def _rests_on_guesses(self, first: date, last: date) -> bool:
        return self.is_provisional(first) or self.is_provisional(last)


def get_ready(year: int) -> None:
    """Load what knows the statutory holidays of a year: a fifth of a second that no reader need wait for."""
    _statutory(year)


def read_days(path: Path) -> list[CalendarDay]:
    """Rows of a table with the columns date, kind, name_zh (or name), e.g. data/calendar/cn_holidays.csv.

    Raises ValueError naming the line of a bad day or an unknown kind.
    """
    found = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            try:
                found.append(
                    CalendarDay(
                        date.fromisoformat(row["date"]),
                        DayKind(row["kind"]),
                        row.get("name_zh") or row.get("name") or "",
                    )
                )
            except ValueError as error:
                raise ValueError(f"{path.name} line {line}: {error}") from error
    return found


def load_calendar(path: Path, *, hours: WorkHours | None = None) -> WorkCalendar:
    """The calendar of a table; known until the end of the last year that has a holiday in it."""
    return WorkCalendar(read_days(path), hours=hours)


@lru_cache(maxsize=64)
def _statutory(year: int) -> Mapping[date, str]:
    """Holidays that the law itself fixes for a year whose arrangement is not announced."""
    days = _holidays.China(years=[year])
    return {
        day: "春节" if (day.month, day.day) > (1, 15) and day.month <= 2 else _NAMES.get(day.month, "")
        for day in days
    }
