"""The statements of one search in the embedded engine, in one snapshot."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from search import nearness, ranker
from search.document import Card, Filters
from search.embedded import match
from search.engine import DEEPEST, POOL
from search.query import Query

_NEAR_LIMIT = 200
_SUGGEST_LIMIT = 400
_COLUMNS = "kind, id, public_id, path, title, names, region, industry, status, body, weight"

Graded = tuple[ranker.Grade, Card]


class Reader:
    """One query under one permission. `acl` must not be empty."""

    def __init__(
        self, cursor: sqlite3.Cursor, slot: str, asked: Query, acl: Sequence[str], filters: Filters
    ) -> None:
        self._cursor, self._slot, self._asked, self._filters = cursor, slot, asked, filters
        self._allowed = match.allowed(acl)
        self._where, self._values = _conditions(filters)

    def _candidates(self) -> str:
        """Matching rows with what facets and order need. The permission is part of MATCH: the cap
        counts only what may be seen."""
        return (
            f"WITH f AS MATERIALIZED (SELECT rowid AS r FROM fts_{self._slot} WHERE fts_{self._slot} MATCH ?"
            f" LIMIT {DEEPEST}), h AS MATERIALIZED (SELECT r, kind, region, industry, status, place"
            f" FROM f CROSS JOIN card_{self._slot} ON rid = r) "
        )

    def _matched(self, text: str) -> str:
        return f"{text} AND {self._allowed}"

    def count(self, facets: Sequence[str]) -> tuple[int, bool, dict[str, dict[str, int]]]:
        """Total, whether it is only a lower bound, and per facet the counts under the other filters."""
        parts = [
            "SELECT '', '', (SELECT count(*) FROM f)",
            f"SELECT '', 'total', count(*) FROM h WHERE {self._where}",
        ]
        values = list(self._values)
        for facet in facets:
            where, more = _conditions(self._filters, without=facet)
            parts.append(
                f"SELECT '{facet}', {facet}, count(*) FROM h WHERE {where} AND {facet} <> '' GROUP BY {facet}"
            )
            values += more
        statement = self._candidates() + " UNION ALL ".join(parts)
        rows = self._cursor.execute(statement, [self._matched(match.strict(self._asked)), *values]).fetchall()
        counts: dict[str, dict[str, int]] = {facet: {} for facet in facets}
        for facet, value, number in rows[2:]:
            counts[facet][value] = number
        return rows[1][2], rows[0][2] >= DEEPEST, counts

    def _ordered(self, text: str, limit: int, offset: int = 0) -> list[int]:
        statement = (
            f"{self._candidates()} SELECT r FROM h WHERE {self._where} ORDER BY place, r LIMIT ? OFFSET ?"
        )
        rows = self._cursor.execute(statement, [self._matched(text), *self._values, limit, offset])
        return [row[0] for row in rows.fetchall()]

    def pool(self, total: int) -> list[Graded]:
        """What Python ranks: equal ones, then names before texts, short and important ones first."""
        rids = self._exact()
        if total > POOL:
            rids += self._ordered(match.strict(self._asked, match.NAMES), POOL)
        if len(set(rids)) < min(total, POOL):
            rids += self._ordered(match.strict(self._asked), POOL)
        return self._graded(list(dict.fromkeys(rids)))

    def first(self) -> list[Graded]:
        """Candidates for suggestions: names only, the most important rows that match."""
        found = self._rows(match.strict(self._asked, match.NAMES), _SUGGEST_LIMIT)
        return self._graded(list(dict.fromkeys(self._exact() + found)))

    def later(self, offset: int, size: int) -> list[Graded]:
        """A page behind the ranked pool, in the engine's order."""
        return self._graded(self._ordered(match.strict(self._asked), size, offset), keep_order=True)

    def _exact(self) -> list[int]:
        return self._rows(match.exact(self._asked), POOL)

    def _rows(self, text: str, limit: int) -> list[int]:
        rows = self._cursor.execute(
            f"SELECT rowid FROM fts_{self._slot} WHERE fts_{self._slot} MATCH ? LIMIT {limit}",
            [self._matched(text)],
        )
        return [row[0] for row in rows.fetchall()]

    def _cards(self, rids: Sequence[int]) -> list[Card]:
        """Cards in the order of `rids` that pass the filters."""
        marks = ",".join("?" * len(rids))
        rows = self._cursor.execute(
            f"SELECT rid, {_COLUMNS} FROM card_{self._slot} WHERE rid IN ({marks}) AND {self._where}",
            [*rids, *self._values],
        )
        cards = {row[0]: _card(row[1:]) for row in rows.fetchall()}
        return [cards[rid] for rid in rids if rid in cards]

    def _graded(self, rids: Sequence[int], keep_order: bool = False) -> list[Graded]:
        graded = [(ranker.grade(self._asked, card), card) for card in self._cards(rids)]
        return graded if keep_order else ranker.best_first(graded)

    def near(self, found: list[Graded]) -> list[Graded]:
        """What is similar, when little was found and nothing that equals the query."""
        if found and found[0][0].score >= ranker.SOUND_EQUAL:
            return []
        seen = {card.key for _grade, card in found}
        rids = [rid for text in match.relaxed(self._asked) for rid in self._rows(text, _NEAR_LIMIT)]
        graded: list[Graded] = []
        for card in self._cards(list(dict.fromkeys(rids))):
            grade = nearness.near(self._asked, card) if card.key not in seen else None
            if grade is not None:
                graded.append((grade, card))
        return ranker.best_first(graded)


def _conditions(filters: Filters, without: str = "") -> tuple[str, list[str]]:
    parts = ["1"]
    values: list[str] = []
    for facet, chosen in filters.chosen.items():
        if facet != without:
            parts.append(f"{facet} IN ({','.join('?' * len(chosen))})")
            values += sorted(chosen)
    return " AND ".join(parts), values


def _card(row: Iterable[object]) -> Card:
    kind, number, public_id, path, title, names, region, industry, status, body, weight = row
    aliases, former, codes = map(tuple, json.loads(str(names)))
    return Card(
        str(kind), int(str(number)), str(public_id), str(path), str(title), aliases, former, codes,
        str(region), str(industry), str(status), str(body), int(str(weight)),
    )  # fmt: skip
