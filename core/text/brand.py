"""A name behind its leading place: 四川长虹电器 → 长虹电器 (docs/domain.md §3: 行政区划 + 字号 + 行业). Pure."""

import re

from core.text import forms
from core.text.data_files import entries

_PLACES = frozenset(place for line in entries("place_prefixes.txt") for place in line.split())
_LENGTHS = {
    opening: sorted({len(place) for place in _PLACES if place.startswith(opening)}, reverse=True)
    for opening in {place[:2] for place in _PLACES}
}
"""How long the places are that begin with two characters, the longest first."""

_ENDINGS = ("特别行政区", "自治区", "自治州", "地区", "省", "市")
_SHORTEST = 2
_BRACKETS = re.compile(r"\(([^()]*)\)")


def places_in_front(name: str) -> int:
    """How many characters are provinces and cities; at least two are left for the brand."""
    at = 0
    while (step := _place_at(name, at)) and len(name) - at - step >= _SHORTEST:
        at += step
    return at


def brand(name: str) -> str:
    """A squashed name without the places in front."""
    return name[places_in_front(name) :]


def trunk(name: str) -> str:
    """Brand and trade, wherever the place stands: 灵动传媒科技(绍兴)有限公司 → 灵动传媒科技."""
    return brand(forms.core(_BRACKETS.sub(_without_place, forms.norm(name))))


def place_of(name: str) -> str:
    """The province or city that leads a name or stands in its brackets, without 省 or 市; empty without one."""
    text = forms.norm(name)
    squashed = forms.squash(text)
    if at := places_in_front(squashed):
        return _bare(squashed[:at])
    found = next((each for each in _BRACKETS.findall(text) if _is_place(each)), "")
    return _bare(found)


def _bare(place: str) -> str:
    return place[:-1] if len(place) > _SHORTEST and place.endswith(("省", "市")) else place


def _without_place(bracket: re.Match[str]) -> str:
    return "" if _is_place(bracket[1]) else bracket[0]


def _is_place(text: str) -> bool:
    return bool(text) and places_in_front(text + "某某") == len(text)


def _place_at(name: str, at: int) -> int:
    for length in _LENGTHS.get(name[at : at + 2], ()):
        if name[at : at + length] in _PLACES:
            if not name.startswith(_ENDINGS, at + length):
                return length
            return length + len(next(end for end in _ENDINGS if name.startswith(end, at + length)))
    return 0
