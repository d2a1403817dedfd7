"""A name behind its leading place: 四川长虹电器 → 长虹电器 (docs/domain.md §3: 行政区划 + 字号 + 行业). Pure."""

from core.text.data_files import entries

_PLACES = frozenset(place for line in entries("place_prefixes.txt") for place in line.split())
_LENGTHS = sorted({len(place) for place in _PLACES}, reverse=True)
_ENDINGS = ("特别行政区", "自治区", "自治州", "地区", "省", "市")
_SHORTEST = 2


def places_in_front(name: str) -> int:
    """How many characters are provinces and cities; at least two are left for the brand."""
    at = 0
    while (step := _place_at(name, at)) and len(name) - at - step >= _SHORTEST:
        at += step
    return at


def brand(name: str) -> str:
    """A squashed name without the places in front."""
    return name[places_in_front(name) :]


def _place_at(name: str, at: int) -> int:
    for length in _LENGTHS:
        if name[at : at + length] in _PLACES:
            ending = next((end for end in _ENDINGS if name.startswith(end, at + length)), "")
            return length + len(ending)
    return 0
