"""What is found while the engine is down: names and codes that begin with what was typed, straight from
the database. Fewer hits, no pinyin, no fragments; the page says so."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.permissions import Actor
from search import highlight, query, ranker
from search.document import Card, Document, Filters, Hit, Results
from search.sources import Source

LIMIT = 20
_LAST = "\U0010ffff"


def find(
    session: Session, typed: str, sources: Iterable[Source], filters: Filters, *, actor: Actor
) -> Results:
    """At most twenty hits of each kind that the actor may see."""
    begin = typed.strip()[: query.LONGEST]
    asked = query.analyse(begin)
    kinds = filters.chosen.get("kind")
    if not asked:
        return Results(limited=True)
    hits: list[Hit] = []
    counts: dict[str, int] = {}
    for source in sources:
        if kinds is not None and source.kind not in kinds:
            continue
        found = _of_kind(session, begin, source, actor=actor)
        if found:
            counts[source.kind] = len(found)
        hits += [highlight.hit(asked, card, ranker.grade(asked, card)) for card in map(_card, found)]
    hits.sort(key=lambda hit: (-hit.score, hit.card.kind, hit.card.id))
    return Results(tuple(hits[:LIMIT]), len(hits), True, {"kind": counts}, limited=True)


def _of_kind(session: Session, begin: str, source: Source, *, actor: Actor) -> list[Document]:
    if not source.prefixes:
        return []
    begins = {begin, begin.upper()}
    clauses = [column.between(one, one + _LAST) for column in source.prefixes for one in sorted(begins)]
    statement = select(source.model.id).where(source.visible(actor), or_(*clauses)).limit(LIMIT)
    ids = list(session.scalars(statement))
    built = source.build(session, ids) if ids else {}
    return [built[number] for number in ids if number in built]


def _card(document: Document) -> Card:
    return Card(
        document.kind,
        document.id,
        document.public_id,
        document.path,
        document.title,
        document.aliases,
        document.former,
        document.codes,
        document.region,
        document.industry,
        document.status,
        document.body,
        document.weight,
    )
