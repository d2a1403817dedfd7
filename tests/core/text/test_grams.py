"""Bigrams of characters, whole words of letters and digits."""

from core.text.grams import grams as grams_of


def test_characters_become_overlapping_bigrams() -> None:
    assert grams_of("宁德时代") == ["宁德", "德时", "时代"]


def test_latin_words_stay_whole_and_runs_do_not_mix() -> None:
    assert grams_of("TCL科技 12英寸") == ["tcl", "科技", "12", "英寸"]


def test_brackets_break_a_run() -> None:
    assert grams_of("特斯拉（上海）") == ["特斯", "斯拉", "上海"]


def test_a_single_character_is_its_own_gram() -> None:
    assert grams_of("钢") == ["钢"]


def test_nothing_gives_nothing() -> None:
    assert grams_of(" （）。") == []
