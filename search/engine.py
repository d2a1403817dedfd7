"""The one interface of both engines."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from search.document import FACETS, Document, Filters, Hit, Key, Results

NO_FILTERS = Filters()
DEEPEST = 10_000
"""Hits beyond this many are neither counted nor shown."""

BEST, LATEST = "best", "latest"

POOL = 100
"""So many candidates of a query are ranked in Python; further pages keep the engine's order. Five pages are
more than people turn, and each costs every search its time."""

Entry = tuple[Document, int]
"""A document and the version under which it is written."""


class EngineDown(Exception):
    """The engine does not answer; the caller falls back and says so."""


@dataclass(frozen=True)
class Failure:
    """Why one document was not taken. `permanent` failures are the document's own."""

    reason: str
    permanent: bool


@dataclass(frozen=True)
class Health:
    """`stale` asks for a rebuild: the index is missing or was made with other tokens."""

    up: bool
    stale: bool = False
    documents: int = 0
    note: str = ""


class Target(Protocol):
    """A new index being filled. `make` is pure and may run in another process, `lanes` is how many threads
    may `put` at once."""

    @property
    def lanes(self) -> int: ...

    @property
    def make(self) -> Callable[[Sequence[Entry]], Any]: ...

    def put(self, made: Any) -> tuple[int, dict[Key, Failure]]:
        """Write what `make` made: how many documents, and what was refused. Raises EngineDown."""

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        """Make and write at once."""

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        """Remember that these are gone, so that no late older write brings one back."""


class Engine(Protocol):
    """An older version never replaces a newer one, whatever order writes arrive in."""

    name: str

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        """Write documents; what was refused, by key. Raises EngineDown."""

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        """Remove documents under a version; a missing one is fine. Raises EngineDown."""

    def search(
        self,
        typed: str,
        acl: Sequence[str],
        filters: Filters = NO_FILTERS,
        facets: Sequence[str] = FACETS,
        page: int = 1,
        size: int = 20,
        *,
        order: str = BEST,
        without: Sequence[Key] = (),
    ) -> Results:
        """One page of what matches and carries one of the `acl` tokens. Raises EngineDown.

        `order` is BEST, or LATEST for what was changed last. `without` leaves documents out of hits, totals
        and facets: those that the reader lost a moment ago.
        """

    def suggest(self, typed: str, acl: Sequence[str], limit: int = 10) -> tuple[Hit, ...]:
        """The best hits as one types: no totals, no facets. Raises EngineDown."""

    def rebuild(self) -> AbstractContextManager[Target]:
        """Fill a new index; writes meanwhile go to both; at the end readers switch at once.

        An exception inside drops the new index and leaves the old one serving.
        """

    def versions(self) -> Iterator[tuple[Key, int]]:
        """Every live document and its version, for the comparison with the database."""

    def refresh(self) -> None:
        """Make what was written visible to searches; for tests and the command line."""

    def health(self) -> Health:
        """Never raises."""

    def close(self) -> None: ...
