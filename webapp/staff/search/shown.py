"""Hits and facets in the words and marks of the page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from core.i18n import lazy as _l
from search import desk
from search.document import Hit, Results, Span

FACET_LABELS = {
    "kind": _l("类别"),
    "region": _l("地区"),
    "industry": _l("行业"),
    "status": _l("状态"),
}
ICONS = {
    "enterprise": "firm",
    "chain": "chain",
    "chain_node": "chain",
    "target": "target",
    "lead": "lead",
    "project": "project",
    "green_card": "card",
    "service_case": "card",
    "service_request": "request",
    "cultivation": "ladder",
    "account": "user",
    "unit": "grid",
}
_FACET_ROWS = 8
_KINDS = 20
_OTHER_ICON = "search"


@dataclass(frozen=True)
class Shown:
    """One hit, marked. `note` is the alias, former name or code that was found; `facts` stand in grey."""

    kind: str
    label: str
    icon: str
    path: str
    title: Markup
    note: Markup
    note_as: str
    snippet: Markup
    facts: tuple[str, ...]
    where: str


@dataclass(frozen=True)
class FacetValue:
    value: str
    label: str
    count: int
    chosen: bool
    url: str


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    values: tuple[FacetValue, ...]


def kind_label(kind: str) -> str:
    source = desk.finder().sources.get(kind)
    return str(source.label) if source else kind


def status_label(kind: str, status: str) -> str:
    source = desk.finder().sources.get(kind)
    return str(source.statuses.get(status, "")) if source else ""


def shown(hit: Hit) -> Shown:
    card = hit.card
    says_more = hit.matched_as == "former" or not hit.spans
    code = () if says_more and hit.matched_as == "code" else card.codes[:1]
    facts = (status_label(card.kind, card.status), card.region, card.industry, *code)
    return Shown(
        kind=card.kind,
        label=kind_label(card.kind),
        icon=ICONS.get(card.kind, _OTHER_ICON),
        path=card.path,
        title=marked(card.title, hit.spans),
        note=marked(hit.matched, hit.matched_spans) if says_more else Markup(""),
        note_as=_note_as(hit) if says_more else "",
        snippet=marked(hit.snippet, hit.snippet_spans),
        facts=tuple(fact for fact in facts if fact),
        where=card.region or card.industry,
    )


def _note_as(hit: Hit) -> str:
    """What to call the name that was found; the alias of a record that is no firm is the firm's name."""
    return "" if hit.matched_as == "alias" and hit.card.kind != "enterprise" else hit.matched_as


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """The text, escaped, with its spans in `<mark>`."""
    parts: list[Markup] = []
    at = 0
    for start, end in spans:
        parts += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def group(rows: Iterable[Shown]) -> list[tuple[str, list[Shown]]]:
    """By kind, in the order in which the kinds first appear."""
    groups: dict[str, list[Shown]] = {}
    for row in rows:
        groups.setdefault(row.label, []).append(row)
    return list(groups.items())


def facets(results: Results, chosen: dict[str, list[str]], address: Callable[..., str]) -> list[Facet]:
    """Facets worth offering: more than one value, or one chosen; the commonest values first."""
    found: list[Facet] = []
    for name, label in FACET_LABELS.items():
        counts = dict(results.facets.get(name, {}))
        counts.update({value: 0 for value in chosen[name] if value not in counts})
        if (len(counts) < 2 and not chosen[name]) or (name == "status" and not _one_kind(results, chosen)):
            continue
        first, most = ([], _KINDS) if name == "kind" else (chosen[name], _FACET_ROWS)
        ordered = sorted(counts.items(), key=lambda item: (item[0] not in first, -item[1], item[0]))
        rows = tuple(_value(name, *item, chosen[name], address) for item in ordered[:most])
        found.append(Facet(name, str(label), tuple(row for row in rows if row.label)))
    return found


def _one_kind(results: Results, chosen: dict[str, list[str]]) -> bool:
    """States of different kinds side by side would mean nothing."""
    return len(chosen["kind"]) == 1 or len(results.facets.get("kind", {})) == 1


def _value(facet: str, value: str, count: int, chosen: list[str], address: Callable[..., str]) -> FacetValue:
    is_chosen = value in chosen
    others = [other for other in chosen if other != value] if is_chosen else [*chosen, value]
    return FacetValue(value, facet_value_label(facet, value), count, is_chosen, address(**{facet: others}))


def facet_value_label(facet: str, value: str) -> str:
    if facet == "kind":
        return kind_label(value)
    if facet == "status":
        labels = (source.statuses.get(value) for source in desk.finder().sources.values())
        return next((str(label) for label in labels if label), value)
    return value
