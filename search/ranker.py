"""One order for both engines: by kind of match, then importance, then brevity. Pure.

An engine finds candidates and brings the likely ones to the front; the grades here decide. They do not
depend on how often a word occurs, so the order stays as it is when a million rows are imported.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.text import forms
from search.document import Card
from search.names import Name, name_of
from search.query import Query, Word

CODE, CODE_PREFIX = 100.0, 60.0
EQUAL, SOUND_EQUAL = 90.0, 85.0
BRAND_EQUAL, BEGINS, BRAND_BEGINS = 62.0, 60.0, 57.0
SOUND_BEGINS, SOUND_BRAND, INITIALS_BEGIN = 55.0, 53.0, 50.0
INSIDE, ALL_WORDS, SOUND_INSIDE, INITIALS_INSIDE = 42.0, 40.0, 38.0, 35.0
ACROSS_PLACE = 30.0
SPREAD = 25.0

_FORMER = 0.6
_ALIAS = 0.2
_IMPORTANCE = 1.9
_BREVITY = 0.4


class Grade(NamedTuple):
    """How well a card answers, and by which of its names (`where`: title, alias, former, code, body)."""

    score: float
    where: str
    name: str = ""
    near: bool = False


def names_of(card: Card) -> Iterator[tuple[str, str, float]]:
    """(where, name, what is taken off) of every name of a card."""
    yield "title", card.title, 0.0
    for alias in card.aliases:
        yield "alias", alias, _ALIAS
    for former in card.former:
        yield "former", former, _FORMER


def grade(query: Query, card: Card) -> Grade:
    """The grade of a card that an engine found by the strict query; at least SPREAD."""
    best = _by_code(query, card)
    for where, name, off in names_of(card):
        score = name_score(query, name_of(name))
        if score and (best is None or score - off > best.score):
            best = Grade(score - off, where, name)
    if len(query.words) > 1 and (best is None or best.score < ALL_WORDS) and _all_words(query, card):
        best = Grade(ALL_WORDS, "title", card.title)
    if best is None:
        best = Grade(SPREAD, "body")
    return Grade(best.score + importance(card), best.where, best.name)


def importance(card: Card) -> float:
    """What weight and brevity add within one kind of match; always less than the step to the next."""
    return _IMPORTANCE * min(card.weight, 1000) / 1000 + _BREVITY * (1 - min(len(card.title), 50) / 50)


def _by_code(query: Query, card: Card) -> Grade | None:
    if not query.code:
        return None
    for code in card.codes:
        squashed = forms.squash(code)
        if squashed.startswith(query.squashed):
            return Grade(CODE if squashed == query.squashed else CODE_PREFIX, "code", code)
    return None


def name_score(query: Query, name: Name) -> float:
    """How a name answers the whole query; 0 when it does not."""
    score = _by_characters(query, name)
    if query.letters and score < SOUND_EQUAL:
        score = max(score, _by_sound(query.squashed, name))
    return score


def _by_characters(query: Query, name: Name) -> float:
    if query.squashed == name.squashed or query.core == name.core:
        return EQUAL
    if query.core == name.brand:
        return BRAND_EQUAL
    if name.core.startswith(query.core):
        return BEGINS
    at = name.core.find(query.core, name.front)
    if at >= 0:
        return BRAND_BEGINS if at == name.front else INSIDE
    if query.core in name.core:
        return ACROSS_PLACE
    return INSIDE if query.squashed in name.squashed else 0.0


def _by_sound(typed: str, name: Name) -> float:
    best = 0.0
    for reading, letters in name.sounds:
        best = max(best, _sound(typed, reading, name.front), _initials(typed, letters, name.front))
    return best


def _sound(typed: str, reading: tuple[str, ...], front: int) -> float:
    whole = "".join(reading)
    if whole == typed:
        return SOUND_EQUAL
    if whole.startswith(typed):
        return SOUND_BEGINS
    for start in range(1, len(reading)):
        if "".join(reading[start:]).startswith(typed):
            return SOUND_BRAND if start == front else SOUND_INSIDE
    return 0.0


def _initials(typed: str, letters: tuple[str, ...], front: int) -> float:
    whole = "".join(letters)
    if whole == typed and len(typed) > 1:
        return SOUND_EQUAL
    at = whole.find(typed)
    if at == 0:
        return INITIALS_BEGIN
    return INITIALS_BEGIN - 2 if 0 < at == front else INITIALS_INSIDE if at > 0 else 0.0


def _all_words(query: Query, card: Card) -> bool:
    names = [name_of(name) for _where, name, _off in names_of(card)]
    return all(any(_word_in(word, name) for name in names) for word in query.words)


def _word_in(word: Word, name: Name) -> bool:
    if any(text in name.squashed for text in (word.text, *word.equals)):
        return True
    return bool(word.letters and _by_sound(word.text, name) > 0)


def best_first(graded: Iterable[tuple[Grade, Card]]) -> list[tuple[Grade, Card]]:
    """Stable for equal grades: by kind and id, so that pages do not shuffle."""
    return sorted(graded, key=lambda pair: (-pair[0].score, pair[1].kind, pair[1].id))
