"""Judge the product-to-node matcher by labelled rows. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chains.matching import Matcher
from core.types import quantize


@dataclass(frozen=True)
class Labelled:
    """A product and the node of `chain` that makes it; an empty code means none.

    `trade` is what the register knows of the firm's industry, as prefixes of GB/T 4754.
    """

    stock_code: str
    product: str
    chain: str
    node_code: str
    kind: str
    trade: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wrong:
    row: Labelled
    guess: str


@dataclass
class Verdict:
    """Precision over what was claimed, recall over what has a node."""

    rows: int = 0
    claimed: int = 0
    labelled: int = 0
    right: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def precision(self) -> Decimal:
        return _part(self.right, self.claimed)

    @property
    def recall(self) -> Decimal:
        return _part(self.right, self.labelled)


def judge(matcher: Matcher, codes: dict[int | str, str], rows: Iterable[Labelled]) -> Verdict:
    """Run the matcher over all rows. `codes` turns the matcher's idents into node codes."""
    verdict = Verdict()
    for row in rows:
        found = matcher.match(row.product, row.trade).get(row.chain)
        guess = codes[found.ident] if found is not None else ""
        verdict.rows += 1
        verdict.claimed += bool(guess)
        verdict.labelled += bool(row.node_code)
        verdict.right += bool(guess) and guess == row.node_code
        if guess != row.node_code:
            verdict.wrong.append(Wrong(row, guess))
    return verdict


def of_others(placed: Iterable[Labelled], known: Collection[str], chains: Collection[str]) -> list[Labelled]:
    """Rows of firms whose stock codes are not `known`: their placements, and their products on every other chain.

    A product has no node on a chain on which its firm stands nowhere; where the firm stands with another product
    nothing is said of this one, for a list that keeps a firm's largest product for a node leaves the others out.
    """
    rows = [row for row in placed if row.stock_code not in known]
    stands: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        stands[row.stock_code].add(row.chain)
    elsewhere = {
        (row.stock_code, row.product, chain): replace(row, chain=chain, node_code="", kind="elsewhere")
        for row in rows
        for chain in sorted(set(chains) - stands[row.stock_code])
    }
    return [*rows, *elsewhere.values()]


def _part(part: int, whole: int) -> Decimal:
    return quantize(Decimal(part) / whole, 4) if whole else Decimal(0)
