"""Which candidates of the relaxed query are near enough: other characters of the same sound, one edit,
words taken apart, most of the grams. Pure; both engines' candidates pass through here."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from core.text import forms
from core.text.grams import is_cjk
from core.text.readings import SYLLABLES
from search.document import Card
from search.names import Name, name_of
from search.query import Query
from search.ranker import BRAND_BEGINS, Grade, best_first, importance, names_of
from search.tokens import CREDIT_CODE, PINYIN_LETTERS, TAILS

HOMOPHONE, HOMOPHONE_BEGINS, HOMOPHONE_INSIDE = 50.0, 46.0, 44.0
ONE_EDIT, EDIT_INSIDE = 36.0, 32.0
TAKEN_APART_NAME, TAKEN_APART = 31.0, 28.0
MIXED, MIXED_INSIDE = 45.0, 41.0
CODE_EDITED, CODE_END = 45.0, 43.0
OVERLAP = 14.0
ENOUGH = 0.6
FEW = 5
"""With fewer hits than this near ones are looked for as well."""

_FEWEST_GRAMS = 4
_SHORTEST_EDIT = 3
_SHORTEST_LATIN = 5
_TWO_EDITS = 7
_SHORTEST_TAIL = 6
_FEWEST_MIXED = 3
_SEGMENTATIONS = 8
_LONGEST_SYLLABLE = 6
SHORT = 6
"""Below this many characters an exchange of neighbours may leave no pair whole."""

SURE = 2
"""So many first letters of a Latin word are taken to be right."""


def wanted(query: Query, found: Sequence[tuple[Grade, Card]]) -> bool:
    """Whether near hits help: little was found, and nothing that begins with the query. Letters that found
    anything at all were typed right."""
    if not found:
        return True
    return len(found) < FEW and not query.letters and found[0][0].score < BRAND_BEGINS


def graded(query: Query, cards: Iterable[Card], heard: bool = True) -> list[tuple[Grade, Card]]:
    """Those of the candidates that are near enough. Names are compared by sound where they may be `heard`:
    that is the dearer half."""
    return [(grade, card) for card in cards if (grade := near(query, card, heard)) is not None]


def enough(found: Sequence[tuple[Grade, Card]]) -> bool:
    """Whether one of them sounds the same or is one edit away: that is what was meant."""
    return any(grade.score >= EDIT_INSIDE for grade, _card in found)


def nearest(found: Sequence[tuple[Grade, Card]]) -> list[tuple[Grade, Card]]:
    """Best first; what only holds some of the same words is left out beside what was meant."""
    least = EDIT_INSIDE - 2 if enough(found) else 0
    return best_first(pair for pair in found if pair[0].score >= least)


def near(query: Query, card: Card, heard: bool = True) -> Grade | None:
    """The grade of a near hit, or None when the card is not near enough to be shown."""
    best, found = _code_nearness(query, card)
    for where, name, off in names_of(card):
        score = _name_nearness(query, name_of(name), heard) - off
        if score > best:
            best, found = score, (where, name)
    if best < TAKEN_APART_NAME and (score := _spread(query, card)) > best:
        best, found = score, ("body", "")
    return Grade(best + importance(card), *found, near=True) if best > 0 else None


def _name_nearness(query: Query, name: Name, heard: bool) -> float:
    score = 0.0
    if heard:
        score = _homophone(query, name) if query.cjk else _mixed(query, name)
    return score or _edited(query, name)


def _homophone(query: Query, name: Name) -> float:
    best = 0.0
    for reading, _letters in name.sounds:
        whole = "".join(reading)
        for sound in query.sounds:
            if sound == whole:
                return HOMOPHONE
            if whole.startswith(sound):
                best = max(best, HOMOPHONE_BEGINS)
            elif any("".join(reading[at:]).startswith(sound) for at in range(1, len(reading))):
                best = max(best, HOMOPHONE_INSIDE)
    return best


def _mixed(query: Query, name: Name) -> float:
    """Whole syllables and first letters in turn: `huaweijs`, `sicsd`."""
    if not initials_of(query):
        return 0.0
    typed = query.squashed
    for reading, _letters in name.sounds:
        for start in range(len(reading)):
            if _abbreviates(typed, reading[start:]):
                return MIXED if start in (0, name.front) else MIXED_INSIDE
    return 0.0


def _abbreviates(typed: str, reading: Sequence[str]) -> bool:
    """Whether the letters are beginnings of the syllables, each of at least one letter."""
    ends = {0}
    for syllable in reading:
        if len(typed) in ends:
            return True
        ends = {
            at + length
            for at in ends
            for length in range(1, len(syllable) + 1)
            if typed.startswith(syllable[:length], at)
        }
        if not ends:
            return False
    return len(typed) in ends


def initials_of(query: Query) -> list[str]:
    """The first letters that a mixture of syllables and initials may stand for; none for other queries."""
    typed = query.squashed
    if not (_FEWEST_MIXED <= len(typed) <= PINYIN_LETTERS and typed.isascii() and typed.isalpha()):
        return []
    found: list[str] = []
    _segment(typed, "", found)
    return [one for one in dict.fromkeys(found) if len(typed) > len(one) > 1]


def _segment(rest: str, letters: str, found: list[str]) -> None:
    """Longest syllables first; a few readings are enough."""
    if len(found) >= _SEGMENTATIONS:
        return
    if not rest:
        found.append(letters)
        return
    for length in range(min(_LONGEST_SYLLABLE, len(rest)), 0, -1):
        if length == 1 or rest[:length] in SYLLABLES:
            _segment(rest[length:], letters + rest[0], found)


def _code_nearness(query: Query, card: Card) -> tuple[float, tuple[str, str]]:
    """A credit code with one character wrong, or known by its end alone."""
    typed = query.squashed
    if not query.code or len(typed) < _SHORTEST_TAIL:
        return 0.0, ("", "")
    for code in card.codes:
        squashed = forms.squash(code)
        if len(squashed) != CREDIT_CODE:
            continue
        if abs(len(typed) - CREDIT_CODE) <= 1 and OSA.distance(typed, squashed, score_cutoff=1) <= 1:
            return CODE_EDITED, ("code", code)
        if squashed.endswith(typed) or (len(typed) > _SHORTEST_TAIL + 1 and squashed.startswith(typed, 8)):
            return CODE_END, ("code", code)
    return 0.0, ("", "")


def code_parts(query: Query) -> tuple[str, str, str, str] | None:
    """What one wrong character leaves whole: the first 6 and 12 characters, the last 12 and 6."""
    typed = query.squashed
    if not query.code or abs(len(typed) - CREDIT_CODE) > 1:
        return None
    return typed[:6], typed[:12], typed[-12:], typed[-6:]


def code_end(query: Query) -> str:
    """What may be the end of a credit code or the organisation's own code."""
    typed = query.squashed
    return typed if query.code and _SHORTEST_TAIL <= len(typed) <= CREDIT_CODE - TAILS[0] else ""


def allowed_edits(typed: str) -> int:
    """How many wrong, missing, additional or swapped characters are forgiven."""
    if typed.isascii():
        return (
            0 if len(typed) < _SHORTEST_LATIN or not typed.isalpha() else 1 if len(typed) < _TWO_EDITS else 2
        )
    return 0 if len(typed) < _SHORTEST_EDIT else 1 if len(typed) < _TWO_EDITS else 2


def _edited(query: Query, name: Name) -> float:
    typed = query.core
    limit = allowed_edits(typed)
    if not limit:
        return 0.0
    best = _distance(typed, name.core, limit)
    if best and query.letters:
        for reading, _letters in name.sounds:
            best = min(best, _distance(typed, "".join(reading), limit))
    if best > limit:
        return 0.0
    begins = any(OSA.distance(typed, piece) == best for piece in _starts(typed, name))
    if not begins and len(typed) <= _SHORTEST_EDIT:
        return 0.0
    return (ONE_EDIT if begins else EDIT_INSIDE) - 2 * (best - 1)


def _starts(typed: str, name: Name) -> Iterator[str]:
    for whole in (name.core, name.brand):
        for more in (-1, 0, 1):
            yield whole[: len(typed) + more]


def _distance(typed: str, whole: str, limit: int) -> int:
    """The least distance between what was typed and any piece of a name about as long."""
    best = limit + 1
    if fuzz.partial_ratio(typed, whole) < 100 * (1 - limit / (len(typed) - limit)) - 1:
        return best
    for length in range(len(typed) - limit, len(typed) + limit + 1):
        for at in range(max(1, len(whole) - length + 1)):
            distance = OSA.distance(typed, whole[at : at + length], score_cutoff=limit)
            if distance < best:
                best = distance
                if best <= 1:
                    return best
    return best


def _spread(query: Query, card: Card) -> float:
    apart, grams = halves(query), query.grams
    if not apart and len(grams) < _FEWEST_GRAMS:
        return 0.0
    names = "\n".join(name_of(name).squashed for _where, name, _off in names_of(card))
    if any(first in names and second in names for first, second in apart):
        return TAKEN_APART_NAME
    everything = "\n".join((names, *map(forms.squash, (card.region, card.industry, card.body))))
    if any(first in everything and second in everything for first, second in apart):
        return TAKEN_APART
    if len(grams) < _FEWEST_GRAMS:
        return 0.0
    share = sum(gram in everything for gram in grams) / len(grams)
    return OVERLAP * share if share >= ENOUGH else 0.0


def halves(query: Query) -> list[tuple[str, str]]:
    """A query of one word in characters, taken apart in two of at least two characters each."""
    if len(query.words) != 1 or not query.cjk:
        return []
    whole = query.words[0].text
    return [(whole[:at], whole[at:]) for at in range(2, len(whole) - 1)]


def in_two(core: str) -> list[str]:
    """Pieces of two characters and more, one of which one wrong, missing or additional character leaves as
    it is."""
    return _pieces(core, 2)


def in_three(core: str) -> list[str]:
    """The same for two such characters, or for neighbours exchanged in the middle; from SHORT characters on."""
    return _pieces(core, 3) if len(core) >= SHORT else []


def _pieces(core: str, number: int) -> list[str]:
    if len(core) == 3:
        return [core[:2], core[1:]]
    step = -(-len(core) // number)
    cuts = [0, *(_word_start(core, at) for at in range(step, len(core), step)), len(core)]
    pieces = [_from_gram(core[at:end]) for at, end in pairwise(cuts)]
    return [piece for piece in pieces if len(piece) > 1]


def _word_start(core: str, at: int) -> int:
    """Where to cut instead of within a Latin word or number: half a word is no gram of any name."""
    while at > 0 and core[at - 1].isascii() and core[at].isascii():
        at -= 1
    return at


def _from_gram(piece: str) -> str:
    """Without one character before a Latin word: in the name it is the end of a pair."""
    return piece[1:] if len(piece) > 1 and is_cjk(piece[0]) and piece[1].isascii() else piece


def swaps(core: str) -> list[str]:
    """Every form with two neighbours exchanged."""
    return [core[:at] + core[at + 1] + core[at] + core[at + 2 :] for at in range(len(core) - 1)]


def far_pairs(grams: Sequence[str]) -> list[tuple[str, str]]:
    """Two grams far apart, for queries of which only most words are found."""
    if len(grams) < _FEWEST_GRAMS:
        return []
    last = len(grams) - 1
    chosen = {(0, last), (0, last // 2), (last // 2, last), (1, last - 1)}
    return [(grams[one], grams[other]) for one, other in sorted(chosen) if one != other]
