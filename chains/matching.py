"""Which node of a map makes a product: keywords and trap words of the nodes, and the firm's own trade. Pure.

A node is a candidate when the product, in normal form, holds one of its words and none of its trap
words; a word of Latin letters must not touch other letters. Keywords count for every firm. Trade words say
too little alone (制动器 is made for presses too): they count only for a firm of the node's own industry, and
only where that industry is one of the chain's main ones. Of several candidates a keyword wins over a trade
word, then the node below level 1, then the longer word, then the deeper level, then the order of the map.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.text.forms import norm

_LATIN = re.compile(r"[a-z0-9 .+/_-]*[a-z][a-z0-9 .+/_-]*")
_DIVISION, _GROUP = 2, 3
_MAIN_SHARE = 0.25
_MOST_KNOWN = 5000
"""Products of a register repeat; so many answers are kept."""

_SEPARATORS = re.compile(r"[、，,；;\n|]+")


@dataclass(frozen=True)
class NodeWords:
    """A node's words as the map states them. `ident` is whatever the caller knows the node by."""

    ident: int | str
    chain: str
    level: int
    keywords: Sequence[str]
    exclude: Sequence[str]
    trade_words: Sequence[str] = ()
    industry_codes: Sequence[str] = ()


@dataclass(frozen=True)
class Match:
    """A node for a product and the word that led there: the reason shown to people."""

    ident: int | str
    chain: str
    word: str
    by_trade: bool = False


@dataclass(frozen=True)
class _Entry:
    order: int
    level: int
    word: str
    shown: str
    latin: bool
    node: NodeWords
    exclude: tuple[str, ...]
    by_trade: bool


class Matcher:
    """All words of some maps, found by their first two characters: cost grows with the product only."""

    def __init__(self, nodes: Iterable[NodeWords]) -> None:
        self._starts: dict[str, list[_Entry]] = defaultdict(list)
        self._known: dict[tuple[str, tuple[str, ...]], dict[str, Match]] = {}
        known = list(nodes)
        self._homes = _homes(known)
        for order, node in enumerate(known):
            exclude = tuple(filter(None, map(norm, node.exclude)))
            for shown, by_trade in (
                *((word, False) for word in node.keywords),
                *((word, True) for word in node.trade_words),
            ):
                if word := norm(shown):
                    latin = bool(_LATIN.fullmatch(word))
                    entry = _Entry(order, node.level, word, shown, latin, node, exclude, by_trade)
                    self._starts[word[:2]].append(entry)

    def match(self, product: str, trade: Sequence[str] = ()) -> dict[str, Match]:
        """The best node of each chain for one product.

        `trade` are the prefixes of GB/T 4754 codes that the firm belongs to; without them trade words are mute.
        """
        asked = (product, tuple(trade))
        if asked not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[asked] = self._match(norm(product), trade)
        return self._known[asked]

    def _match(self, text: str, trade: Sequence[str]) -> dict[str, Match]:
        best: dict[str, _Entry] = {}
        for at in range(len(text)):
            for entry in (*self._starts.get(text[at : at + 2], ()), *self._single(text[at])):
                if not _stands(entry, text, at) or any(trap in text for trap in entry.exclude):
                    continue
                if entry.by_trade and not self._at_home(entry.node, trade):
                    continue
                known = best.get(entry.node.chain)
                if known is None or _rank(entry) > _rank(known):
                    best[entry.node.chain] = entry
        return {
            chain: Match(entry.node.ident, chain, entry.shown, entry.by_trade)
            for chain, entry in best.items()
        }

    def _at_home(self, node: NodeWords, trade: Sequence[str]) -> bool:
        """Whether the firm's trade, known to the group, is the node's own and one of its chain's main ones."""
        known = [own for own in trade if len(own) >= _GROUP]
        return any(
            own.startswith(self._homes[node.chain])
            and any(code.startswith(own[:_GROUP]) for code in node.industry_codes)
            for own in known
        )

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


def _rank(entry: _Entry) -> tuple[bool, bool, int, int, int]:
    return not entry.by_trade, entry.level > 1, len(entry.word), entry.level, -entry.order


def _homes(nodes: Iterable[NodeWords]) -> dict[str, tuple[str, ...]]:
    """The main industries of each chain: divisions of GB/T 4754 that hold a quarter of its nodes' codes."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for node in nodes:
        counts[node.chain].update(code[:_DIVISION] for code in node.industry_codes)
    return {
        chain: tuple(division for division, count in found.items() if count >= _MAIN_SHARE * found.total())
        for chain, found in counts.items()
    }


def products(text: str) -> list[str]:
    """The products of a free text such as 主导产品, in order, each once."""
    parts = (part.strip() for part in _SEPARATORS.split(text))
    return list(dict.fromkeys(part for part in parts if part))
