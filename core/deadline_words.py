"""A clock in words: its arithmetic day by day, boxes to draw, and the short text of a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from core.clock import local
from core.deadlines import (
    Deadline,
    Light,
    Phase,
    Unit,
    amount_words,
    counted_days,
    is_paused,
    late_days,
)
from core.i18n import _, ngettext
from core.i18n import lazy as _l
from core.workdays import ONE_DAY, WorkCalendar

Kind = Literal["used", "paused", "left", "late", "rest"]
MAX_BOXES: Final = 60
WEEKDAYS: Final[tuple[Any, ...]] = (
    _l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"),
)  # fmt: skip


@dataclass(frozen=True)
class Box:
    """One unit of the term in the drawing; `on` is None for hours."""

    kind: Kind
    on: date | None = None


@dataclass(frozen=True)
class Row:
    """Consecutive days that were treated alike, and the sentence that says how."""

    kind: Kind
    days: tuple[date, ...]
    words: str


@dataclass(frozen=True)
class Arithmetic:
    """How a deadline came about. `label` says in words what `boxes` draw."""

    headline: str
    due: str
    rows: tuple[Row, ...]
    total: str
    boxes: tuple[Box, ...]
    label: str
    warning: str


def arithmetic(deadline: Deadline, calendar: WorkCalendar) -> Arithmetic:
    """The whole working of a clock, every day of it accounted for."""
    days = list(_classified(deadline, calendar)) if deadline.timing.term.in_days else []
    return Arithmetic(
        headline=_headline(deadline),
        due=due_words(deadline),
        rows=tuple(_rows(deadline, days)),
        total=_total(deadline),
        boxes=_boxes(deadline, days),
        label=_label(deadline),
        warning=_("跨入尚未公布放假安排的年份，日期为暂定。") if deadline.provisional else "",
    )


def short(deadline: Deadline) -> str:
    """For a chip: 剩 3 个工作日, 今天 24:00, 超期 4 个工作日, 已暂停 1 日, 按期办结."""
    unit = deadline.timing.term.unit
    if deadline.phase is Phase.STOPPED:
        return str(_("逾期办结") if deadline.overdue else _("按期办结"))
    if deadline.overdue:
        return str(_("超期 %(amount)s", amount=_amount(max(deadline.late, 1), unit)))
    if deadline.phase is Phase.PAUSED:
        return str(_("已暂停 %(amount)s", amount=_amount(deadline.paused, unit)))
    if deadline.due_on == local(deadline.as_of).date():
        words = _("今天 %(time)s", time=_time(deadline.due_at))
    else:
        words = _("剩 %(amount)s", amount=_amount(deadline.left, unit))
    return str(_("%(words)s（暂定）", words=words) if deadline.provisional else words)


def due_words(deadline: Deadline) -> str:
    """ "11月25日（周三）24:00", with the year when it is not the present one, and 暂定 where it is."""
    words = day_words(deadline.due_on, local(deadline.as_of).date())
    text = _("%(day)s%(time)s", day=words, time=_time(deadline.due_at))
    return str(_("%(words)s（暂定）", words=text) if deadline.provisional else text)


def day_words(on: date, today: date) -> str:
    """ "11月25日（周三）", or with the year in front."""
    parts = {"year": on.year, "month": on.month, "day": on.day, "weekday": WEEKDAYS[on.weekday()]}
    if on.year == today.year:
        return str(_("%(month)s月%(day)s日（%(weekday)s）", **parts))
    return str(_("%(year)s年%(month)s月%(day)s日（%(weekday)s）", **parts))


def _classified(deadline: Deadline, calendar: WorkCalendar) -> Iterator[tuple[date, Kind, str]]:
    """Every day from the one after the start through the last of interest: day, kind, note."""
    timing, today = deadline.timing, local(deadline.as_of).date()
    late = set(late_days(timing, calendar, deadline.due_on, today))
    end = max(deadline.due_on, max(late, default=deadline.due_on))
    counting = counted_days(timing, calendar)
    counted, running = next(counting), 0
    day = local(timing.started_at).date() + ONE_DAY
    while day <= end:
        note = calendar.note(day)
        if day != counted:
            yield day, "rest", note
        elif pause := is_paused(timing, day, today):
            yield day, "paused", str(pause.reason)
        elif day in late:
            yield day, "late", note
        elif running >= deadline.total:
            yield day, "rest", note
        else:
            running += 1
            plain = "" if timing.term.unit is Unit.DAYS else note
            yield day, ("used" if day <= today else "left"), plain
        if day == counted:
            counted = next(counting)
        day += ONE_DAY


def _rows(deadline: Deadline, days: list[tuple[date, Kind, str]]) -> Iterator[Row]:
    today = local(deadline.as_of).date()
    start = 0
    for place in range(1, len(days) + 1):
        here, before = (days[place] if place < len(days) else None), days[place - 1]
        if here and here[1:] == before[1:] and here[0] != today and before[0] != today:
            continue
        group = tuple(day for day, _kind, _note in days[start:place])
        yield Row(before[1], group, _row_words(before[1], group, before[2], today))
        start = place


def _row_words(kind: Kind, days: tuple[date, ...], note: str, today: date) -> str:
    span = (
        f"{days[0]:%m-%d}"
        if len(days) == 1
        else _("%(first)s 至 %(last)s", first=f"{days[0]:%m-%d}", last=f"{days[-1]:%m-%d}")
    )
    if today in days:
        span = _("%(days)s（今天）", days=span)
    values = {"days": span, "count": len(days), "note": note}
    if kind == "rest":
        return str(_("%(days)s：%(note)s，不计", **values) if note else _("%(days)s：不计", **values))
    if kind == "paused":
        return str(
            _("%(days)s：暂停 %(count)s 日，不计（%(note)s）", **values)
            if note
            else _("%(days)s：暂停 %(count)s 日，不计", **values)
        )
    if kind == "used":
        return str(
            _("%(days)s：已用 %(count)s 日（%(note)s）", **values)
            if note
            else _("%(days)s：已用 %(count)s 日", **values)
        )
    if kind == "late":
        return str(_("%(days)s：超期 %(count)s 日", **values))
    return str(
        _("%(days)s：还有 %(count)s 日（%(note)s）", **values)
        if note
        else _("%(days)s：还有 %(count)s 日", **values)
    )


def _headline(deadline: Deadline) -> str:
    timing, days = deadline.timing, deadline.timing.term.in_days
    unit = timing.term.unit

    def short_of(amount: int) -> str:
        """Days need no unit beside a term that names it; hours and minutes do."""
        return str(amount) if days else _amount(amount, unit)

    used = deadline.used + deadline.late if deadline.phase is Phase.STOPPED else deadline.used
    values = {"term": timing.term.words(), "used": short_of(used), "left": short_of(deadline.left)}
    if deadline.phase is Phase.STOPPED:
        words = _("时限 %(term)s，实际用 %(used)s", **values)
    elif deadline.overdue:
        words = _("时限 %(term)s，已超期 %(late)s", late=_amount(deadline.late, unit), **values)
    elif _today_counts(deadline):
        words = _("时限 %(term)s，已用 %(used)s（含今天），剩 %(left)s", **values)
    else:
        words = _("时限 %(term)s，已用 %(used)s，剩 %(left)s", **values)
    more = []
    if timing.extended_by:
        more.append(_("另延期 %(amount)s", amount=timing.extended_by))
    if deadline.paused:
        more.append(_("另暂停 %(amount)s", amount=short_of(deadline.paused)))
    return "；".join(str(part) for part in (words, *more))


def _today_counts(deadline: Deadline) -> bool:
    timing, today = deadline.timing, local(deadline.as_of).date()
    return timing.term.in_days and deadline.used > 0 and not is_paused(timing, today, today)


def _total(deadline: Deadline) -> str:
    if not deadline.timing.term.in_days:
        return ""
    if deadline.late:
        return f"{deadline.used} + {deadline.late} = {deadline.used + deadline.late}"
    return f"{deadline.used} + {deadline.left} = {deadline.total}"


def _boxes(deadline: Deadline, days: list[tuple[date, Kind, str]]) -> tuple[Box, ...]:
    if deadline.timing.term.in_days:
        boxes = tuple(Box(kind, day) for day, kind, _note in days if kind != "rest")
        return boxes if len(boxes) <= MAX_BOXES else ()
    hours = deadline.total // 60
    if deadline.overdue:
        return (Box("late"),) * hours if hours <= MAX_BOXES else ()
    used = min(hours, -(-deadline.used // 60))
    return (Box("used"),) * used + (Box("left"),) * (hours - used) if hours <= MAX_BOXES else ()


def _label(deadline: Deadline) -> str:
    unit = deadline.timing.term.unit
    used, left = _amount(deadline.used, unit), _amount(deadline.left, unit)
    if deadline.light is Light.RED and deadline.late:
        return str(_("已用 %(used)s，超期 %(late)s", used=used, late=_amount(deadline.late, unit)))
    if deadline.paused:
        paused = _amount(deadline.paused, unit)
        return str(_("已用 %(used)s，暂停 %(paused)s，剩 %(left)s", used=used, paused=paused, left=left))
    return str(_("已用 %(used)s，剩 %(left)s", used=used, left=left))


def _amount(amount: int, unit: Unit) -> str:
    """Days in their unit; minutes of a clock in hours and minutes."""
    if unit in (Unit.WORKDAYS, Unit.DAYS):
        return amount_words(amount, unit)
    hours, minutes = divmod(amount, 60)
    if not hours:
        return str(ngettext("%(num)s 分钟", "%(num)s 分钟", minutes))
    if not minutes:
        return amount_words(hours, unit)
    return str(_("%(hours)s小时%(minutes)s分", hours=hours, minutes=minutes))


def _time(instant: datetime) -> str:
    """Hours and minutes; the last second of a day is 24:00."""
    moment = local(instant)
    return "24:00" if (moment.hour, moment.minute, moment.second) == (23, 59, 59) else f"{moment:%H:%M}"
