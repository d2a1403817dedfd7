"""The one tokeniser: normal forms, grams and pinyin that duplicates, candidates and search share."""

from core.text.brand import brand, places_in_front
from core.text.forms import core, loose_form, norm, normal_form, simplify, squash, words
from core.text.grams import bigrams, grams, runs
from core.text.readings import initials, pinyin, sort_key, syllables, variants

__all__ = [
    "bigrams",
    "brand",
    "core",
    "grams",
    "initials",
    "loose_form",
    "norm",
    "normal_form",
    "pinyin",
    "places_in_front",
    "runs",
    "simplify",
    "sort_key",
    "squash",
    "syllables",
    "variants",
    "words",
]
