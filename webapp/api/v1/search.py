"""Search over everything that the caller may see, as the box of the pages does it."""

from typing import Any

from flask import Response, jsonify, request
from pydantic import BaseModel, Field

from core.db import db
from search import desk
from search.document import Filters, Hit
from search.query import LONGEST
from webapp.api.v1.door import bp, described
from webapp.api.v1.shapes import Shape
from webapp.web import rates
from webapp.web.access import staff
from webapp.web.acting import acting

SIZE = 20


class SearchQuery(Shape):
    q: str = Field(min_length=1, max_length=LONGEST)
    kind: list[str] = Field(default=[], max_length=20)
    page: int = Field(default=1, ge=1, le=500)


class Found(BaseModel):
    """A hit. `near` hits differ in a character and are in no total."""

    kind: str
    id: str
    page: str = Field(description="its page below the site's address")
    title: str
    matched: str | None = Field(description="the alias, former name or code that was found")
    matched_as: str | None
    near: bool


class SearchPage(BaseModel):
    data: list[Found]
    total: int
    limited: bool = Field(description="the engine is away; only beginnings of names and codes were compared")


@bp.get("/search")
@staff
@rates.limiter.limit(rates.SEARCHES)
@described(tag="search", query=SearchQuery, answer=SearchPage)
def search() -> Response:
    """Find records by fragment, pinyin, initials, code or former name."""
    asked: SearchQuery = request.context.query  # type: ignore[attr-defined]  # SpecTree's place
    results = desk.finder().find(
        db.session(), asked.q, actor=acting(), filters=Filters.of(kind=asked.kind), page=asked.page, size=SIZE
    )
    return jsonify(
        data=[_hit(hit) for hit in results.hits], total=results.total, limited=bool(results.limited)
    )


def _hit(hit: Hit) -> dict[str, Any]:
    card = hit.card
    return {
        "kind": card.kind,
        "id": card.public_id,
        "page": card.path,
        "title": card.title,
        "matched": hit.matched or None,
        "matched_as": hit.matched_as or None,
        "near": hit.near,
    }
