"""Runs of characters, Latin words and numbers, and the overlapping bigrams of the former. Pure."""

import re

from core.text.forms import norm

_CJK = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(f"[{_CJK}]+|[^\\W{_CJK}_]+")
LATIN = re.compile(f"[^\\W{_CJK}_]+")


def is_cjk(character: str) -> bool:
    return (
        "\u4e00" <= character <= "\u9fff"
        or character == "〇"
        or character >= "\U00020000"
        or ("\u3400" <= character <= "\u4dbf" or "\uf900" <= character <= "\ufaff")
    )


def runs(text: str) -> list[str]:
    """Runs of Chinese characters and words of letters and digits, in order."""
    return RUN.findall(norm(text))


def bigrams(run: str) -> list[str]:
    """Overlapping pairs of a run of characters; one character alone is its own gram."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def grams(text: str) -> list[str]:
    """What the index holds of `text`: bigrams of characters, whole words of letters and digits."""
    result: list[str] = []
    for run in RUN.findall(norm(text)):
        result += bigrams(run) if is_cjk(run[0]) else [run]
    return result
