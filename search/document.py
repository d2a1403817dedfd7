"""What the index holds of a record, and what comes back from a search."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

FACETS = ("kind", "region", "industry", "status")
Span = tuple[int, int]


class Key(NamedTuple):
    """A document's identity: the kind of record and its inner id."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Document:
    """One record as the engines see it. Empty values are left out of the index.

    `path` is the address of the record's page (below the site root). `aliases` are short names, brands
    and English names; `former` are names no longer borne, shown as such when they match. `codes` are
    found whole and by their first characters. `weight` (0–1000) orders hits of one kind of match.
    `region` and `industry` are names, `status` is a code that
    `Source.statuses` labels; all three are facets. `acl` are the tokens of which a reader must hold one.
    """

    kind: str
    id: int
    public_id: str
    path: str
    title: str
    acl: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    region: str = ""
    industry: str = ""
    status: str = ""
    body: str = ""
    weight: int = 0
    updated: datetime | None = None

    @property
    def key(self) -> Key:
        return Key(self.kind, self.id)


class Card(NamedTuple):
    """What an engine gives back of a document: enough to rank, mark and show it, no more. A search makes
    hundreds, hence a tuple."""

    kind: str
    id: int
    public_id: str
    path: str
    title: str
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    region: str = ""
    industry: str = ""
    status: str = ""
    body: str = ""
    weight: int = 0

    @property
    def key(self) -> Key:
        return Key(self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Hit:
    """A found document. Spans are (start, end) in `title`, `matched` and `snippet`.

    `matched` is the alias, former name or code that was found when the title was not; `near` says that
    the hit is only similar (a typing error, other characters of the same sound, words taken apart).
    """

    card: Card
    score: float
    near: bool = False
    spans: tuple[Span, ...] = ()
    matched: str = ""
    matched_as: str = ""
    matched_spans: tuple[Span, ...] = ()
    snippet: str = ""
    snippet_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` and `facets` count what matches and may be seen, near hits not."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    total_is_lower_bound: bool = False
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """Chosen facet values: several of one facet mean any of them, facets add up."""

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @staticmethod
    def of(**values: list[str]) -> "Filters":
        """`Filters.of(kind=["project"], region=[])`; empty lists do not filter."""
        unknown = set(values) - set(FACETS)
        if unknown:
            raise ValueError(f"unknown facets {sorted(unknown)}")
        return Filters({name: frozenset(some) for name, some in values.items() if some})

    def __bool__(self) -> bool:
        return bool(self.chosen)
