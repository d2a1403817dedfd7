"""What is kept of the names of an enterprise: columns of its own, grams and keys that it is found by. Pure.

It loads nothing but the tokeniser, so that a process beside an import can do it (`core.aside`).
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from core.text import brand, forms, readings
from core.text.grams import grams

LONGEST_GRAM = 40
WEAK = 1
SHORTEST = 4
"""Brand and trade of fewer characters say too little."""

DERIVED = ("core_name", "sort_key", "pinyin", "initials")

Names = tuple[int, str, str, Sequence[str]]
"""Any number, e.g. that of a row; name, short name, former names."""


class Cuts(NamedTuple):
    """Of many enterprises at once, by their numbers: the values of DERIVED; who has a gram; who has a key.

    Grams and keys stand in order, so that each page of their tables is opened once.
    """

    derived: Mapping[int, tuple[str, ...]]
    grams: Sequence[tuple[str, Sequence[int]]]
    keys: Sequence[tuple[int, int]]


def derived_names(name: str, short_name: str = "") -> dict[str, str]:
    """What lists and duplicates need of a name: normal form, sort key, pinyin and initials."""
    return dict(zip(DERIVED, _derived(name, short_name), strict=True))


def _derived(name: str, short_name: str) -> tuple[str, ...]:
    called = short_name or name
    return (
        forms.normal_form(name)[:200],
        readings.sort_key(name)[:200],
        readings.pinyin(called)[:400],
        readings.initials(called)[:80],
    )


def grams_of(*names: str) -> set[str]:
    """Bigrams of characters and words of letters and digits of these names."""
    return {gram[:LONGEST_GRAM] for name in names for gram in grams(name)}


def graded(name: str) -> tuple[set[int], set[int]]:
    """(keys that say much, keys that say little) of a name: the latter leave out place and legal form.

    Numbers of 64 bits, of which the last says whether it says little (docs/domain.md §3).
    """
    if not (normal := forms.normal_form(name)):
        return set(), set()
    loose = forms.loose_form(name)
    strong = {f"n{normal}", f"l{loose}", f"p{' '.join(readings.syllables(loose))}"}
    trunk = brand.trunk(name)
    weak = {f"t{trunk}"} if len(trunk) >= SHORTEST else set()
    return {_number(text) << 1 for text in strong}, {(_number(text) << 1) | WEAK for text in weak}


def keys_of(name: str, others: Sequence[str] = ()) -> set[int]:
    """All keys of a name, and of the short or former names beside it."""
    return {key for each in (name, *others) for part in graded(each) for key in part}


def _number(text: str) -> int:
    """63 bits, signed."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True) >> 1


def cut(several: Iterable[Names]) -> Cuts:
    """Everything that is kept of the names of these enterprises."""
    derived: dict[int, tuple[str, ...]] = {}
    having: dict[str, list[int]] = {}
    keys: list[tuple[int, int]] = []
    for number, name, short_name, former in several:
        derived[number] = _derived(name, short_name)
        for gram in grams_of(name, short_name):
            having.setdefault(gram, []).append(number)
        keys += ((key, number) for key in keys_of(name, [short_name, *former]))
    return Cuts(derived, sorted(having.items()), sorted(keys))


def work(question: Sequence[Names]) -> tuple[object, ...]:
    """`cut` as a process beside this one is asked for it: plain values in, plain values out."""
    return tuple(cut(question))
