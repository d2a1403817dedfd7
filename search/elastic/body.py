"""Request bodies (docs/search.md §2.2): tiers of constant scores, permission as a filter, facets."""

from collections.abc import Iterable, Sequence
from typing import Any

from search.document import Filters, Key
from search.engine import DEEPEST
from search.nearness import (
    allowed_edits,
    code_end,
    code_parts,
    halves,
    in_two,
    initials_of,
    swaps,
)
from search.query import Query, Word
from search.tokens import INITIALS_LETTERS, PINYIN_LETTERS, TAIL

Clause = dict[str, Any]
_NAMES = ("name", "alias")
_EVERYWHERE = ("name", "alias", "body")
_IMPORTANCE = 0.0019
_FACET_VALUES = 200
_LEAST = 0.01
STAGES = (1000.0, 43.0, 32.0, 0.0)
"""What scores at least so much of `relaxed` sounds alike or has a code with a wrong character, is one edit
away, or only shares words."""

_LATEST = {"updated": {"order": "desc", "missing": "_last"}}


def _tier(boost: float, clause: Clause) -> Clause:
    return {"constant_score": {"filter": clause, "boost": boost}}


def _any(clauses: Iterable[Clause]) -> Clause:
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _all(clauses: Iterable[Clause]) -> Clause:
    return {"bool": {"filter": list(clauses)}}


def _prefix(field: str, value: str) -> Clause:
    return {"prefix": {field: value}}


def _phrase(grams: Sequence[str], fields: Sequence[str], open_end: bool = False) -> Clause:
    """Grams in order in one of the fields; the last one may go on (`40gw` in `40gwh`)."""
    if len(grams) == 1:
        one = grams[0]
        return _any(_prefix(field, one) if open_end else {"term": {field: one}} for field in fields)
    kind = "match_phrase_prefix" if open_end else "match_phrase"
    return _any({kind: {field: " ".join(grams)}} for field in fields)


def _sounds(letters: str) -> list[Clause]:
    clauses = [_prefix("py", letters[:PINYIN_LETTERS])]
    return [*clauses, _prefix("ini", letters)] if len(letters) <= INITIALS_LETTERS else clauses


def _word(word: Word, fields: Sequence[str], among: bool) -> Clause:
    if word.single:
        return _any(_prefix(field, word.text) for field in (fields if among else _NAMES))
    found = _written(word, fields)
    return _any([*found, *_sounds(word.text)] if word.letters else found)


def _written(word: Word, fields: Sequence[str]) -> list[Clause]:
    found = [_phrase(word.grams, fields, word.open_end)]
    return found + [_phrase(Word(other).grams, fields) for other in word.equals]


def strict(query: Query, everywhere: bool = True) -> list[Clause]:
    """The tiers of what answers the whole query."""
    among = len(query.words) > 1
    tiers = [
        _tier(90, {"terms": {"keys": list(dict.fromkeys([query.squashed, query.core]))}}),
        _tier(40, _all(_word(word, _NAMES, among) for word in query.words)),
    ]
    if query.letters or query.code or not query.core.isascii():
        tiers.append(_tier(60, _prefix("keys", query.core)))
    if query.letters:
        tiers += [
            _tier(85, {"term": {"sounds": query.squashed}}),
            _tier(55, _prefix("sounds", query.squashed)),
        ]
        if among:
            tiers.append(_tier(38, _any(_sounds(query.squashed))))
    if everywhere and among:
        tiers.append(_tier(25, _all(_word(word, _EVERYWHERE, among) for word in query.words)))
    elif everywhere and not query.words[0].single:
        # Names have a tier of their own: asked twice they cost twice.
        tiers.append(_tier(25, _any(_written(query.words[0], ("body",)))))
    return tiers


def relaxed(query: Query) -> list[Clause]:
    """Candidates that are near; what they bring is measured in Python afterwards."""
    tiers = _codes(query)
    if query.letters and (letters := initials_of(query)):
        tiers.append(_tier(45, _any(_prefix("ini", one[:INITIALS_LETTERS]) for one in letters)))
    if query.cjk:
        tiers.append(_tier(50, {"terms": {"sounds": query.sounds}}))
        tiers += [_tier(44, _prefix("py", sound[:PINYIN_LETTERS])) for sound in query.sounds]
    if allowed_edits(query.core):
        tiers += _edited(query)
    apart = [_all(_phrase(Word(part).grams, _EVERYWHERE) for part in pair) for pair in halves(query)]
    if apart:
        tiers.append(_tier(28, _any(apart)))
    if len(query.grams) > 3:
        tiers.append(_tier(14, _overlap(query.grams)))
    return tiers


def _codes(query: Query) -> list[Clause]:
    """Credit codes with one wrong character, or of which only the end is known."""
    tiers: list[Clause] = []
    if parts := code_parts(query):
        first, begin, end, last = parts
        middle = _all([_prefix("keys", first), {"term": {"keys": TAIL + last}}])
        tiers.append(_tier(46, _any([_prefix("keys", begin), _prefix("keys", TAIL + end), middle])))
    if end := code_end(query):
        tiers.append(_tier(43, _prefix("keys", TAIL + end)))
    return tiers


def _fuzzy(field: str, value: str, edits: int) -> Clause:
    options = {"value": value, "fuzziness": edits, "prefix_length": 0, "max_expansions": 50}
    return {"fuzzy": {field: {**options, "transpositions": True}}}


def _edited(query: Query) -> list[Clause]:
    """One edit by the list of terms. Two walk most of that list, which takes longer than all the rest: in
    characters the half that they leave whole finds those too, or else most of the pairs does. Thirds are common
    words: they cost a quarter more and push out what was meant."""
    core = query.core
    if core.isascii():
        whole = (_fuzzy(field, core, allowed_edits(core)) for field in ("keys", "sounds"))
        words = [word.text for word in query.words if allowed_edits(word.text)]
        tiers = [_tier(34, _any(_fuzzy(f, word, 1) for f in ("py", "alias"))) for word in words]
        return [_tier(36, _any(whole)), *tiers]
    tiers = [_tier(36, _fuzzy("keys", core, 1))]
    grown = [Word(part).grams for part in in_two(core)]
    tiers.append(_tier(32, _any(_phrase(grams, _NAMES) for grams in grown)))
    tiers.append(_tier(33, _any(_phrase(Word(one).grams, _NAMES) for one in swaps(core))))
    return tiers


def _overlap(grams: Sequence[str]) -> Clause:
    return {
        "bool": {
            "should": [_any({"term": {field: gram}} for field in _EVERYWHERE) for gram in grams],
            "minimum_should_match": "3<60%",
        }
    }


def search(
    tiers: list[Clause],
    acl: Sequence[str],
    filters: Filters,
    facets: Sequence[str] = (),
    *,
    offset: int = 0,
    size: int,
    counted: bool = True,
    latest: bool = False,
    without: Sequence[Key] = (),
) -> dict[str, Any]:
    """A whole request. Facet counts leave out their own filter, so that another value can be added."""
    must = {"dis_max": {"queries": tiers, "tie_breaker": 0.05}}
    chosen = {facet: {"terms": {facet: sorted(values)}} for facet, values in filters.chosen.items()}
    asked: dict[str, Any] = {"must": must, "filter": [{"terms": {"acl": list(acl)}}]}
    if without:
        asked["must_not"] = [{"ids": {"values": [str(key) for key in without]}}]
    body: dict[str, Any] = {
        "query": {
            "function_score": {
                "query": {"bool": asked},
                "field_value_factor": {"field": "weight", "factor": _IMPORTANCE, "missing": 0},
                "boost_mode": "sum",
                "min_score": _LEAST,
            }
        },
        "sort": [_LATEST if latest else {"_score": "desc"}, {"id": "asc"}],
        "from": offset,
        "size": size,
        "track_total_hits": DEEPEST if counted else False,
        "timeout": "800ms",
    }
    if chosen:
        body["post_filter"] = _all(chosen.values())
    if facets:
        body["aggs"] = {facet: _facet(facet, chosen) for facet in facets}
    return body


def _facet(facet: str, chosen: dict[str, Clause]) -> Clause:
    others = [clause for name, clause in chosen.items() if name != facet]
    counts = {"terms": {"field": facet, "size": _FACET_VALUES}}
    return {"filter": _all(others), "aggs": {"values": counts}} if others else counts
