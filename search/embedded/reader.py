"""The statements of one search in the embedded engine, in one snapshot."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from search import nearness, ranker
from search.document import FACETS, Card, Filters, Key
from search.embedded import match
from search.engine import DEEPEST, POOL
from search.query import Query

_NEAR_LIMIT = 100
_SUGGESTED = 40
_COLUMNS = "rid, c.kind, id, public_id, path, title, names, region, industry, status, body, weight"
_NAMES = 6
"""The place of `names` among the columns."""

Graded = tuple[ranker.Grade, Card]


class Reader:
    """One query under one permission. `acl` must not be empty."""

    def __init__(
        self,
        cursor: sqlite3.Cursor,
        slot: str,
        asked: Query,
        acl: Sequence[str],
        filters: Filters,
        without: Sequence[Key] = (),
    ) -> None:
        self._cursor, self._slot, self._asked, self._filters = cursor, slot, asked, filters
        self._allowed = match.allowed(acl)
        rids = [rid for key in without if (rid := self._rid(key)) is not None]
        self._but = f" AND rowid NOT IN ({','.join(map(str, rids))})" if rids else ""
        self._where, self._values = _conditions(slot, filters)
        self._first: list[int] | None = None
        self._all: list[Card] | None = None

    def _candidates(self) -> str:
        """Matching rows with what filters and order need."""
        facets = f"facet_{self._slot} ON rid = r"
        return f"WITH h AS MATERIALIZED (SELECT * FROM ({self._found()}) CROSS JOIN {facets}) "

    def _few(self) -> list[Card] | None:
        """Everything that matches, if Python ranks it all anyway: then nothing else need be asked. None when
        it is more than that."""
        if self._first is None:
            self._first = self._rows(match.strict(self._asked), POOL + 1, filtered=False)
            self._all = self._cards(self._first) if len(self._first) <= POOL else None
        return self._all

    def _found(self) -> str:
        """Matching rows. The permission is part of MATCH: the cap counts only what may be seen."""
        table = f"fts_{self._slot}"
        return f"SELECT rowid AS r FROM {table} WHERE {table} MATCH ?{self._but} LIMIT {DEEPEST}"

    def _matched(self, text: str) -> str:
        return f"{text} AND {self._allowed}"

    def count(self, facets: Sequence[str]) -> tuple[int, bool, dict[str, dict[str, int]]]:
        """Total, whether it is only a lower bound, and per facet the counts under the other filters.

        All facets are counted together; what each filter leaves is summed here.
        """
        groups = self._groups()
        counts: dict[str, dict[str, int]] = {facet: {} for facet in facets}
        total = 0
        for number, *values in groups:
            missed = [
                facet for facet, value in zip(FACETS, values, strict=True) if not self._passes(facet, value)
            ]
            total += 0 if missed else number
            for facet in facets:
                value = values[FACETS.index(facet)]
                if value and not (set(missed) - {facet}):
                    counts[facet][value] = counts[facet].get(value, 0) + number
        return total, sum(group[0] for group in groups) >= DEEPEST, counts

    def _groups(self) -> list[tuple[Any, ...]]:
        """How many, kind, region, industry, status."""
        if (cards := self._few()) is not None:
            return [(1, card.kind, card.region, card.industry, card.status) for card in cards]
        rows = f"facet_{self._slot} ON rid = r"
        bins = f"SELECT count(*) AS n, bin FROM ({self._found()}) CROSS JOIN {rows} GROUP BY bin"
        statement = f"SELECT n, {', '.join(FACETS)} FROM ({bins}) JOIN bin_{self._slot} USING (bin)"
        return self._cursor.execute(statement, [self._matched(match.strict(self._asked))]).fetchall()

    def _passes(self, facet: str, value: str) -> bool:
        chosen = self._filters.chosen.get(facet)
        return chosen is None or value in chosen

    def _shown(self, card: Card) -> bool:
        return all(getattr(card, facet) in chosen for facet, chosen in self._filters.chosen.items())

    def pool(self, total: int) -> list[Graded]:
        """What Python ranks: equal ones, those that begin so, names, then texts; important rows first."""
        if (cards := self._few()) is not None:
            return self._ranked([card for card in cards if self._shown(card)])
        names = self._rows(match.strict(self._asked, match.NAMES), POOL)
        rids = self._whole(POOL) + names
        if len(set(rids)) < min(total, POOL):
            rids += self._rows(match.strict(self._asked), POOL)
        return self._graded(list(dict.fromkeys(rids)))

    def suggestions(self) -> list[Graded]:
        """Candidates by name or code only: all that hold the query, or so many of each kind of match."""
        names = self._rows(match.strict(self._asked, match.NAMES), _SUGGESTED)
        rids = names if len(names) < _SUGGESTED else self._whole(_SUGGESTED) + names
        return self._graded(list(dict.fromkeys(rids)))

    def _whole(self, limit: int) -> list[int]:
        """Rows with a name or code that equals the query or begins with it."""
        exact = self._rows(match.exact(self._asked), limit)
        return exact + self._rows(match.begins(self._asked), limit)

    def later(self, offset: int, size: int, shown: Sequence[Card]) -> list[Graded]:
        """A page behind the ranked pool, short and important names first, without what was `shown`."""
        seen = [self._rid(card.key) for card in shown]
        statement = (
            f"{self._candidates()} SELECT r FROM h WHERE {self._where}"
            f" AND r NOT IN ({','.join('?' * len(seen))}) ORDER BY place, r LIMIT ? OFFSET ?"
        )
        values = [self._matched(match.strict(self._asked)), *self._values, *seen, size, offset]
        rids = [row[0] for row in self._cursor.execute(statement, values).fetchall()]
        return self._graded(rids, keep_order=True)

    def latest(self, offset: int, size: int) -> list[Graded]:
        """What was changed last, of the matching rows that are counted."""
        ordered = f"SELECT r FROM h WHERE {self._where} ORDER BY updated DESC, r LIMIT ? OFFSET ?"
        statement = f"{self._candidates()} {ordered}"
        values = [self._matched(match.strict(self._asked)), *self._values, size, offset]
        rids = [row[0] for row in self._cursor.execute(statement, values).fetchall()]
        return self._graded(rids, keep_order=True)

    def _rid(self, key: Key) -> int | None:
        found: tuple[int] | None = self._cursor.execute(
            f"SELECT rid FROM version_{self._slot} WHERE kind = ? AND id = ?", key
        ).fetchone()
        return found[0] if found else None

    def _rows(self, text: str, limit: int, *, filtered: bool = True) -> list[int]:
        """Matching rows, the important ones first. Filters are applied here only when there are any: a
        limit before the filter could leave nothing."""
        values = self._values if filtered else []
        where = f"WHERE fts_{self._slot} MATCH ?{self._but.replace('rowid', 'x.rowid')}"
        if values:
            where += (
                f" AND EXISTS (SELECT 1 FROM facet_{self._slot} f WHERE f.rid = x.rowid AND {self._where})"
            )
        rows = self._cursor.execute(
            f"SELECT rowid FROM fts_{self._slot} x {where} LIMIT {limit}",
            [self._matched(text), *values],
        )
        return [row[0] for row in rows.fetchall()]

    def _cards(self, rids: Sequence[int]) -> list[Card]:
        """Cards in the order of `rids`."""
        marks = ",".join("?" * len(rids))
        rows = self._cursor.execute(
            f"SELECT {_COLUMNS} FROM card_{self._slot} c JOIN facet_{self._slot} USING (rid)"
            f" JOIN bin_{self._slot} USING (bin) WHERE rid IN ({marks})",
            rids,
        )
        cards = dict(_cards(rows.fetchall()))
        return [cards[rid] for rid in rids if rid in cards]

    def _graded(self, rids: Sequence[int], keep_order: bool = False) -> list[Graded]:
        cards = self._cards(rids)
        return (
            [(ranker.grade(self._asked, card), card) for card in cards] if keep_order else self._ranked(cards)
        )

    def _ranked(self, cards: Sequence[Card]) -> list[Graded]:
        return ranker.best_first((ranker.grade(self._asked, card), card) for card in cards)

    def near(self, found: list[Graded]) -> list[Graded]:
        """What is similar, when little was found and nothing that equals the query."""
        if not nearness.wanted(self._asked, found):
            return []
        seen = {card.key for _grade, card in found}
        graded: list[Graded] = []
        for texts in (match.alike, match.edited, match.edited_more, match.loose):
            if not nearness.enough(graded):
                heard = texts is match.alike  # only there is what sounds the same
                graded += self._near(texts(self._asked), seen, heard)
        return nearness.nearest(graded)

    def _near(self, texts: Sequence[str], seen: set[Key], heard: bool) -> list[Graded]:
        """The near ones among the candidates of these queries, which are `seen` from now on."""
        rids = [rid for text in texts for rid in self._rows(text, _NEAR_LIMIT)]
        cards = [card for card in self._cards(list(dict.fromkeys(rids))) if card.key not in seen]
        seen |= {card.key for card in cards}
        return nearness.graded(self._asked, cards, heard)


def _conditions(slot: str, filters: Filters) -> tuple[str, list[str]]:
    """A condition on rows of facets, and its values."""
    parts = [f"{facet} IN ({','.join('?' * len(chosen))})" for facet, chosen in filters.chosen.items()]
    values = [value for chosen in filters.chosen.values() for value in sorted(chosen)]
    return f"bin IN (SELECT bin FROM bin_{slot} WHERE {' AND '.join(parts)})" if parts else "1", values


def _cards(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Card]]:
    """Cards by row; the names of all of them are read from JSON at once."""
    names = json.loads(f"[{','.join(row[_NAMES] for row in rows)}]")
    for row, (aliases, former, codes) in zip(rows, names, strict=True):
        values = (*row[1:_NAMES], tuple(aliases), tuple(former), tuple(codes), *row[_NAMES + 1 :])
        yield row[0], Card._make(values)
