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
        self._where, self._values = _conditions(filters)

    def _candidates(self) -> str:
        """Matching rows with what filters and order need."""
        facets = f"facet_{self._slot} ON rid = r"
        return f"WITH h AS MATERIALIZED (SELECT * FROM ({self._found()}) CROSS JOIN {facets}) "

    def _found(self) -> str:
        """Matching rows. The permission is part of MATCH: the cap counts only what may be seen."""
        table = f"fts_{self._slot}"
        return f"SELECT rowid AS r FROM {table} WHERE {table} MATCH ?{self._but} LIMIT {DEEPEST}"

    def _matched(self, text: str) -> str:
        return f"{text} AND {self._allowed}"

    def count(self, facets: Sequence[str]) -> tuple[int, bool, dict[str, dict[str, int]]]:
        """Total, whether it is only a lower bound, and per facet the counts under the other filters.

        The engine groups once by all facets together; what each filter leaves is summed here.
        """
        rows = f"facet_{self._slot} ON rid = r"
        bins = f"SELECT count(*) AS n, min(r) AS r FROM ({self._found()}) CROSS JOIN {rows} GROUP BY bin"
        statement = f"SELECT n, {', '.join(FACETS)} FROM ({bins}) CROSS JOIN {rows}"
        groups = self._cursor.execute(statement, [self._matched(match.strict(self._asked))]).fetchall()
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

    def _passes(self, facet: str, value: str) -> bool:
        chosen = self._filters.chosen.get(facet)
        return chosen is None or value in chosen

    def pool(self, total: int) -> list[Graded]:
        """What Python ranks: equal ones, those that begin so, names, then texts; important rows first."""
        rids = self._named(POOL)
        if len(rids) < min(total, POOL):
            rids += self._rows(match.strict(self._asked), POOL)
        return self._graded(list(dict.fromkeys(rids)))

    def suggestions(self) -> list[Graded]:
        """Candidates by name only."""
        return self._graded(self._named(_SUGGESTED))

    def _named(self, limit: int) -> list[int]:
        """Rows with a name or code that equals, begins or holds the query, so many of each at most."""
        rids = self._rows(match.exact(self._asked), limit)
        rids += self._rows(match.begins(self._asked), limit)
        rids += self._rows(match.strict(self._asked, match.NAMES), limit)
        return list(dict.fromkeys(rids))

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

    def _rows(self, text: str, limit: int) -> list[int]:
        """Matching rows, the important ones first. Filters are applied here only when there are any: a
        limit before the filter could leave nothing."""
        where = f"WHERE fts_{self._slot} MATCH ?{self._but.replace('rowid', 'x.rowid')}"
        if self._values:
            where += (
                f" AND EXISTS (SELECT 1 FROM facet_{self._slot} f WHERE f.rid = x.rowid AND {self._where})"
            )
        rows = self._cursor.execute(
            f"SELECT rowid FROM fts_{self._slot} x {where} LIMIT {limit}",
            [self._matched(text), *self._values],
        )
        return [row[0] for row in rows.fetchall()]

    def _cards(self, rids: Sequence[int]) -> list[Card]:
        """Cards in the order of `rids`."""
        marks = ",".join("?" * len(rids))
        rows = self._cursor.execute(
            f"SELECT {_COLUMNS} FROM card_{self._slot} c JOIN facet_{self._slot} USING (rid) WHERE rid IN ({marks})",
            rids,
        )
        cards = dict(_cards(rows.fetchall()))
        return [cards[rid] for rid in rids if rid in cards]

    def _graded(self, rids: Sequence[int], keep_order: bool = False) -> list[Graded]:
        graded = [(ranker.grade(self._asked, card), card) for card in self._cards(rids)]
        return graded if keep_order else ranker.best_first(graded)

    def near(self, found: list[Graded]) -> list[Graded]:
        """What is similar, when little was found and nothing that equals the query."""
        if not nearness.wanted(self._asked, found):
            return []
        seen = {card.key for _grade, card in found}
        graded: list[Graded] = []
        for texts in (match.alike, match.edited, match.loose):
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


def _conditions(filters: Filters) -> tuple[str, list[str]]:
    parts = ["1"]
    values: list[str] = []
    for facet, chosen in filters.chosen.items():
        parts.append(f"{facet} IN ({','.join('?' * len(chosen))})")
        values += sorted(chosen)
    return " AND ".join(parts), values


def _cards(rows: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Card]]:
    """Cards by row; the names of all of them are read from JSON at once."""
    names = json.loads(f"[{','.join(row[_NAMES] for row in rows)}]")
    for row, (aliases, former, codes) in zip(rows, names, strict=True):
        values = (*row[1:_NAMES], tuple(aliases), tuple(former), tuple(codes), *row[_NAMES + 1 :])
        yield row[0], Card._make(values)
