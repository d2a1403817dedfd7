"""The one tokeniser: normal forms, grams and pinyin that duplicates, candidates and search share."""

from core.text.forms import core, loose_form, norm, normal_form, squash, words
from core.text.grams import bigrams, grams, runs
from core.text.readings import initials, pinyin, sort_key, syllables, variants

__all__ = [
    "bigrams",
    "core",
    "grams",
    "initials",
    "loose_form",
    "norm",
    "normal_form",
    "pinyin",
    "runs",
    "sort_key",
    "squash",
    "syllables",
    "variants",
    "words",
]
