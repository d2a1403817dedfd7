"""The one tokeniser: normal forms, grams and pinyin that duplicates, candidates and search share.

`forms`: norm, squash, core, normal_form, loose_form, words · `grams`: runs and bigrams · `readings`:
pinyin, initials, sort_key, every reading of a name · `brand`: the name behind its leading place.
"""
