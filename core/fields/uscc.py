"""Unified social credit codes, GB 32100-2015 with the GB 11714 code inside (DOMAIN 2.1)."""

import re
from collections.abc import Mapping
from operator import mul
from typing import Any, Final

from core.fields.errors import FieldError
from core.fields.texts import Raw, folded
from core.i18n import lazy as _l

LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
_VALUES: Final = {letter: value for value, letter in enumerate(LETTERS)}
_DIGITS: Final = {letter: int(letter, 36) for letter in LETTERS}
_SOUND: Final = re.compile(f"[{LETTERS}]*")
_BLANKS: Final = re.compile(r"[\s\-]")
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_NEVER_USED: Final = "IOSVZ"
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}")

ENTERPRISE: Final = "91"
KINDS: Final[Mapping[str, Any]] = {
    "11": _l("机关"),
    "12": _l("事业单位"),
    "51": _l("社会团体"),
    "52": _l("民办非企业单位"),
    "53": _l("基金会"),
    "91": _l("企业"),
    "92": _l("个体工商户"),
    "93": _l("农民专业合作社"),
}


def normalise(value: Raw) -> str:
    """Spaces, hyphens and the apostrophe of a text cell out, full width to half, capitals; nothing is checked."""
    return _BLANKS.sub("", folded(value)).lstrip("'‘’`").upper()


def credit_code(value: Raw) -> str | None:
    """The standard form of a credit code; blank is None.

    Raises FieldError: `as_number`, `length`, `illegal_letter`, `illegal_character`, `check_digit`. A wrong
    check digit is named with its place and what it should be. Whether it names an enterprise is another
    question: `require_enterprise`.
    """
    code = as_printed(value)
    if code is not None:
        _check_digits(code)
    return code


def as_printed(value: Raw) -> str | None:
    """The code as the licence prints it: letters and length are right, check digits are not asked. Blank is None."""
    code = "" if value is None else normalise(value)
    if value is None or (isinstance(value, str) and not code and not folded(value)):
        return None
    if not isinstance(value, str) or _EXPONENT.fullmatch(code):
        raise FieldError(
            "as_number",
            _l("这一格是数字格式，代码的后几位已经丢失。"),
            _l("请在表格里把这一列改成文本格式，重新粘贴代码。"),
        )
    _check_letters(code)
    if len(code) != LENGTH:
        raise FieldError("length", _l("长度应为 18 位，现在是 %(length)s 位。", length=len(code)))
    return code


def holds(code: str) -> bool:
    """Whether both check digits of a code of the right letters and length are right."""
    return code[16] == body_check_letter(code[8:16]) and code[17] == check_letter(code)


def require_enterprise(code: str) -> str:
    """Refuse a code whose first two digits do not register an enterprise (91)."""
    if code[:2] != ENTERPRISE:
        kind = KINDS.get(code[:2])
        raise FieldError(
            "not_enterprise",
            _l("非企业主体：代码以 %(prefix)s 开头，登记的是“%(kind)s”。", prefix=code[:2], kind=kind)
            if kind
            else _l("非企业主体：代码以 %(prefix)s 开头，企业应以 91 开头。", prefix=code[:2]),
            _l("企业库只收 91 开头的企业。"),
        )
    return code


def enterprise_code(value: Raw) -> str | None:
    """`credit_code` that must name an enterprise."""
    code = credit_code(value)
    return None if code is None else require_enterprise(code)


def region_of(code: str) -> str:
    """Places 3–8: the region of the registering authority. It stays after a move, so it only hints."""
    return code[2:8]


def check_letter(body: str) -> str:
    """The 18th character over the first seventeen."""
    total = sum(map(mul, map(_VALUES.__getitem__, body[:17]), _WEIGHTS))
    return LETTERS[(31 - total % 31) % 31]


def body_check_letter(body: str) -> str:
    """The ninth character of the organisation code (places 9–17) over its first eight."""
    rest = 11 - sum(map(mul, map(_DIGITS.__getitem__, body[:8]), _BODY_WEIGHTS)) % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def _check_letters(code: str) -> None:
    if _SOUND.fullmatch(code):
        return
    never = [char for char in code if char in _NEVER_USED]
    if never:
        places = "、".join(str(place) for place, char in enumerate(code, 1) if char in _NEVER_USED)
        raise FieldError(
            "illegal_letter",
            _l(
                "含非法字符：第 %(places)s 位是 %(letters)s，代码里不用 I O S V Z。",
                places=places,
                letters="、".join(never),
            ),
            _l("多半是 1、0、5、2 认错了，请对照执照。"),
        )
    for place, char in enumerate(code, 1):
        if char not in LETTERS:
            raise FieldError(
                "illegal_character",
                _l("第 %(place)s 位“%(char)s”不是数字或大写字母。", place=place, char=char),
            )


def _check_digits(code: str) -> None:
    inner, outer = body_check_letter(code[8:16]), check_letter(code)
    inner_wrong, outer_wrong = inner != code[16], outer != code[17]
    found = {"outer": outer, "is_outer": code[17], "inner": inner, "is_inner": code[16]}
    if inner_wrong and outer_wrong:
        message = _l(
            "第 18 位应为 %(outer)s（现 %(is_outer)s）；"
            "内嵌的组织机构代码第 9 位（全码第 17 位）应为 %(inner)s（现 %(is_inner)s）。",
            **found,
        )
    elif outer_wrong:
        message = _l("第 18 位应为 %(outer)s（现 %(is_outer)s）。", **found)
    elif inner_wrong:
        message = _l("内嵌的组织机构代码第 9 位（全码第 17 位）应为 %(inner)s（现 %(is_inner)s）。", **found)
    else:
        return
    raise FieldError("check_digit", message, _l("校验位对不上，说明有一位抄错了，请对照执照。"))
