"""Exact numbers: decimals, integers, money in 万元, area in ㎡, percentages. Never float arithmetic."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from core.fields.errors import FieldError
from core.fields.texts import Raw, folded, is_blank
from core.i18n import lazy as _l
from core.types import quantize

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?")
_WITH_UNIT = re.compile(r"([+-]?[\d.,]+)\s*(.*)")
_GROUPED = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)$")
_EXPONENT = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+", re.IGNORECASE)

MONEY_UNITS: Final[Mapping[str, Decimal]] = {
    "元": Decimal("0.0001"), "千元": Decimal("0.1"), "万": Decimal(1), "万元": Decimal(1),
    "百万元": Decimal(100), "千万元": Decimal(1000), "亿": Decimal(10000), "亿元": Decimal(10000),
}  # fmt: skip
AREA_UNITS: Final[Mapping[str, Decimal]] = {
    "亩": Decimal(2000) / 3, "m2": Decimal(1), "平方米": Decimal(1), "平米": Decimal(1), "平": Decimal(1),
    "公顷": Decimal(10000), "ha": Decimal(10000), "平方公里": Decimal(1_000_000), "km2": Decimal(1_000_000),
    "万平方米": Decimal(10000), "万m2": Decimal(10000), "万平米": Decimal(10000),
}  # fmt: skip
MONEY_LIMIT_WAN: Final = Decimal(10) ** 9
AREA_LIMIT_SQM: Final = Decimal(10) ** 12


def decimal(
    value: Raw,
    *,
    places: int | None = None,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
) -> Decimal | None:
    """A number with or without thousands separators, rounded half up to `places`; blank is None."""
    if is_blank(value):
        return None
    number = _plain(value)
    _within(number, minimum, maximum)
    return number if places is None else quantize(number, places)


def integer(value: Raw, *, minimum: int | None = 0, maximum: int = 2**31 - 1) -> int | None:
    """A whole number; 1,200 and 1200.0 are whole, 12.5 is not. A counting word behind it is dropped."""
    if is_blank(value):
        return None
    written = folded(value) if isinstance(value, str) else value
    if isinstance(written, str):
        written = re.sub(r"\s*[人名户家个项件台套次]$", "", written)
    number = _plain(written)
    if number != number.to_integral_value():
        raise FieldError("not_whole", _l("应为整数，现在是 %(value)s。", value=str(value)[:30]))
    _within(number, minimum, maximum)
    return int(number)


def percent(
    value: Raw,
    *,
    places: int | None = None,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
    fraction: bool = False,
) -> Decimal | None:
    """Percentage points: "4.5%" and "4.5" are 4.5.

    `fraction` says that a bare number is a share (a spreadsheet cell in percent format holds 0.045).
    """
    if is_blank(value):
        return None
    written = folded(value).replace(" ", "") if isinstance(value, str) else value
    signed = isinstance(written, str) and written.endswith("%")
    number = _plain(written[:-1] if signed and isinstance(written, str) else written)
    if fraction and not signed:
        number *= 100
    _within(number, minimum, maximum)
    return number if places is None else quantize(number, places)


def money_wan(value: Raw, *, unit: str = "万元", minimum: Decimal | int | None = 0) -> Decimal | None:
    """Money as 万元, exact to the fen: "1.2亿元" → 12000, "3,500" → 3500. `unit` is that of a bare number.

    Negative amounts are refused unless `minimum` is lowered (profits may be negative: `minimum=None`).
    """
    number = _measured(value, unit, MONEY_UNITS, _l("金额单位只认 元、万元、亿元。"))
    if number is None:
        return None
    _within(number, minimum, None)
    if abs(number) > MONEY_LIMIT_WAN:
        raise FieldError("too_large", _l("金额超过 10 万亿元，请检查单位。"))
    return quantize(number, 6)


def area_sqm(value: Raw, *, unit: str = "亩", minimum: Decimal | int | None = 0) -> Decimal | None:
    """Area as ㎡ with two decimals: "52.3亩", "6.8公顷", "3000㎡". `unit` is that of a bare number."""
    number = _measured(value, unit, AREA_UNITS, _l("面积单位只认 亩、㎡、公顷、平方公里。"))
    if number is None:
        return None
    _within(number, minimum, None)
    if number > AREA_LIMIT_SQM:
        raise FieldError("too_large", _l("面积大得不合常理，请检查单位。"))
    return quantize(number, 2)


def _measured(value: Raw, unit: str, units: Mapping[str, Decimal], cure: object) -> Decimal | None:
    if is_blank(value):
        return None
    if not isinstance(value, str):
        return _plain(value) * units[unit]
    written = folded(value).replace("¥", "").replace("人民币", "").replace("²", "2").strip()
    written = _GROUPED.sub("", _IN_BRACKETS.sub(r"\1", written))
    if _EXPONENT.fullmatch(written):
        return _plain(written) * units[unit]
    found = _WITH_UNIT.fullmatch(written)
    if found is None:
        raise _not_a_number(value)
    named = found[2].strip() or unit
    factor = units.get(named) or units.get(named.lower())
    if factor is None:
        if re.match(r"[-~至到—–]", named) or re.search(r"\d", named):
            raise _not_a_number(value)
        raise FieldError("unit", _l("不认识单位“%(unit)s”。", unit=named[:20]), cure)
    return _plain(found[1]) * factor


def _plain(value: Raw) -> Decimal:
    if isinstance(value, bool):
        raise _not_a_number(value)
    if isinstance(value, (int, Decimal)):
        number = Decimal(value)
    elif isinstance(value, float):
        number = Decimal(repr(value))
    else:
        written = folded(value).replace(" ", "")
        if _EXPONENT.fullmatch(written):
            raise FieldError(
                "exponent",
                _l("“%(value)s”是科学计数法，位数已经丢失。", value=written[:30]),
                _l("请把单元格改成数值或文本格式，重新填写完整的数。"),
            )
        found = _NUMBER.fullmatch(written)
        if found is None or not (found[2] or found[3]):
            raise _not_a_number(value)
        number = Decimal(written.replace(",", ""))
    if not number.is_finite():
        raise _not_a_number(value)
    return number


def _not_a_number(value: Raw) -> FieldError:
    return FieldError(
        "not_a_number",
        _l("“%(value)s”不是一个数。", value=str(value)[:30]),
        _l("只填一个数，如 3500 或 3,500.5，不写“约”“以上”或区间。"),
    )


def _within(number: Decimal, minimum: Decimal | int | None, maximum: Decimal | int | None) -> None:
    if minimum is not None and number < minimum:
        if minimum == 0:
            raise FieldError("negative", _l("不能是负数。"))
        raise FieldError("too_small", _l("不能小于 %(minimum)s。", minimum=minimum))
    if maximum is not None and number > maximum:
        raise FieldError("too_large", _l("不能大于 %(maximum)s。", maximum=maximum))
