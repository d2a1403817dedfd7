"""An import and its rows as kept objects."""

from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import (
    CheckConstraint,
    Dialect,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from core import clock
from core.db import Base, Keyed, Versioned
from core.imports.columns import plain
from core.types import BIG, UtcDateTime

OPEN_STATES = ("uploaded", "checking", "checked")


class Packed(TypeDecorator[Any]):
    """JSON as text, the same on both databases and quick to write by the hundred thousand."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value, default=plain).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Import(Keyed, Versioned, Base):
    """A file on its way into the register, and for good what became of each of its rows.

    `cursor` is the last row that is done; rows and cursor move in one transaction. `undo_cursor` is the
    last row that was taken back, from the end; `reversed`, `kept` and `stuck` count the three groups. `mapping` is
    column key → [index, unit], `header` index → words, `heads` the first rows of each sheet.
    """

    __tablename__ = "data_import"
    kind: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(150))
    stored_as: Mapped[str] = mapped_column(String(60), unique=True)
    file_kind: Mapped[str] = mapped_column(String(4))
    size: Mapped[int] = mapped_column(BIG)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    encoding: Mapped[str] = mapped_column(String(12), default="")
    sheet: Mapped[str] = mapped_column(String(120), default="")
    header_row: Mapped[int] = mapped_column(default=0)
    header: Mapped[dict[str, str]] = mapped_column(Packed, default=dict)
    signature: Mapped[str] = mapped_column(String(64), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(Packed, default=dict)
    remembered: Mapped[bool] = mapped_column(default=False)
    options: Mapped[dict[str, Any]] = mapped_column(Packed, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="uploaded")
    total: Mapped[int] = mapped_column(BIG, default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(BIG, default=0)
    created: Mapped[int] = mapped_column(BIG, default=0)
    updated: Mapped[int] = mapped_column(BIG, default=0)
    unchanged: Mapped[int] = mapped_column(BIG, default=0)
    skipped: Mapped[int] = mapped_column(BIG, default=0)
    rejected: Mapped[int] = mapped_column(BIG, default=0)
    account_id: Mapped[int] = mapped_column(BIG, index=True)
    account_name: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("job.id"))
    error: Mapped[str] = mapped_column(Text, default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo_cursor: Mapped[int | None] = mapped_column(BIG)
    reversed: Mapped[int] = mapped_column(BIG, default=0, server_default="0")
    kept: Mapped[int] = mapped_column(BIG, default=0, server_default="0")
    stuck: Mapped[int] = mapped_column(BIG, default=0, server_default="0")
    undone_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'confirmed', 'running', 'done', 'failed', "
            "'cancelled', 'undoing', 'undone')",
            name="known_state",
        ),
        Index("ix_data_import_kind_created_at", "kind", "created_at"),
    )

    @property
    def done(self) -> int:
        """Rows that have an outcome."""
        return self.created + self.updated + self.unchanged + self.skipped + self.rejected


class ImportRow(Base):
    """One row of the sheet: its cells by column, what they mean, what is wrong, what became of it.

    `faults` is a list of [column, family, code, message]; `note` holds the differences and suspects of the
    dry run and the columns that lost control characters; `before` and `after` the replaced and the written
    values of an update; `undone` the group that the row fell into when the import was taken back. `changed`
    names the cells that an update would change, see `differing.marks`; it is empty for any other row.
    """

    __tablename__ = "import_row"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    import_id: Mapped[int] = mapped_column(BIG, ForeignKey("data_import.id", ondelete="CASCADE"))
    row_no: Mapped[int] = mapped_column(BIG)
    cells: Mapped[dict[str, Any]] = mapped_column(Packed)
    parsed: Mapped[dict[str, Any] | None] = mapped_column(Packed)
    match_key: Mapped[str] = mapped_column(String(220), default="")
    action: Mapped[str] = mapped_column(String(6))
    faults: Mapped[list[Any] | None] = mapped_column(Packed)
    families: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[dict[str, Any] | None] = mapped_column(Packed)
    changed: Mapped[str] = mapped_column(Text, default="", server_default="")
    decision: Mapped[str] = mapped_column(String(24), default="")
    record_id: Mapped[int | None] = mapped_column(BIG)
    outcome: Mapped[str | None] = mapped_column(String(9))
    reason: Mapped[str] = mapped_column(String(300), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(Packed)
    after: Mapped[dict[str, Any] | None] = mapped_column(Packed)
    undone: Mapped[str | None] = mapped_column(String(8))
    undo_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")

    __table_args__ = (
        UniqueConstraint("import_id", "row_no"),
        CheckConstraint(
            "action IN ('create', 'update', 'same', 'ask', 'fault', 'skip')", name="known_action"
        ),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('created', 'updated', 'unchanged', 'skipped', 'rejected')",
            name="known_outcome",
        ),
        CheckConstraint("undone IS NULL OR undone IN ('reversed', 'kept', 'failed')", name="known_undone"),
        Index("ix_import_row_import_id_action_row_no", "import_id", "action", "row_no"),
        Index("ix_import_row_import_id_match_key", "import_id", "match_key"),
        *(
            Index(
                f"ix_import_row_import_id_{name}",
                "import_id",
                name,
                sqlite_where=text(f"{name} <> ''"),
                postgresql_where=text(f"{name} <> ''"),
            )
            for name in ("families", "changed")
        ),
    )

    @property
    def told(self) -> dict[str, Any]:
        """The row for calling it by its name: what its cells mean, else as they stand."""
        return {**self.cells, **(self.parsed or {})}


ROWS = cast(Table, ImportRow.__table__)
"""For bulk statements, which pass the ORM by."""


class ImportMapping(Base):
    """What a person once said that the columns of such a sheet mean."""

    __tablename__ = "import_mapping"
    account_id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(Packed)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
