"""Writing to the embedded engine: versions decide, both slots while a rebuild is under way."""

import json
import sqlite3
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from search import tokens
from search.document import Document, Key
from search.embedded.store import bin_of, set_state, state_of
from search.engine import Entry

GAP = "-"
"""Stands between phrases of one column, so that no phrase reaches from one into the next."""

WHOLE = "!"
"""Stands before keys and sounds. FTS5 keeps one list of rows for a token in all columns: without it a whole
name of two characters walks every row that has them anywhere in its name."""

_BODY_KEPT = 500
_BUCKETS = 15
_BUCKET_BITS = 40
_COUNTED = 3

Row = tuple[Any, ...]
Prepared = tuple[Key, int, int, Row, Row, Row]


def prepare(entries: Sequence[Entry]) -> list[Prepared]:
    """Make tokens and rows before the write lock is taken: it is the slower half of the work."""
    return [
        (document.key, document.weight, version, _card(document), _facet(document), _fts(document))
        for document, version in entries
    ]


def write(cursor: sqlite3.Cursor, prepared: Sequence[Prepared], slots: Sequence[str]) -> None:
    """Write what is newer than what each slot holds."""
    newest = {key: one for one in sorted(prepared, key=itemgetter(2)) for key in one[:1]}
    sequence = int(state_of(cursor).get("sequence", "0"))
    for slot in slots:
        rows: list[tuple[int, Key, int, Row, Row, Row]] = []
        for key, weight, version, card, facet, fts in newest.values():
            held = _held(cursor, slot, key)
            if held is not None and held[0] >= version:
                continue
            if held is not None:
                _remove(cursor, slot, held[1])
            sequence += 1
            rid = (_BUCKETS - _bucket(weight)) << _BUCKET_BITS | sequence
            _note(cursor, slot, key, version, rid)
            rows.append((rid, key, version, card, facet, fts))
        # FTS5 writes a segment whenever a row comes out of order: in order it is several times faster.
        rows.sort(key=itemgetter(0))
        _insert(cursor, slot, rows)
    set_state(cursor, sequence=str(sequence))


def _insert(cursor: sqlite3.Cursor, slot: str, rows: Sequence[tuple[int, Key, int, Row, Row, Row]]) -> None:
    cursor.executemany(
        f"INSERT INTO card_{slot} VALUES (?,?,?,?,?,?,?,?,?)", [(row[0], *row[3]) for row in rows]
    )
    cursor.executemany(
        f"INSERT INTO facet_{slot} VALUES (?,?,?,?)", [(row[0], *row[4][:_COUNTED]) for row in rows]
    )
    bins = {row[4][0]: row[4][_COUNTED:] for row in rows}
    cursor.executemany(
        f"INSERT OR IGNORE INTO bin_{slot} VALUES (?,?,?,?,?)", [(one, *texts) for one, texts in bins.items()]
    )
    cursor.executemany(
        f"INSERT INTO fts_{slot} (rowid, name, alias, body, py, ini, keys, sounds, acl)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        [(row[0], *row[5]) for row in rows],
    )


def delete(cursor: sqlite3.Cursor, keys: Sequence[tuple[Key, int]], slots: Sequence[str]) -> None:
    """Remove what is older; the version stays behind, so that a late older write cannot bring it back."""
    for slot in slots:
        for key, version in keys:
            held = _held(cursor, slot, key)
            if held is not None and held[0] >= version:
                continue
            if held is not None:
                _remove(cursor, slot, held[1])
            _note(cursor, slot, key, version, None)


def _held(cursor: sqlite3.Cursor, slot: str, key: Key) -> tuple[int, int | None] | None:
    row: tuple[int, int | None] | None = cursor.execute(
        f"SELECT version, rid FROM version_{slot} WHERE kind = ? AND id = ?", key
    ).fetchone()
    return row


def _remove(cursor: sqlite3.Cursor, slot: str, rid: int | None) -> None:
    if rid is not None:
        cursor.execute(f"DELETE FROM fts_{slot} WHERE rowid = ?", (rid,))
        cursor.execute(f"DELETE FROM card_{slot} WHERE rid = ?", (rid,))
        cursor.execute(f"DELETE FROM facet_{slot} WHERE rid = ?", (rid,))


def _note(cursor: sqlite3.Cursor, slot: str, key: Key, version: int, rid: int | None) -> None:
    cursor.execute(f"REPLACE INTO version_{slot} VALUES (?,?,?,?)", (*key, version, rid))


def _bucket(weight: int) -> int:
    """Rows come in the order of their ids: the important ones first, so that a cap keeps those."""
    return min(_BUCKETS, max(0, weight).bit_length())


def _card(document: Document) -> Row:
    names = json.dumps(
        [document.aliases, document.former, document.codes], ensure_ascii=False, separators=(",", ":")
    )
    return (
        document.kind,
        document.id,
        document.public_id,
        document.path,
        document.title,
        names,
        document.body[:_BODY_KEPT],
        document.weight,
    )


def _facet(document: Document) -> Row:
    """What counts and order need, apart from the card, so that ten thousand of them lie close together; then
    the facets, which stand once for each combination."""
    place = len(document.title) - document.weight // 50
    updated = int(document.updated.timestamp()) if document.updated else 0
    facets = (document.kind, document.region, document.industry, document.status)
    return bin_of(*facets), place, updated, *facets


def _fts(document: Document) -> Row:
    made = tokens.of(document)
    phrases = (f" {GAP} ".join(map(" ".join, field)) for field in (made.name, made.alias, made.body))
    wholes = (" ".join(WHOLE + token for token in field) for field in (made.keys, made.sounds))
    return (*phrases, " ".join(made.py), " ".join(made.ini), *wholes, " ".join(document.acl))
