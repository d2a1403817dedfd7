"""Whether two records may be one enterprise, and why (DOMAIN 3). Pure functions of plain values.

Two different credit codes are never one enterprise, nor are a branch and its head office; like names alone
are no more than a hint.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz.distance import OSA

from core.i18n import lazy as _l
from core.text import brand, forms, readings

HINT = 45
"""From this score on a name is shown to whoever types a new one."""

SUSPECT = 60
"""From this score on a pair is put before people."""

SAME = 85
"""From this score on whoever adds the name has to say that it is another enterprise."""

_NAMES: Mapping[str, int] = {
    "same_name": 95, "former_name": 92, "like_name": 85, "like_former": 80,
    "place_moved": 75, "same_sound": 70, "one_edit": 65, "no_place": 65,
    "short_name": 55, "legal_form": 50, "other_place": 45,
}  # fmt: skip
_EVIDENCE: Mapping[str, int] = {"mobile": 15, "legal_rep": 10, "address": 10, "founded": 5}
_AGAINST: Mapping[str, int] = {"other_rep": 5}

REASONS: Mapping[str, Any] = {
    "same_code": _l("信用代码相同"),
    "same_name": _l("规范名相同"),
    "former_name": _l("与曾用名相同"),
    "like_name": _l("只差“有限”“责任”或“市”“省”"),
    "like_former": _l("与曾用名近似"),
    "place_moved": _l("只是地名写在别处"),
    "same_sound": _l("读音相同"),
    "one_edit": _l("只差一个字"),
    "no_place": _l("字号和行业相同，一个没写地名"),
    "short_name": _l("与简称相同"),
    "legal_form": _l("字号和行业相同，组织形式不同"),
    "other_place": _l("字号和行业相同，地名不同"),
    "mobile": _l("联系人手机相同"),
    "legal_rep": _l("法定代表人相同"),
    "address": _l("地址相同"),
    "founded": _l("成立日期相同"),
    "other_rep": _l("法定代表人不同"),
    "by_hand": _l("人工提出"),
}
_SHORTEST_EDIT = 5


@dataclass(frozen=True)
class Facts:
    """What is compared of one record. `mobiles` are blind indexes, never numbers."""

    name: str
    uscc: str | None = None
    short_name: str = ""
    former: tuple[str, ...] = ()
    legal_rep: str = ""
    address: str = ""
    founded_on: date | None = None
    mobiles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """How likely two records are one (0–99), and the codes of REASONS that speak for or against it."""

    score: int
    reasons: tuple[str, ...]


def judge(one: Facts, other: Facts) -> Verdict | None:
    """None where the two cannot be one, or where nothing in their names says so."""
    if not mergeable(one, other):
        return None
    found = max(_alike(one, other), key=lambda reason: _NAMES[reason], default=None)
    if found is None:
        return None
    reasons = (found, *_evidence(one, other))
    score = _NAMES[found] + sum(_EVIDENCE.get(reason, 0) - _AGAINST.get(reason, 0) for reason in reasons)
    return Verdict(min(99, score), reasons)


def mergeable(one: Facts, other: Facts) -> bool:
    """Not with two different credit codes, and not a branch with anything but the same branch."""
    if one.uscc and other.uscc and one.uscc != other.uscc:
        return False
    return forms.branch_ending(one.name) == forms.branch_ending(other.name)


def _alike(one: Facts, other: Facts) -> Iterator[str]:
    names = (one.name, other.name)
    yield from _compared(*names)
    normal = tuple(map(forms.normal_form, names))
    loose = tuple(map(forms.loose_form, names))
    for mine, theirs in ((one, 1), (other, 0)):
        if mine.short_name and forms.normal_form(mine.short_name) == normal[theirs]:
            yield "short_name"
        for name in mine.former:
            if forms.normal_form(name) == normal[theirs]:
                yield "former_name"
            elif forms.loose_form(name) == loose[theirs]:
                yield "like_former"


def _compared(one: str, other: str) -> Iterator[str]:
    if forms.normal_form(one) == forms.normal_form(other):
        yield "same_name"
        return
    loose = forms.loose_form(one), forms.loose_form(other)
    if loose[0] == loose[1]:
        yield "like_name"
        return
    trunk = brand.trunk(one)
    if len(trunk) > 1 and trunk == brand.trunk(other):
        yield _apart(one, other)
    elif readings.syllables(loose[0]) == readings.syllables(loose[1]):
        yield "same_sound"
    elif one_edit(forms.core(one), forms.core(other)):
        yield "one_edit"


def _apart(one: str, other: str) -> str:
    """What else differs where brand and trade are the same."""
    places = brand.place_of(one), brand.place_of(other)
    if places[0] and places[1] and places[0] != places[1]:
        return "other_place"
    if forms.by_shares(one) != forms.by_shares(other):
        return "legal_form"
    return "place_moved" if places[0] == places[1] else "no_place"


def one_edit(one: str, other: str) -> bool:
    """One character wrong, missing, additional, or two neighbours exchanged; never a number or a direction."""
    if min(len(one), len(other)) < _SHORTEST_EDIT or one == other:
        return False
    if OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    start = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(one), len(other)) if start is None else start
    return forms.SERIAL.isdisjoint(one[at : at + 1] + other[at : at + 1])


def _evidence(one: Facts, other: Facts) -> Iterator[str]:
    if one.mobiles & other.mobiles:
        yield "mobile"
    if one.legal_rep and other.legal_rep:
        yield "legal_rep" if one.legal_rep == other.legal_rep else "other_rep"
    if one.address and forms.squash(one.address) == forms.squash(other.address):
        yield "address"
    if one.founded_on and one.founded_on == other.founded_on:
        yield "founded"
