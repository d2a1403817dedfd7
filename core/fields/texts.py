"""Texts, telephone numbers, stock codes, yes and no."""

import re
import unicodedata
from typing import Final

from core.fields.errors import FieldError
from core.i18n import lazy as _l

Raw = object
BLANKS: Final = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "–",
        "/",
        "\\",
        "无",
        "暂无",
        "不详",
        "未知",
        "未填",
        "待定",
        "待补",
        "暂缺",
        "空",
        "空白",
        "N/A",
        "NA",
        "NULL",
        "NONE",
    }
)
"""What tables write where they have nothing. It means "not given", never nought."""

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")
_YES: Final = frozenset({"是", "有", "对", "√", "✓", "Y", "YES", "TRUE", "1"})
_NO: Final = frozenset({"否", "无", "没有", "不是", "×", "✗", "X", "N", "NO", "FALSE", "0"})
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_STRAY = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile(r"\s*[\t\r\n]\s*")
_LATIN_BREAK = re.compile(r"(?<=[!-~])\s*[\t\r\n]\s*(?=[!-~])")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:\+?86)?(0\d{2,3})[- ]?(\d{7,8})(?:(?:-|转|EXT\.?)(\d{1,6}))?")
_SHORT = re.compile(r"(?:400|800)\d{7}|1\d{4}|\d{7,8}")
_ABROAD = re.compile(r"\+(?!86)\d{7,15}")
_STOCK = re.compile(r"(?:SZ|SH|BJ)?(\d{6})(?:\.(?:SZ|SH|BJ|SS|XSHG|XSHE))?")


def folded(value: Raw) -> str:
    """Text in its normal width without invisible characters and outer space: for codes and numbers."""
    written = str(value)
    if written.isascii() and written.isprintable():
        return written.strip()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", written)).strip()


def is_blank(value: Raw) -> bool:
    """None, white space, or one of the signs that tables use for "nothing here"."""
    return value is None or (isinstance(value, str) and folded(value).upper() in BLANKS)


def text(value: Raw, *, limit: int = 200, lines: bool = False) -> str | None:
    """Plain text as it was written, outer space removed; blank is None.

    Refuses control characters and broken surrogates (no database takes them) and more than `limit`
    characters. `lines` allows line breaks and tabs.
    """
    if value is None:
        return None
    written = unicodedata.normalize("NFC", str(value))
    if written.isprintable():
        written = written.strip()
    else:
        written = _INVISIBLE.sub("", written.replace("\r\n", "\n").replace("\r", "\n")).strip()
        _refuse_control(written, lines)
    if not written:
        return None
    if len(written) > limit:
        raise FieldError(
            "too_long", _l("最多 %(limit)s 个字，现在有 %(length)s 个。", limit=limit, length=len(written))
        )
    return written


def without_stray(written: str) -> str:
    """Text without the control characters that come along when pasting; NUL and broken surrogates stay, and are
    refused: they mean that the file itself is damaged."""
    return _STRAY.sub("", written)


def one_line(written: str) -> str:
    """Text whose line breaks and tabs are gone: a space between two Latin words, nothing between Chinese ones."""
    return _BREAK.sub("", _LATIN_BREAK.sub(" ", written))


def _refuse_control(written: str, lines: bool) -> None:
    for found in _CONTROL.finditer(written):
        if not (lines and found[0] in "\n\t"):
            place = found.start() + 1
            raise FieldError(
                "control_character", _l("第 %(place)s 个字符无法识别，请删除后重新输入。", place=place)
            )


def phone(value: Raw) -> str | None:
    """A telephone number: 13800001234, 0816-2212345, 0816-2212345-8001, 400…, 12345, +852…"""
    if is_blank(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    written = re.sub(r"[\s()]", "", folded(value)).upper()
    bare = written.replace("-", "")
    if found := _MOBILE.fullmatch(bare):
        return found[1]
    if found := _LANDLINE.fullmatch(written):
        return "-".join(part for part in found.groups() if part)
    if _SHORT.fullmatch(bare) or _ABROAD.fullmatch(bare):
        return bare
    raise FieldError(
        "phone",
        _l("“%(value)s”不像电话号码。", value=str(value)[:30]),
        _l("手机填 11 位；座机填“区号-号码”，如 0816-2212345。"),
    )


_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


def email(value: Raw) -> str | None:
    """An address such as zhang@gov.example, lower case after the @. Raises FieldError with the cure."""
    raw = folded(value)
    if not raw:
        return None
    if not _EMAIL.fullmatch(raw) or len(raw) > 200 or ".." in raw:
        raise FieldError("email", _l("邮箱写得不对，应像 zhangsan@example.cn。"))
    name, _at, host = raw.rpartition("@")
    return f"{name}@{host.lower()}"


def stock_code(value: Raw) -> str | None:
    """Six digits: 600519, 000001.SZ, sz000001; a number that lost its leading zeros gets them back."""
    if is_blank(value):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000:
        return f"{value:06d}"
    found = _STOCK.fullmatch(re.sub(r"\s", "", folded(value)).upper())
    if found:
        return found[1]
    raise FieldError(
        "stock_code",
        _l("“%(value)s”不是 6 位股票代码。", value=str(value)[:30]),
        _l("只填沪深北交易所的 6 位数字，如 000725。"),
    )


def yes_no(value: Raw) -> bool | None:
    """是/否, 有/无, √/×, yes/no, 1/0; blank is None, which means "not known"."""
    if isinstance(value, bool):
        return value
    written = "" if value is None else folded(value).upper().removesuffix(".0")
    if written in _YES:
        return True
    if written in _NO:
        return False
    if is_blank(value):
        return None
    raise FieldError("yes_no", _l("“%(value)s”看不出是还是否，请填“是”或“否”。", value=str(value)[:30]))
