"""One box for everything: the page of results, and suggestions as one types."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core.db import db
from core.i18n import _
from core.text import forms
from search import desk, recent, saved
from search.document import FACETS, Filters, Hit, Results
from search.documents import attachments
from search.engine import BEST, LATEST
from search.query import LONGEST
from webapp.staff.search.forms import SaveForm
from webapp.staff.search.shown import FACET_LABELS, facet_value_label, facets, group, shown
from webapp.web.access import staff
from webapp.web.acting import acting
from webapp.web.rendering import render

bp = Blueprint("search", __name__, url_prefix="/search")

SIZE = 20
_SUGGESTED = 8
_DEEPEST_PAGE = 500
NUMBER = ("#", "＃")


@bp.get("")
@staff
def index() -> ResponseReturnValue:
    """`?q=` and any of `kind`, `region`, `industry`, `status` (several values mean any of them); `sort` is
    `latest` or nothing. `#` and a number leads straight to the record that bears it."""
    typed = _typed()
    if typed.startswith(NUMBER) and (path := _numbered(typed)):
        return redirect(path, 303)
    return results_of(typed, chosen_of(request.args.getlist), SaveForm(name=typed))


def results_of(
    typed: str, chosen: dict[str, list[str]], form: SaveForm, status: int = 200
) -> ResponseReturnValue:
    """The page of results, with a form to keep the search."""
    page, order = _page(), _order()
    results = _found(typed, chosen, page, order)
    session, actor = db.session(), acting()
    return render(
        "staff/search/index.html",
        typed=typed,
        results=results,
        near=[shown(hit) for hit in results.hits if hit.near],
        found=[shown(hit) for hit in results.hits if not hit.near],
        facets=facets(results, chosen, _address),
        chips=_chips(chosen),
        narrowed=any(chosen.values()),
        orders=[
            (_("最相关"), _address(sort=[]), order == BEST),
            (_("最近更新"), _address(sort=LATEST), order == LATEST),
        ],
        page=page,
        pages=min(-(-results.total // SIZE), _DEEPEST_PAGE),
        address=_address,
        form=form,
        chosen=chosen,
        recents=[] if typed else recent.latest(session, actor=actor),
        saved=[] if typed else saved.own(session, actor=actor),
        searchable=_searchable(),
    ), status


def _found(typed: str, chosen: dict[str, list[str]], page: int, order: str) -> Results:
    if not typed:
        return Results()
    if page == 1:
        recent.note(typed, actor=acting())
    filters = Filters.of(**chosen)
    return desk.finder().find(
        db.session(), typed, actor=acting(), filters=filters, page=page, size=SIZE, order=order
    )


def _searchable() -> list[Any]:
    """The kinds that this person may find; files go with the records that they hang on."""
    sources = desk.finder().sources.values()
    return [one.label for one in sources if acting().can(one.view) or one.kind == attachments.KIND]


def _numbered(typed: str) -> str | None:
    """The address of the one record whose own number, its first code, was typed; of several the weightiest."""
    number = forms.squash(typed)
    if not number:
        return None
    hits = desk.finder().find(db.session(), typed, actor=acting()).hits
    bearing = [hit.card for hit in hits if hit.card.codes and forms.squash(hit.card.codes[0]) == number]
    bearing.sort(key=lambda card: -card.weight)
    alone = len(bearing) == 1 or (len(bearing) > 1 and bearing[0].weight > bearing[1].weight)
    return bearing[0].path if alone else None


@bp.get("/suggest")
@staff
def suggest() -> str:
    """The list below the box, grouped by kind; what was searched for lately while nothing is typed."""
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
        recents=[] if typed else recent.latest(db.session(), actor=acting()),
        saved=[] if typed else saved.own(db.session(), actor=acting())[:_SUGGESTED],
        everything=url_for("search.index", q=typed),
    )


def chosen_of(values_of: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """The facet values of an address or a form."""
    return {facet: [value for value in values_of(facet)[:20] if value] for facet in FACETS}


def _typed() -> str:
    return request.values.get("q", "").strip()[:LONGEST]


def _page() -> int:
    text = request.values.get("page", "1")
    return min(max(1, int(text)), _DEEPEST_PAGE) if text.isascii() and text.isdigit() else 1


def _order() -> str:
    return LATEST if request.values.get("sort") == LATEST else BEST


def _address(**changes: Any) -> str:
    """This search with other facets or another page; a change of facets begins at the first page."""
    values: dict[str, Any] = {name: request.values.getlist(name) for name in ("q", *FACETS, "sort")}
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
