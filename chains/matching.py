"""Which node of a map makes a product: keywords and trap words of the nodes. Pure.

A node is a candidate when the product, in normal form, holds one of its keywords and none of its trap
words; a keyword of Latin letters must not touch other letters. Of several candidates the one below
level 1 wins, then the longer keyword, then the deeper level, then the order of the map.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.text.forms import norm

_LATIN = re.compile(r"[a-z0-9 .+/_-]*[a-z][a-z0-9 .+/_-]*")
_SEPARATORS = re.compile(r"[、，,；;\n|]+")


@dataclass(frozen=True)
class NodeWords:
    """A node's words as the map states them. `ident` is whatever the caller knows the node by."""

    ident: int | str
    chain: str
    level: int
    keywords: Sequence[str]
    exclude: Sequence[str]


@dataclass(frozen=True)
class Match:
    """A node for a product and the keyword that led there: the reason shown to people."""

    ident: int | str
    chain: str
    word: str


@dataclass(frozen=True)
class _Entry:
    order: int
    level: int
    word: str
    shown: str
    latin: bool
    node: NodeWords
    exclude: tuple[str, ...]


class Matcher:
    """All words of some maps, found by their first two characters: cost grows with the product only."""

    def __init__(self, nodes: Iterable[NodeWords]) -> None:
        self._starts: dict[str, list[_Entry]] = defaultdict(list)
        for order, node in enumerate(nodes):
            exclude = tuple(filter(None, map(norm, node.exclude)))
            for shown in node.keywords:
                word = norm(shown)
                if word:
                    entry = _Entry(
                        order, node.level, word, shown, bool(_LATIN.fullmatch(word)), node, exclude
                    )
                    self._starts[word[:2]].append(entry)

    def match(self, product: str) -> dict[str, Match]:
        """The best node of each chain for one product."""
        text = norm(product)
        best: dict[str, _Entry] = {}
        for at in range(len(text)):
            for entry in (*self._starts.get(text[at : at + 2], ()), *self._single(text[at])):
                if not _stands(entry, text, at) or any(trap in text for trap in entry.exclude):
                    continue
                known = best.get(entry.node.chain)
                if known is None or _rank(entry) > _rank(known):
                    best[entry.node.chain] = entry
        return {chain: Match(entry.node.ident, chain, entry.shown) for chain, entry in best.items()}

    def _single(self, character: str) -> Sequence[_Entry]:
        return self._starts.get(character, ())


def _stands(entry: _Entry, text: str, at: int) -> bool:
    if not text.startswith(entry.word, at):
        return False
    if not entry.latin:
        return True
    end = at + len(entry.word)
    before, after = text[at - 1 : at] if at else "", text[end : end + 1]
    return not (_letter(before) or _letter(after))


def _letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _rank(entry: _Entry) -> tuple[bool, int, int, int]:
    return entry.level > 1, len(entry.word), entry.level, -entry.order


def products(text: str) -> list[str]:
    """The products of a free text such as 主导产品, in order, each once."""
    parts = (part.strip() for part in _SEPARATORS.split(text))
    return list(dict.fromkeys(part for part in parts if part))
