"""Checking the audit trail: every row altered, removed or moved is named; nothing is changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import GENESIS, AuditEntry, AuditHead, digest

MOST_NAMED = 1000
"""Of a long run of removed rows so many are named one by one."""

NEAR = 100
"""How far from its place a moved row is looked for."""


@dataclass(frozen=True)
class ChainFault:
    """A row that was altered, removed or put out of order. `seq` is the place in the trail."""

    seq: int
    problem: str


def verify(session: Session, anchors: Mapping[int, str] | None = None) -> Iterator[ChainFault]:
    """Walk the whole chain. `anchors` are ends of the chain as the log has kept them, hash by number.

    A row is judged by itself (its hash over its fields) and by its place (the hash before it), so that a
    removed row is told from an altered one, and the rows beside it are not blamed.
    """
    known = dict(anchors or {})
    previous, expected, blamed = GENESIS, 1, 0
    for row in _rows(session):
        seq = row["seq"]
        follows = seq == expected
        if not follows:
            yield from _removed(expected, seq)
        if follows and row["prev_hash"] != previous and blamed != seq - 1:
            yield ChainFault(seq - 1, "altered")  # whole by itself, and yet not what its successor knew
        if digest(row["prev_hash"], row) != row["hash"] or known.get(seq, row["hash"]) != row["hash"]:
            blamed = seq
            yield ChainFault(seq, "moved" if _moved(row) else "altered")
        known.pop(seq, None)
        previous, expected = row["hash"], seq + 1
    head = session.scalars(select(AuditHead).where(AuditHead.id == 1)).one()
    yield from _removed(expected, max((head.seq, *known)) + 1)
    if head.seq == expected - 1 and head.hash != previous:
        yield ChainFault(head.seq, "altered")


def _moved(row: dict[str, Any]) -> bool:
    """Whether a row would be whole at a place nearby."""
    near = range(max(1, row["seq"] - NEAR), row["seq"] + NEAR + 1)
    return any(digest(row["prev_hash"], {**row, "seq": seq}) == row["hash"] for seq in near)


def _rows(session: Session) -> Iterator[dict[str, Any]]:
    table = AuditEntry.__table__
    statement = select(table).order_by(table.c.seq).execution_options(yield_per=1000)
    for row in session.execute(statement):
        yield dict(row._mapping)


def _removed(first: int, end: int) -> Iterable[ChainFault]:
    return (ChainFault(seq, "removed") for seq in range(first, min(end, first + MOST_NAMED)))


def whole(row: AuditEntry) -> bool:
    """Whether one row says what it said when it was written."""
    return (
        digest(row.prev_hash, {column.key: getattr(row, column.key) for column in row.__table__.columns})
        == row.hash
    )
