"""Asking: the acting user's tokens, the engine or the fallback, a last look at the database."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.permissions import Actor
from search import acl, fallback
from search.breaker import Breaker
from search.document import Filters, Hit, Key, Results
from search.engine import BEST, NO_FILTERS, Engine, EngineDown
from search.sources import Source

log = logging.getLogger(__name__)

_ASKED = 4
"""So many times as many suggestions are asked for as are shown, so that one kind does not crowd out others."""

_ROUNDS = 4
"""So often a page is asked for anew when hits on it have just been withdrawn."""


class Finder:
    """Search for people: never raises because of the engine, never shows what may not be seen."""

    def __init__(self, engine: Engine, sources: Mapping[str, Source]) -> None:
        self.engine, self.sources = engine, sources
        self._breaker = Breaker()

    def find(
        self,
        session: Session,
        typed: str,
        *,
        actor: Actor,
        filters: Filters = NO_FILTERS,
        page: int = 1,
        size: int = 20,
        order: str = BEST,
    ) -> Results:
        """One page of hits; `limited` when the engine is down and only beginnings were compared."""
        tokens = acl.tokens_for(actor, self.sources.values())
        if not self._breaker.open:
            try:
                ask = partial(self.engine.search, typed, tokens, filters, page=page, size=size, order=order)
                results = self._checked(session, ask, actor)
            except EngineDown:
                self._failed()
            else:
                self._breaker.answered()
                return results
        return fallback.find(session, typed, self._readable(actor), filters, actor=actor)

    def suggest(self, session: Session, typed: str, *, actor: Actor, limit: int = 8) -> Results:
        """The best hits as one types; `total` is their number."""
        tokens = acl.tokens_for(actor, self.sources.values())
        if not self._breaker.open:
            try:
                hits = self.engine.suggest(typed, tokens, _ASKED * limit)
            except EngineDown:
                self._failed()
            else:
                self._breaker.answered()
                seen = _of_each_kind(self._visible(session, hits, actor), limit)
                return Results(seen, len(seen))
        found = fallback.find(session, typed, self._readable(actor), NO_FILTERS, actor=actor)
        return replace(found, hits=found.hits[:limit])

    def _failed(self) -> None:
        log.warning("search_engine_down", extra={"engine": self.engine.name})
        self._breaker.failed()

    def _readable(self, actor: Actor) -> list[Source]:
        return [source for source in self.sources.values() if acl.tokens_for(actor, [source])]

    def _checked(self, session: Session, ask: Callable[..., Results], actor: Actor) -> Results:
        """The page without what the database no longer shows to the actor. The engine is asked again
        without it, so that no total and no facet counts it either, and the page is full."""
        lost: list[Key] = []
        for _round in range(_ROUNDS):
            results = ask(without=lost)
            seen = {hit.card.key for hit in self._visible(session, results.hits, actor)}
            gone = [hit.card.key for hit in results.hits if hit.card.key not in seen]
            if not gone:
                return results
            lost += gone
        hits = tuple(hit for hit in results.hits if hit.card.key in seen)
        return Results(hits, len(hits), True)

    def _visible(self, session: Session, hits: Sequence[Hit], actor: Actor) -> tuple[Hit, ...]:
        """The hits that the database still shows to the actor: a right that was withdrawn a moment ago, or
        a record deleted since, must not be seen for the second that the index needs."""
        allowed: set[tuple[str, int]] = set()
        kinds: dict[str, list[int]] = {}
        for hit in hits:
            kinds.setdefault(hit.card.kind, []).append(hit.card.id)
        for kind, ids in kinds.items():
            source = self.sources.get(kind)
            if source is not None:
                statement = select(source.model.id).where(source.model.id.in_(ids), source.visible(actor))
                allowed |= {(kind, number) for number in session.scalars(statement)}
        return tuple(hit for hit in hits if hit.card.key in allowed)


def _of_each_kind(hits: Sequence[Hit], limit: int) -> tuple[Hit, ...]:
    """The best hits, no more than half of them of one kind while others wait; in the order of the hits."""
    most = max(1, limit // 2)
    taken: dict[str, int] = {}
    chosen: list[Hit] = []
    for hit in hits:
        taken[hit.card.kind] = taken.get(hit.card.kind, 0) + 1
        if taken[hit.card.kind] <= most:
            chosen.append(hit)
    chosen = chosen[:limit]
    rest = [hit for hit in hits if hit not in chosen][: limit - len(chosen)]
    return tuple(hit for hit in hits if hit in chosen or hit in rest)
