"""FTS5 query strings. They are built from our own tokens alone, always quoted: what a person types
never reaches the grammar."""

from collections.abc import Iterable, Sequence

from search.embedded.writer import WHOLE
from search.nearness import (
    SHORT,
    SURE,
    allowed_edits,
    code_end,
    code_parts,
    far_pairs,
    halves,
    in_three,
    in_two,
    initials_of,
    swaps,
)
from search.query import Query, Word
from search.tokens import INITIALS_LETTERS, PINYIN_LETTERS, TAIL

NAMES = "name alias"
EVERYWHERE = "name alias body"


def quoted(token: str) -> str:
    return '"' + token.replace('"', '""') + '"'


def _any(parts: Iterable[str]) -> str:
    return "(" + " OR ".join(parts) + ")"


def _all(parts: Iterable[str]) -> str:
    return "(" + " AND ".join(parts) + ")"


def allowed(acl: Sequence[str]) -> str:
    """The permission, as a part of the same query."""
    return "acl : " + _any(quoted(token) for token in acl)


def phrase(grams: Sequence[str], columns: str, open_end: bool = False) -> str:
    return f"{{{columns}}} : {quoted(' '.join(grams))}{' *' if open_end else ''}"


def _whole(column: str, token: str, open_end: bool = False) -> str:
    return f"{column} : {quoted(WHOLE + token)}{' *' if open_end else ''}"


def exact(query: Query) -> str:
    """Whole names, brands, codes and sounds that equal the query."""
    keys = _any(_whole("keys", form) for form in dict.fromkeys([query.squashed, query.core]))
    return _any([keys, _whole("sounds", query.squashed)]) if query.letters else keys


def begins(query: Query) -> str:
    """Names, brands and codes that begin with the query, and sounds that do."""
    keys = _whole("keys", query.core, open_end=True)
    return _any([keys, _whole("sounds", query.squashed, open_end=True)]) if query.letters else keys


def strict(query: Query, columns: str = EVERYWHERE) -> str:
    """Every word, as a fragment, a beginning of a Latin word, pinyin or initials; or a code."""
    among = len(query.words) > 1
    parts = [_all(_word(word, columns, among) for word in query.words)]
    if query.letters or query.code:
        parts.append(_whole("keys", query.squashed, open_end=True))
    if query.letters and len(query.words) > 1:
        parts += _sounds(query.squashed)
    return _any(parts)


def _word(word: Word, columns: str, among: bool) -> str:
    if word.single:
        return f"{{{columns if among else NAMES}}} : {quoted(word.text)} *"
    found = [phrase(word.grams, columns, word.open_end)]
    found += [phrase(Word(other).grams, columns) for other in word.equals]
    return _any([*found, *_sounds(word.text)] if word.letters else found)


def _sounds(letters: str) -> list[str]:
    parts = [f"py : {quoted(letters[:PINYIN_LETTERS])} *"]
    return [*parts, f"ini : {quoted(letters)} *"] if len(letters) <= INITIALS_LETTERS else parts


def alike(query: Query) -> list[str]:
    """Queries for what sounds the same, and for codes with a wrong character. What these three bring is
    measured in Python afterwards."""
    queries = _codes(query)
    if query.letters:
        queries += [f"ini : {quoted(letters[:INITIALS_LETTERS])} *" for letters in initials_of(query)]
    if query.cjk:
        queries += [f"py : {quoted(sound[:PINYIN_LETTERS])} *" for sound in query.sounds]
    return queries


def edited(query: Query) -> list[str]:
    """Queries for what is one edit away."""
    if not allowed_edits(query.core):
        return []
    return _edited_letters(query.core) if query.core.isascii() else _edited(query.core)


def edited_more(query: Query) -> list[str]:
    """Queries for what is two edits away."""
    return [] if query.core.isascii() else [phrase(Word(part).grams, NAMES) for part in in_three(query.core)]


def loose(query: Query) -> list[str]:
    """Queries for what holds the parts of the query apart, or most of its pairs of characters."""
    apart = [_all(phrase(Word(part).grams, EVERYWHERE) for part in pair) for pair in halves(query)]
    return ([_any(apart)] if apart else []) + _pairs(query.grams)


def _codes(query: Query) -> list[str]:
    """Credit codes with one wrong character, or of which only the end is known."""
    queries: list[str] = []
    if parts := code_parts(query):
        first, begin, end, last = parts
        queries += [
            _whole("keys", begin, open_end=True),
            _whole("keys", TAIL + end, open_end=True),
            _all([_whole("keys", first, open_end=True), _whole("keys", TAIL + last)]),
        ]
    if end := code_end(query):
        queries.append(_whole("keys", TAIL + end, open_end=True))
    return queries


def _edited(core: str) -> list[str]:
    parts = in_two(core)
    queries = [phrase(Word(part).grams, NAMES) for part in parts]
    if len(core) < SHORT:
        begins = f"{{{NAMES}}} : {quoted(core[0])} *"
        later = [part for part in parts if not core.startswith(part)]
        queries += [_all([phrase(Word(part).grams, NAMES), begins]) for part in later]
        queries.append(_any(phrase(Word(one).grams, NAMES) for one in swaps(core)))
    return queries


def _edited_letters(core: str) -> list[str]:
    """The first letters are right, or a later part that begins at a syllable."""
    half = len(core) // 2
    begins = _any([f"py : {quoted(core[:half])} *", f"alias : {quoted(core[:SURE])} *"])
    ends = [core[at:][:PINYIN_LETTERS] for at in range(half - 1, half + 3) if len(core) - at > 2]
    return [begins, _any(f"{{py alias}} : {quoted(end)} *" for end in ends)]


def _pairs(grams: Sequence[str]) -> list[str]:
    return [_all(phrase([gram], EVERYWHERE) for gram in pair) for pair in far_pairs(grams)]
