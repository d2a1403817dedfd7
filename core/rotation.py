"""Sealing everything anew with the present key, batch by batch; may be stopped and started again."""

from collections.abc import Iterator

from sqlalchemy import Column, String, Table, bindparam, func, select, type_coerce, update
from sqlalchemy.orm import Session

from core.db import Base, unit_of_work
from core.secrets import Sealed, Unreadable, ring

BATCH = 500


def sealed_columns() -> Iterator[tuple[Table, Column[str]]]:
    """Every column that is held sealed, of every table."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                yield table, column


def left(session: Session, table: Table, column: Column[str]) -> int:
    """How many values are still sealed with an earlier key, or cannot be opened."""
    raw = type_coerce(column, String)
    statement = (
        select(func.count()).select_from(table).where(raw != "", ~raw.startswith(f"{ring().current}."))
    )
    return session.scalar(statement) or 0


def reseal(table: Table, column: Column[str]) -> tuple[int, int]:
    """Seal a column's values with the present key. Returns (done, unreadable); the unreadable stay as they are."""
    key = next(iter(table.primary_key.columns))
    raw = type_coerce(column, String)
    done = unreadable = 0
    after = None
    while True:
        statement = select(key, column).where(raw != "", ~raw.startswith(f"{ring().current}."))
        if after is not None:
            statement = statement.where(key > after)
        with unit_of_work() as session:
            rows = session.execute(statement.order_by(key).limit(BATCH)).all()
            good = [(number, text) for number, text in rows if not isinstance(text, Unreadable)]
            if good:
                change = update(table).where(key == bindparam("number")).values({column: bindparam("text")})
                session.connection().execute(change, [{"number": n, "text": t} for n, t in good])
        done += len(good)
        unreadable += len(rows) - len(good)
        if len(rows) < BATCH:
            return done, unreadable
        after = rows[-1][0]
