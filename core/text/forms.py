"""Normal forms of text and of enterprise names (docs/domain.md §3). Pure."""

import re
import unicodedata
from functools import lru_cache

from core.text.data_files import entries

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_BRACKETS = str.maketrans("[{〔【〖]}〕】〗", "((((()))))")
_NAME = 120
_SPACES = re.compile(r"\s+")
_UNNAMED = re.compile(r"[^\w()]|_")
_UNWORDED = re.compile(r"[\W_]+")

# Longest first. A name that is nothing but its legal form has an empty core.
LEGAL_FORMS = (
    "股份有限责任公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "有限公司",
    "股份公司",
    "有限责任",
    "有限合伙",
    "有限",
    "公司",
)
_GROUP = "集团有限公司"
# A branch is a subject of its own: its ending is never taken for a legal form (docs/domain.md §3).
_BRANCHES = ("分公司", "子公司", "支公司", "总公司", "分厂", "支行", "分行")
SERIAL = frozenset("0123456789一二三四五六七八九十百零〇甲乙丙丁东西南北上下")
"""Where names differ by one of these alone, they are meant to differ: 第一、第二."""

_LOOSE_ENDINGS = re.compile(r"(股份)?(有限)?(责任)?(公司)?$")
_CITY = re.compile(r"^([\u4e00-\u9fff]{2,4}?)(?:特别行政区|自治区|自治州|省|市)")


def _traditional() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for line in entries("traditional.txt") for pair in line.split()}


_SIMPLIFIED = _traditional()
_ORDINARY = re.compile(
    "[0-9a-z()" + "".join(chr(at) for at in range(0x4E00, 0xA000) if at not in _SIMPLIFIED) + "]+"
)
"""What stays as it is: most names."""

_BRACKETS_SIMPLIFIED: dict[int, int | str] = {**_SIMPLIFIED, **_BRACKETS}


def simplify(text: str) -> str:
    """Traditional characters to simplified ones, character by character."""
    return text.translate(_SIMPLIFIED)


def norm(text: str) -> str:
    """NFKC, lower case, simplified, ASCII brackets, single blanks, nothing invisible."""
    return _short_norm(text) if len(text) <= _NAME else _norm(text)


def _norm(text: str) -> str:
    if _ORDINARY.fullmatch(text):
        return text
    if text.isascii():
        folded = text.lower()
    else:
        folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).lower()
        folded = folded.translate(_BRACKETS_SIMPLIFIED)
    return _SPACES.sub(" ", folded).strip()


_short_norm = lru_cache(maxsize=4096)(_norm)
"""A name is asked for a dozen times while its row is imported or its document built; long texts once."""


def squash(text: str) -> str:
    """`norm` without blanks, punctuation and brackets: letters, digits and characters only."""
    plain = norm(text)
    return plain if plain.isalnum() else _UNWORDED.sub("", plain)


def words(text: str) -> list[str]:
    """The words of a query: `norm` split at blanks and punctuation."""
    return [word for word in _UNWORDED.split(norm(text)) if word]


def core(name: str) -> str:
    """The squashed name without its legal form: `宁德时代新能源科技股份有限公司` → `宁德时代新能源科技`.

    Branches keep their ending. Empty when the name is nothing but a legal form.
    """
    return core_of(squash(name))


def core_of(squashed: str) -> str:
    """`core` of a name that is squashed already."""
    if squashed.endswith(_BRANCHES):
        return squashed
    for form in LEGAL_FORMS:
        if squashed.endswith(form):
            return squashed[: -len(form)] + ("集团" if form == _GROUP else "")
    return squashed


def by_shares(name: str) -> bool:
    """Whether a name is that of a company limited by shares."""
    return "股份" in squash(name)


def branch_ending(name: str) -> str:
    """分公司, 分厂, 支行 … where the name is a branch's; empty for others."""
    text = squash(name)
    return next((ending for ending in _BRANCHES if text.endswith(ending)), "")


def normal_form(name: str) -> str:
    """The key under which two spellings are the same name (docs/domain.md §3, ACCEPTANCE T59).

    NFKC, no blanks or punctuation, full-width brackets whose content stays, simplified, lower case.
    Legal forms are left as they stand: 有限责任公司 and 有限公司 are two names (T60, see `loose_form`).
    """
    return _short_form(name) if len(name) <= _NAME else _normal_form(name)


def _normal_form(name: str) -> str:
    text = _UNNAMED.sub("", norm(name)).replace("()", "")
    return text.replace("(", "（").replace(")", "）")


_short_form = lru_cache(maxsize=4096)(_normal_form)


def loose_form(name: str) -> str:
    """A key under which two names are *suspected* to be one, never merged by itself.

    The normal form without brackets, legal form and the word 市 or 省 of a leading place. A branch
    keeps its ending, 股份 stands for every kind of company limited by shares.
    """
    text = squash(name)
    if not text.endswith(_BRANCHES):
        ending = _LOOSE_ENDINGS.search(text)
        if ending and ending.start() > 1:
            text = text[: ending.start()] + ("股份" if ending.group(1) else "")
    place = _CITY.match(text)
    return place.group(1) + text[place.end() :] if place and len(text) - place.end() >= 2 else text
