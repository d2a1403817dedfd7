"""How values are written: the Chinese forms of numbers, days and money, and their English twins."""

from collections.abc import Callable
from datetime import date as day
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import format_date

from core import clock, masking
from core.i18n import _, ngettext
from core.types import quantize, to_mu
from crm.activity import terms
from crm.activity.rules import silence_light
from crm.activity.terms import Terms
from webapp.web.language import english

NONE = "—"
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def number(value: Any, places: int = 0) -> str:
    """1234.5 → 1,234.50 with `places` decimals, rounded half up; None → —."""
    if value is None or value == "":
        return NONE
    return minus(f"{quantize(Decimal(value), places):,.{places}f}")


def wan(value: Any) -> str:
    """万元 with two decimals; the unit stands in the column head."""
    return number(value, 2)


def yi(value_wan: Any) -> str:
    """万元 → 亿元 with two decimals."""
    return NONE if value_wan is None else number(Decimal(value_wan) / 10000, 2)


def mu(value_sqm: Any) -> str:
    """㎡ → 亩 with two decimals."""
    return NONE if value_sqm is None else number(to_mu(Decimal(value_sqm)), 2)


def pct(value: Any, places: int = 1) -> str:
    """0.302 → 30.2%."""
    return NONE if value is None else f"{number(Decimal(value) * 100, places)}%"


def minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text


def _day(value: day | datetime) -> day:
    return clock.local(value).date() if isinstance(value, datetime) else value


def date(value: day | datetime | None) -> str:
    """2026-03-05, for tables."""
    return NONE if value is None else _day(value).isoformat()


def day_short(value: day | datetime | None) -> str:
    """03-05 in this year, 2025-03-05 in another."""
    if value is None:
        return NONE
    found = _day(value)
    return found.strftime("%m-%d") if found.year == clock.today().year else found.isoformat()


def date_long(value: day | datetime | None) -> str:
    """2026年3月5日, for prose."""
    if value is None:
        return NONE
    found = _day(value)
    return _english_day(found) if english() else f"{found.year}年{found.month}月{found.day}日"


def _english_day(value: day) -> str:
    return str(format_date(value, "d MMMM y"))


def weekday(value: day | datetime) -> str:
    found = _day(value)
    return str(format_date(found, "EEE")) if english() else _WEEKDAYS[found.weekday()]


def date_time(value: datetime | None) -> str:
    """2026-03-05 09:05, Shanghai time."""
    return NONE if value is None else clock.local(value).strftime("%Y-%m-%d %H:%M")


def date_time_long(value: datetime | None) -> str:
    return NONE if value is None else f"{date_long(value)} {clock.local(value):%H:%M}"


def time(value: datetime | None) -> str:
    return NONE if value is None else clock.local(value).strftime("%H:%M")


def ago(value: day | datetime | None) -> str:
    """92 天前, 昨天, 今天, or the day itself when it lies ahead."""
    if value is None:
        return NONE
    days = (clock.today() - _day(value)).days
    if days < 0:
        return day_short(value)
    if days < 2:
        return str(_("今天") if days == 0 else _("昨天"))
    return str(ngettext("%(num)d 天前", "%(num)d 天前", days))


def silence(last_on: day | None) -> str:
    """green, amber, red or grey: how long nobody has spoken to it."""
    today = clock.today()
    return silence_light(last_on, today, terms.on(today))


def silence_days() -> Terms:
    """After how many days the mark turns amber and red today."""
    return terms.on(clock.today())


def file_size(value: int) -> str:
    return f"{number(Decimal(value) / 1048576, 1)} MB" if value >= 104858 else f"{max(1, value // 1024)} KB"


FILTERS: dict[str, Callable[..., str]] = {
    "number": number, "wan": wan, "yi": yi, "mu": mu, "pct": pct, "minus": minus, "date": date,
    "day_short": day_short, "date_long": date_long, "datetime": date_time, "datetime_long": date_time_long,
    "time": time, "weekday": weekday, "ago": ago, "mask_phone": masking.phone, "mask_email": masking.email,
    "file_size": file_size, "silence": silence,
}  # fmt: skip


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(FILTERS)
