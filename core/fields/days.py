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
_MONTH_ONLY = re.compile(r"\d{4}(?:年|[-/.])\d{1,2}月?|(?:19|20)\d{2}(?:0[1-9]|1[0-2])")
_SERIAL = re.compile(r"[2-7]\d{4}")
_SPACED = re.compile(r"\s*([年月日./-])\s*")
_IN_WORDS = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_DIGITS: Final = {
    **{word: str(number) for number, word in enumerate("〇一二三四五六七八九")}, "零": "0", "○": "0",
}  # fmt: skip
_SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_YEAR = re.compile(r"(\d{4})(?:年度?)?")


def day(value: Raw, *, earliest: date = FIRST, latest: date = LAST) -> date | None:
    """A day: 2026-03-05, 2026年3月5日, 2026/3/5, 2026.3.5, 20260305, 二〇二六年三月五日, a date, or a serial number.

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
    written = _SPACED.sub(r"\1", folded(value).replace("、", ".").replace("号", "日")).rstrip(".。")
    if words := _IN_WORDS.fullmatch(written):
        written = f"{_number_of(words[1])}-{_number_of(words[2])}-{_number_of(words[3])}"
    if _SERIAL.fullmatch(written):
        return _from_number(int(written))
    if found := _DAY.fullmatch(written) or _COMPACT.fullmatch(written):
        return _checked(int(found[1]), int(found[2]), int(found[3]), str(value))
    if _MONTH_ONLY.fullmatch(written):
        raise _no_day(written)
    if _SHORT_YEAR.fullmatch(written):
        raise FieldError(
            "short_year",
            _l("“%(value)s”年份写法不清楚。", value=written[:30]),
            _l("请写四位年份并放在前面，如 2026-03-05。"),
        )
    raise _not_a_day(value)


def _number_of(words: str) -> str:
    """二〇二三 → 2023, 十一 → 11, 二十 → 20."""
    tens, ten, ones = words.rpartition("十")
    digits = "".join(_DIGITS[word] for word in ones)
    return f"{_DIGITS[tens] if tens else '1'}{digits or '0'}" if ten else digits


def _no_day(written: str) -> FieldError:
    return FieldError(
        "no_day", _l("“%(value)s”没有写到日。", value=written[:30]), _l("请写全，如 2026-03-05。")
    )


def _from_number(value: float) -> date:
    whole = int(value) if value == value and abs(value) < 1e9 else 0
    if 20_000 <= whole <= 80_000:
        return _SERIAL_ORIGIN + timedelta(days=whole)
    if _MONTH_ONLY.fullmatch(str(value)):
        raise _no_day(str(value))
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
