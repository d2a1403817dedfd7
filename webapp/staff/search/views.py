"""One box for everything: the page of results, and suggestions as one types."""

from typing import Any

from flask import Blueprint, request, url_for

from core.db import db
from search import desk
from search.document import FACETS, Filters, Hit, Results
from search.query import LONGEST
from webapp.staff.search.shown import FACET_LABELS, facet_value_label, facets, group, shown
from webapp.web.access import staff
from webapp.web.acting import acting
from webapp.web.rendering import render

bp = Blueprint("search", __name__, url_prefix="/search")

SIZE = 20
_SUGGESTED = 8
_DEEPEST_PAGE = 500


@bp.get("")
@staff
def index() -> str:
    """`?q=` and any of `kind`, `region`, `industry`, `status` (several values mean any of them)."""
    typed = _typed()
    chosen = {facet: [value for value in request.args.getlist(facet)[:20] if value] for facet in FACETS}
    page = _page()
    results = Results()
    if typed:
        results = desk.finder().find(
            db.session(), typed, actor=acting(), filters=Filters.of(**chosen), page=page, size=SIZE
        )
    return render(
        "staff/search/index.html",
        typed=typed,
        results=results,
        near=[shown(hit) for hit in results.hits if hit.near],
        found=[shown(hit) for hit in results.hits if not hit.near],
        facets=facets(results, chosen, _address),
        chips=_chips(chosen),
        narrowed=any(chosen.values()),
        page=page,
        pages=min(-(-results.total // SIZE), _DEEPEST_PAGE),
        address=_address,
        searchable=[source.label for source in desk.finder().sources.values() if acting().can(source.view)],
    )


@bp.get("/suggest")
@staff
def suggest() -> str:
    """The list below the box, grouped by kind; empty for fewer than one character."""
    typed = _typed()
    hits: tuple[Hit, ...] = ()
    limited = False
    if typed:
        found = desk.finder().suggest(db.session(), typed, actor=acting(), limit=_SUGGESTED)
        hits, limited = found.hits, found.limited
    return render(
        "staff/search/_suggestions.html",
        typed=typed,
        groups=group([shown(hit) for hit in hits]),
        limited=limited,
        everything=url_for("search.index", q=typed),
    )


def _typed() -> str:
    return request.args.get("q", "").strip()[:LONGEST]


def _page() -> int:
    text = request.args.get("page", "1")
    return min(max(1, int(text)), _DEEPEST_PAGE) if text.isascii() and text.isdigit() else 1


def _address(**changes: Any) -> str:
    """This search with other facets or another page; a change of facets begins at the first page."""
    values: dict[str, Any] = {name: request.args.getlist(name) for name in ("q", *FACETS)}
    values.update(changes)
    return url_for("search.index", **{name: value for name, value in values.items() if value})


def _chips(chosen: dict[str, list[str]]) -> list[dict[str, str]]:
    """The chosen values, each with the address without it; the kind stands in the tabs."""
    return [
        {
            "label": str(FACET_LABELS[facet]),
            "value": facet_value_label(facet, value),
            "without": _address(**{facet: [other for other in values if other != value]}),
        }
        for facet, values in chosen.items()
        if facet != "kind"
        for value in values
    ]
