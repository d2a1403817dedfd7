"""What both engines index of a document: the tokens are made here, once, and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.text import forms, readings
from core.text.brand import brand as brand_of
from core.text.brand import places_in_front
from core.text.grams import grams as grams_of
from core.text.grams import runs
from search.document import Document

TOKEN_VERSION = 3
"""Raise it whenever the tokens of a document change: an index made with another version is rebuilt."""

PINYIN_LETTERS = 20
INITIALS_LETTERS = 12
CREDIT_CODE = 18
TAILS = (6, 8, 12)
"""Where the later parts of a credit code begin: what follows the office and region, the organisation's own
code, the last six characters. They serve mistyped codes and people who know only the end."""

TAIL = "_"
"""Stands before a tail, so that the beginning of a code never finds the end of another one."""

_STARTS = 12
_BODY = 2000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token lists of one document. In `name`, `alias` and `body` each inner list is a phrase of its own."""

    name: list[list[str]]
    alias: list[list[str]]
    body: list[list[str]]
    py: list[str]
    ini: list[str]
    keys: list[str]
    """Whole forms, found when equal and by their first letters: names, cores, brands, codes."""
    sounds: list[str]
    """Whole pinyin and whole initials of the names."""


def of(document: Document) -> Tokens:
    """The tokens of a document."""
    names = [document.title, *document.aliases, *document.former]
    name = _phrases([document.title])
    py, ini, sounds = _sounds(names)
    codes = [forms.squash(code) for code in document.codes]
    return Tokens(
        name=name,
        alias=_phrases(names[1:]),
        body=_phrases([document.region, document.industry, document.body[:_BODY]], joined=False),
        py=py,
        ini=ini,
        keys=_unique([form for one in names for form in whole_forms(one)] + codes + _tails(codes)),
        sounds=sounds,
    )


def _tails(codes: Iterable[str]) -> list[str]:
    return [TAIL + code[at:] for code in codes if len(code) == CREDIT_CODE for at in TAILS]


def whole_forms(name: str) -> list[str]:
    """The whole forms of a name: squashed, without legal form, without places in front."""
    core = forms.core(name)
    return _unique([forms.squash(name), core, brand_of(core)])


def whole_sounds(reading: tuple[str, ...], letters: str) -> list[str]:
    """Whole pinyin and, from two letters on, whole initials."""
    return ["".join(reading), letters] if len(letters) > 1 else ["".join(reading)]


def _phrases(names: Iterable[str], joined: bool = True) -> list[list[str]]:
    """Grams of each text; with `joined` also of its core without brackets when that reads differently."""
    result: list[list[str]] = []
    for name in names:
        grams = grams_of(name)
        if grams:
            result.append(grams)
        if joined and len(runs(name)) > 1:
            bare = grams_of(forms.core(name))
            if bare and bare != grams[: len(bare)]:
                result.append(bare)
    return result


def _sounds(names: Iterable[str]) -> tuple[list[str], list[str], list[str]]:
    py: list[str] = []
    ini: list[str] = []
    sounds: list[str] = []
    for name in names:
        core = forms.core(name)
        for reading in readings.variants(core):
            parts = readings.initial_parts(reading, core)
            for start in range(min(len(reading), _STARTS)):
                py.append("".join(reading[start:])[:PINYIN_LETTERS])
                if start < len(reading) - 1:
                    ini.append("".join(parts[start:])[:INITIALS_LETTERS])
            sounds += whole_sounds(reading, "".join(parts))
            sounds += _brand_sounds(core, reading, parts)
    return _unique(py), _unique(ini), _unique(sounds)


def _brand_sounds(core: str, reading: tuple[str, ...], parts: list[str]) -> list[str]:
    """The sounds of the name behind its leading places, so that a reader may begin there."""
    at = places_in_front(core)
    return whole_sounds(reading[at:], "".join(parts[at:])) if at else []


def _unique(tokens: Iterable[str]) -> list[str]:
    return [token for token in dict.fromkeys(tokens) if token]
