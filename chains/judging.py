"""Judge the product-to-node matcher by labelled rows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
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


def _part(part: int, whole: int) -> Decimal:
    return quantize(Decimal(part) / whole, 4) if whole else Decimal(0)
