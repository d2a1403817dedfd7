"""What a person typed, taken apart once for both engines and the ranker. Pure."""

from dataclasses import dataclass
from functools import cached_property

from core.text import forms, readings
from core.text.grams import grams as grams_of
from core.text.grams import is_cjk
from core.text.synonyms import equals_of

LONGEST = 100
_MOST_WORDS = 8
_SHORTEST_CODE = 4
_LEGAL_SOUNDS = ("gufenyouxian", "jituanyouxian", "youxianzeren", "youxian", "gufen", "")
_COMPANY = "gongsi"


def spelt(text: str) -> bool:
    """Letters, perhaps with a few digits: may be pinyin, initials or an English word."""
    return text.isascii() and text.isalnum() and 2 * sum(map(str.isalpha, text)) > len(text)


@dataclass(frozen=True)
class Word:
    """One word of a query: its grams in order, and whether it is Latin (and may be pinyin)."""

    text: str

    @cached_property
    def grams(self) -> list[str]:
        return grams_of(self.text)

    @property
    def letters(self) -> bool:
        return spelt(self.text)

    @cached_property
    def equals(self) -> tuple[str, ...]:
        """Other terms that mean the same."""
        return equals_of(self.text)

    @property
    def open_end(self) -> bool:
        """Whether its last gram may go on: within a Latin word or number, or one character behind one."""
        return self.text[-1].isascii() or (len(self.grams) > 1 and len(self.grams[-1]) == 1)

    @property
    def single(self) -> bool:
        return len(self.text) == 1 and is_cjk(self.text)


@dataclass(frozen=True)
class Query:
    """`squashed` is everything without blanks and punctuation; `core` also without legal form."""

    squashed: str
    core: str
    words: tuple[Word, ...]

    def __bool__(self) -> bool:
        return bool(self.words)

    @cached_property
    def letters(self) -> bool:
        return spelt(self.squashed)

    @cached_property
    def cjk(self) -> bool:
        """Holds at least two Chinese characters: homophones and wrong characters may be looked for."""
        return sum(map(is_cjk, self.squashed)) > 1

    @cached_property
    def code(self) -> bool:
        """May be a code or the beginning of one."""
        text = self.squashed
        return len(text) >= _SHORTEST_CODE and text.isascii() and any(map(str.isdigit, text))

    @cached_property
    def pinyin(self) -> str:
        return "".join(readings.syllables(self.core))

    @cached_property
    def sounds(self) -> list[str]:
        """Every reading of a query in characters, for homophones."""
        return ["".join(reading) for reading in readings.variants(self.core)]

    @cached_property
    def grams(self) -> list[str]:
        return list(dict.fromkeys(gram for word in self.words for gram in word.grams))


def analyse(typed: str) -> Query:
    """Take a query apart. Empty when nothing searchable was typed; what exceeds 100 characters is cut."""
    typed = forms.norm(typed[:LONGEST]).replace("ü", "v")
    squashed = forms.squash(typed)
    if spelt(squashed) and (heard := _without_legal_sound(squashed)):
        squashed = heard
    core = forms.core(typed) if not squashed.isascii() else squashed
    core = core or squashed
    parts = forms.words(typed)[:_MOST_WORDS]
    if parts and len(core) < sum(map(len, parts)):
        parts = _without_legal_form(parts, core)
    return Query(squashed, core, tuple(Word(part) for part in parts))


def _without_legal_sound(letters: str) -> str:
    """`huaweigongsi` → `huawei`; empty when nothing is to be taken off, or nothing would be left."""
    if not letters.endswith(_COMPANY):
        return ""
    rest = letters.removesuffix(_COMPANY)
    ending = next(form for form in _LEGAL_SOUNDS if rest.endswith(form))
    rest = rest.removesuffix(ending) if ending else rest
    return rest if len(rest) > 1 else ""


def _without_legal_form(parts: list[str], core: str) -> list[str]:
    """Drop 有限公司 and its like from the end: every firm has it, and its grams fill half an index."""
    kept: list[str] = []
    left = len(core)
    for part in parts:
        if left <= 0:
            break
        kept.append(part[:left])
        left -= len(part)
    return kept if len(kept[-1]) > 1 or len(kept) > 1 else parts
