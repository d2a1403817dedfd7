"""What every template keeps: the strict Content-Security-Policy, and words that can be translated."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "webapp" / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.S)
# What Jinja evaluates, strings with %} inside included.
CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
STRING = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.S)
MARKED = re.compile(r"(?:\b_|\bgettext|\bngettext|\bpgettext|\bnpgettext)\(\s*$")
CHINESE = re.compile(r"[㐀-鿿]")
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.S),
    "a style element": re.compile(r"<style\b"),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.S),
    "hx-on": re.compile(r"\shx-on[:\-]"),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"),
    "a script address": re.compile(r"javascript:"),
    "another host": re.compile(r"(?:src|href)=\"(?:https?:)?//(?!www\.w3\.org)"),
    "an unquoted value": re.compile(r"<[^>{]*\s[\w-]+=\{\{"),
}


def named(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def without_comments(text: str) -> str:
    return COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)


def without_trans(text: str) -> str:
    """The text without `{% trans %}` blocks, whose words are marked, and without what says lang="zh-CN": it
    stands in Chinese for every reader, as the name of the language in the switch does."""
    block = re.compile(
        r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}|<(\w+)[^>]*\slang=\"zh-CN\".*?</\1>", re.S
    )
    return block.sub(lambda match: "\n" * match[0].count("\n"), text)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_nothing_inline_that_the_policy_forbids(path: Path) -> None:
    text = without_comments(path.read_text())
    wrong = [
        f"{what}, line {text.count(chr(10), 0, match.start()) + 1}"
        for what, pattern in INLINE.items()
        for match in pattern.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_word_can_be_translated(path: Path) -> None:
    text = without_trans(without_comments(path.read_text()))
    bare = CODE.sub(lambda match: "\n" * match[0].count("\n"), text)
    wrong = [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(bare.splitlines(), 1)
        if CHINESE.search(line)
    ]
    for code in CODE.finditer(text):
        line = text.count("\n", 0, code.start()) + 1
        strings = [string for string in STRING.finditer(code[0]) if CHINESE.search(string[0])]
        wrong += [f"line {line}: {it[0]}" for it in strings if not _is_marked(code[0], it.start())]
    assert not wrong, "\n".join(wrong)


def _is_marked(code: str, start: int) -> bool:
    """Is the string an argument (any of them) of a translating call?"""
    before = STRING.sub(lambda match: " " * len(match[0]), code[:start])
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        if before[place] == ")":
            depth += 1
        elif before[place] == "(":
            if depth == 0:
                return MARKED.search(before[: place + 1]) is not None
            depth -= 1
    return False


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_what_asks_by_itself_says_so(path: Path) -> None:
    """Else a page left open would keep its session alive, and a lost answer would be said like a lost form."""
    for tag in re.findall(r"<[^<]*hx-trigger=\"every [^<]*", path.read_text("utf-8")):
        assert """hx-headers='{"X-Poll": "1"}'""" in tag, tag
