"""Where in a text a query is found, also by pinyin and initials. Pure; for the hits of a page only."""

from core.text import forms, readings
from core.text.grams import RUN, is_cjk
from search.document import Card, Hit, Span
from search.query import Query, spelt
from search.ranker import Grade

_SNIPPET = 60
_BEFORE = 16
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def hit(query: Query, card: Card, grade: Grade) -> Hit:
    """The hit with everything marked that made it one."""
    spans = marks(query, card.title, grams=grade.near)
    matched = grade.name if grade.where in ("alias", "former", "code") and grade.name != card.title else ""
    snippet = _snippet(query, card.body) if grade.where == "body" or (not spans and not matched) else ""
    return Hit(
        card=card,
        score=round(grade.score, 3),
        near=grade.near,
        spans=spans,
        matched=matched,
        matched_as=grade.where if matched else "",
        matched_spans=marks(query, matched, grams=grade.near) if matched else (),
        snippet=snippet,
        snippet_spans=marks(query, snippet, grams=grade.near) if snippet else (),
    )


def marks(query: Query, shown: str, *, grams: bool = False) -> tuple[Span, ...]:
    """Spans of the whole query, else of its words, else (`grams`) of its pairs of characters."""
    squashed, places = _squashed(shown)
    if not squashed or not query:
        return ()
    words = [text for word in query.words for text in (word.text, *word.equals)]
    for needles in _unique([[query.squashed], [query.core], words]):
        found = [span for needle in needles for span in _find(needle, squashed)]
        if found:
            return _merged(found, places)
    if grams and query.cjk and (sound := _find_sound(query.pinyin, squashed)):
        return _merged(sound, places)
    found = [span for gram in query.grams for span in _find(gram, squashed)] if grams else []
    return _merged(found, places)


def _unique(groups: list[list[str]]) -> list[list[str]]:
    return [group for at, group in enumerate(groups) if group not in groups[:at]]


def _squashed(shown: str) -> tuple[str, list[int]]:
    """The squashed text and for each of its characters the place in the text shown."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(shown):
        if "\u4e00" <= character <= "\u9fff" or character in _PLAIN:
            characters.append(forms.simplify(character))
            places.append(place)
            continue
        for one in forms.squash(character):
            characters.append(one)
            places.append(place)
    return "".join(characters), places


def _find(needle: str, squashed: str) -> list[Span]:
    if not needle:
        return []
    found: list[Span] = []
    at = squashed.find(needle)
    while at >= 0:
        found.append((at, at + len(needle)))
        at = squashed.find(needle, at + len(needle))
    if not found and len(needle) > 1 and spelt(needle):
        found = _find_sound(needle, squashed)
    return found


def _find_sound(needle: str, squashed: str) -> list[Span]:
    """The first place where pinyin or initials begin at a syllable."""
    units = _units(squashed)
    for reading in readings.variants(squashed):
        for sounds in (reading, tuple(readings.initial_parts(reading, squashed))):
            for start in range(len(sounds)):
                if "".join(sounds[start:]).startswith(needle):
                    end, length = start, 0
                    while length < len(needle):
                        length += len(sounds[end])
                        end += 1
                    return [(units[start][0], units[end - 1][1])]
    return []


def _units(squashed: str) -> list[Span]:
    """What one syllable stands for: a character, or a whole Latin run."""
    units: list[Span] = []
    for run in RUN.finditer(squashed):
        if is_cjk(run.group()[0]):
            units += [(at, at + 1) for at in range(*run.span())]
        else:
            units.append(run.span())
    return units


def _merged(found: list[Span], places: list[int]) -> tuple[Span, ...]:
    """Spans in the text shown, those that touch or overlap made one."""
    merged: list[Span] = []
    for start, end in sorted((places[start], places[end - 1] + 1) for start, end in found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _snippet(query: Query, body: str) -> str:
    """A piece of the body around the first word found in it; empty when none is."""
    squashed, places = _squashed(body)
    texts = [text for word in query.words for text in (word.text, *word.equals)]
    for word in (query.core, *texts, *query.grams):
        at = squashed.find(word) if word else -1
        if at >= 0:
            start = max(0, places[at] - _BEFORE)
            end = start + _SNIPPET
            return ("…" if start else "") + body[start:end] + ("…" if end < len(body) else "")
    return ""
