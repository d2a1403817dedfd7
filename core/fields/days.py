"""Days and years as people and spreadsheets write them."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final

from core.fields.errors import FieldError
from core.fields.texts import Raw, folded, is_blank
from core.i18n import lazy as _l

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2100, 12, 31)
_SERIAL_ORIGIN: Final = date(1899, 12, 30)

_DAY = re.compile(
    r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?"
    r"(?:[ T]?(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_ONLY = re.compile(r"\d{4}(?:年|[-/.])\d{1,2}月?")
_SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_YEAR = re.compile(r"(\d{4})(?:年度?)?")


def day(value: Raw, *, earliest: date = FIRST, latest: date = LAST) -> date | None:
    """A day: 2026-03-05, 2026年3月5日, 2026/3/5, 2026.3.5, 20260305, a date, or a serial number.

    A time of day behind it is dropped. Impossible days are refused by name, never rolled over.
    """
    if is_blank(value):
        return None
    found = _from_value(value)
    if not earliest <= found <= latest:
        raise FieldError(
            "out_of_range",
            _l(
                "日期应在 %(earliest)s 与 %(latest)s 之间。",
                earliest=earliest.isoformat(),
                latest=latest.isoformat(),
            ),
        )
    return found


def year(value: Raw, *, earliest: int = 1949, latest: int = 2100) -> int | None:
    """A calendar year: 2025, 2025年, 2025年度."""
    if is_blank(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = _YEAR.fullmatch(folded(value).replace(" ", ""))
    if found is None:
        raise FieldError("year", _l("“%(value)s”不是年份，请填四位数字，如 2025。", value=str(value)[:30]))
    number = int(found[1])
    if not earliest <= number <= latest:
        raise FieldError(
            "out_of_range", _l("年份应在 %(earliest)s 与 %(latest)s 之间。", earliest=earliest, latest=latest)
        )
    return number


def _from_value(value: Raw) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    written = re.sub(r"\s*([年月日])\s*", r"\1", folded(value))
    if found := _DAY.fullmatch(written) or _COMPACT.fullmatch(written):
        return _checked(int(found[1]), int(found[2]), int(found[3]), str(value))
    if _MONTH_ONLY.fullmatch(written):
        raise FieldError(
            "no_day", _l("“%(value)s”没有写到日。", value=written[:30]), _l("请写全，如 2026-03-05。")
        )
    if _SHORT_YEAR.fullmatch(written):
        raise FieldError(
            "short_year",
            _l("“%(value)s”年份写法不清楚。", value=written[:30]),
            _l("请写四位年份并放在前面，如 2026-03-05。"),
        )
    raise _not_a_day(value)


def _from_number(value: float) -> date:
    whole = int(value) if value == value and abs(value) < 1e9 else 0
    if 20_000 <= whole <= 80_000:
        return _SERIAL_ORIGIN + timedelta(days=whole)
    if found := _COMPACT.fullmatch(str(whole)):
        return _checked(int(found[1]), int(found[2]), int(found[3]), str(value))
    raise _not_a_day(value)


def _checked(year_: int, month: int, day_: int, written: str) -> date:
    if not 1 <= month <= 12:
        raise FieldError(
            "bad_day", _l("“%(value)s”不是日期：没有 %(month)s 月。", value=written[:30], month=month)
        )
    if year_ < 1 or not 1 <= day_ <= monthrange(year_, month)[1]:
        raise FieldError(
            "bad_day",
            _l(
                "“%(value)s”不是日期：%(year)s 年 %(month)s 月没有 %(day)s 日。",
                value=written[:30],
                year=year_,
                month=month,
                day=day_,
            ),
        )
    return date(year_, month, day_)


def _not_a_day(value: Raw) -> FieldError:
    return FieldError(
        "bad_day",
        _l("“%(value)s”不是日期。", value=str(value)[:30]),
        _l("请写成 2026-03-05 或 2026年3月5日。"),
    )
