"""Pinyin: default readings, words with other readings, surnames. Pure and without a library.

The tables of pypinyin stand in `data/` as far as names need them: one default reading for each
character, and the words in which a character is read otherwise. A name without such a character is
read through the character map alone.
"""

from functools import lru_cache

from core.text.data_files import entries
from core.text.forms import norm
from core.text.grams import LATIN, RUN, is_cjk

_SORT_KEY = 200
_LONGEST_PERSON = 4


def _defaults() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in entries("readings.txt"):
        reading, characters = line.split(" ", 1)
        table.update(dict.fromkeys(characters, reading))
    return table


def _phrases() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for name in ("phrases.txt", "places.txt"):
        for line in entries(name):
            word, *readings = line.split()
            table[word] = tuple(readings)
    return table


_TONED = _defaults()
_PLAIN = {character: reading[:-1] for character, reading in _TONED.items()}
SYLLABLES = frozenset(_PLAIN.values())
"""Every syllable without its tone."""

_PHRASES = _phrases()
_LONGEST: dict[str, int] = {}
for _word in _PHRASES:
    _LONGEST[_word[0]] = max(len(_word), _LONGEST.get(_word[0], 0))
"""Of the words that begin with a character, the length of the longest."""
_SURNAMES = {line.split()[0]: line.split()[1] for line in entries("surnames.txt")}
_HEADS = frozenset(
    character
    for word, readings in _PHRASES.items()
    for character, reading in zip(word, readings, strict=True)
    if reading[:-1] != _PLAIN.get(character)
)


@lru_cache(maxsize=4096)
def _toned(run: str) -> tuple[str, ...]:
    """Readings with tones of a run of characters: the longest known word first."""
    if _HEADS.isdisjoint(run):
        return tuple(map(_TONED.get, run, run))
    result: list[str] = []
    at = 0
    while at < len(run):
        for length in range(min(_LONGEST.get(run[at], 0), len(run) - at), 1, -1):
            word = _PHRASES.get(run[at : at + length])
            if word is not None:
                result += word
                at += length
                break
        else:
            result.append(_TONED.get(run[at], run[at]))
            at += 1
    return tuple(result)


@lru_cache(maxsize=8192)
def _plain(reading: str) -> str:
    return reading[:-1] if reading[-1].isdigit() and len(reading) > 1 else reading


@lru_cache(maxsize=4096)
def syllables(text: str) -> tuple[str, ...]:
    """Toneless syllables as people read them; Latin words and numbers stand as one each (`lv` for ü)."""
    result: list[str] = []
    for run in RUN.findall(norm(text)):
        result += [_plain(reading) for reading in _toned(run)] if is_cjk(run[0]) else [run]
    return tuple(result)


def _by_character(text: str) -> tuple[str, ...]:
    if not LATIN.search(text):
        return tuple(_PLAIN.get(character, character) for run in RUN.findall(text) for character in run)
    result: list[str] = []
    for run in RUN.findall(text):
        result += [_PLAIN.get(character, character) for character in run] if is_cjk(run[0]) else [run]
    return tuple(result)


def variants(text: str) -> list[tuple[str, ...]]:
    """Every reading worth indexing: by words, by characters, and as a person's name when that short."""
    text = norm(text)
    if _HEADS.isdisjoint(text) and text[:1] not in _SURNAMES:
        return [_by_character(text)]
    found = [syllables(text), _by_character(text)]
    if len(text) <= _LONGEST_PERSON and text[:1] in _SURNAMES:
        surname = _SURNAMES[text[0]][:-1]
        found += [(surname, *reading[1:]) for reading in found]
    return list(dict.fromkeys(found))


def pinyin(name: str) -> str:
    """`重庆银行` → `chong qing yin hang`."""
    return " ".join(syllables(name))


def initials(name: str) -> str:
    """`重庆银行` → `cqyh`; Latin words and numbers stay whole."""
    return "".join(initial_parts(syllables(name), norm(name)))


def initial_parts(reading: tuple[str, ...], text: str) -> list[str]:
    """The first letter of each syllable of a reading of `text`, in which Latin runs stay whole."""
    if text.isascii():
        return list(reading)
    if len(reading) == len(text):  # every run is one character
        return [part[0] for part in reading]
    latin = LATIN.findall(text)
    return [part if part in latin else part[0] for part in reading]


def sort_key(name: str) -> str:
    """An ASCII-ordered key: by syllable and tone, blanks first, numbers by value. At most 200 characters."""
    parts: list[str] = []
    for run in RUN.findall(norm(name)):
        if is_cjk(run[0]):
            parts += _toned(run)
        elif run.isdecimal():
            parts.append(run.rjust(8, "0") if len(run) < 8 else run)
        else:
            parts.append(run)
    return " ".join(parts)[:_SORT_KEY]
