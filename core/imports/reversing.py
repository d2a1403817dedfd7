"""Taking back what an import did to records: what stands as the import left it, and nothing else."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Date, Row, Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from core import clock
from core.bulk import among
from core.db import Base
from core.errors import Text
from core.i18n import _
from core.imports.handlers import Done, Undone
from core.types import Scaled, UtcDateTime

_NO_USE: Final = frozenset({"audit_entry", "search_doc", "handover_row"})
"""Tables that name records by kind and number without using them."""


@dataclass(frozen=True)
class Reversal:
    """How records of one table are taken back.

    `kind` is what follow-ups, tasks and attachments name them by; `own` are the tables whose rows go with
    a record; `words` says in which words another table's use of a record is told, `labels` how a field is
    called; `derived` gives the further columns that follow from restored ones, `(present, restored) → columns`.
    """

    model: type[Base]
    kind: str = ""
    own: Collection[str] = ()
    words: Mapping[str, Text] = field(default_factory=dict)
    labels: Mapping[str, Text] = field(default_factory=dict)
    derived: Callable[[Row[Any], Mapping[str, Any]], Mapping[str, Any]] | None = None

    @property
    def table(self) -> Table:
        return cast(Table, self.model.__table__)


def reverse(
    session: Session, how: Reversal, rows: Sequence[Done], *, held: Mapping[int, Text] | None = None
) -> list[Undone]:
    """Delete what an import made and nobody has touched or used since, and put replaced values back.

    A field that somebody has changed since keeps its value, and the row counts as kept. `held` are
    records that may not be touched, with the reason. A fixed number of statements for all rows.
    """
    present = _present(session, how, rows)
    made = [row.record_id or 0 for row in rows if row.result == "created"]
    used = _uses(session, how, [number for number in made if number in present])
    plans = [_plan(row, present.get(row.record_id or 0), used, held or {}, how.labels) for row in rows]
    gone = [plan.record_id or 0 for plan in plans if plan.group == "reversed" and plan.deleted]
    if gone:
        _delete(session, how, gone)
    _restore(session, how, plans, present)
    return plans


def _present(session: Session, how: Reversal, rows: Sequence[Done]) -> dict[int, Row[Any]]:
    """The records as they stand, locked: their version and every field that the import wrote."""
    names = {name for row in rows for name in row.after or ()} & set(how.model.__mapper__.column_attrs.keys())
    wanted = sorted({row.record_id for row in rows if row.record_id is not None})
    fields = [getattr(how.model, name) for name in sorted(names | {"id", "version"})]
    statement = select(*fields).where(among(session, how.table.c.id, wanted)).with_for_update()
    return {row.id: row for row in session.execute(statement)}


def _uses(session: Session, how: Reversal, ids: Sequence[int]) -> dict[int, set[str]]:
    """Record id → the words for what has come to name it since, over every table of the platform."""
    found: dict[int, set[str]] = {}
    if not ids:
        return found
    for table in Base.metadata.sorted_tables:
        word = str(how.words.get(table.name, _("其他记录")))
        for key in table.foreign_keys:
            if key.column.table is how.table and table.name not in how.own:
                for number in _among(session, key.parent, ids):
                    found.setdefault(number, set()).add(word)
        aside = table.name in _NO_USE or table.name in how.own
        if how.kind and {"kind", "record_id"} <= set(table.c.keys()) and not aside:
            for number in _among(session, table.c.record_id, ids, table.c.kind == how.kind):
                found.setdefault(number, set()).add(word)
    return found


def _among(session: Session, column: Any, ids: Sequence[int], *more: ColumnElement[bool]) -> Sequence[int]:
    """Those of `ids` that stand in a column. New records lie together, and few tables name any of them."""
    near = select(column).where(column.between(min(ids), max(ids)), *more).limit(1)
    if session.scalar(near) is None:
        return []
    return session.scalars(select(column).where(among(session, column, ids), *more).distinct()).all()


def _delete(session: Session, how: Reversal, ids: Sequence[int]) -> None:
    """What goes with the records first, a table at a time: a cascade begins anew for each record."""
    own = [
        delete(table).where(among(session, key.parent, ids))
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is how.table and table.name in how.own
    ]
    for statement in (*own, delete(how.model).where(among(session, how.table.c.id, ids))):
        session.execute(statement.execution_options(synchronize_session=False))


def _plan(
    row: Done,
    record: Row[Any] | None,
    used: Mapping[int, Collection[str]],
    held: Mapping[int, Text],
    labels: Mapping[str, Text],
) -> Undone:
    number = row.record_id or 0
    if record is None:
        return Undone(row.row_no, "kept", _("导入之后已被删除或并入别的记录"), row.record_id)
    if number in held:
        return Undone(row.row_no, "failed", held[number], number)
    if row.result == "created":
        if number in used:
            words = "、".join(sorted(used[number]))
            return Undone(row.row_no, "kept", _("导入之后有了%(words)s", words=words), number)
        if record.version != 1:
            return Undone(row.row_no, "kept", _("导入之后被人改过"), number)
        return Undone(row.row_no, "reversed", "", number, deleted=True)
    if row.after is None:
        return Undone(row.row_no, "failed", _("这次导入没有留下改后的值，无法核对"), number)
    now, before = record._mapping, row.before or {}
    written = {name: value for name, value in row.after.items() if name in now}
    restored = {name: before.get(name) for name, value in written.items() if _same(now[name], value)}
    if edited := [str(labels.get(name, name)) for name in written if name not in restored]:
        reason = _("导入之后被人改过，没有动：%(fields)s", fields="、".join(edited))
        return Undone(row.row_no, "kept", reason, number, restored=restored)
    return Undone(row.row_no, "reversed", "", number, restored=restored)


def _same(now: Any, written: Any) -> bool:
    if isinstance(now, Decimal):
        return written is not None and now == Decimal(str(written))
    if isinstance(now, (date, datetime)):
        return bool(now.isoformat() == written)
    return bool(now == written)


def _restore(
    session: Session, how: Reversal, plans: Sequence[Undone], present: Mapping[int, Row[Any]]
) -> None:
    """One statement for all rows whose fields go back: each gets its old values or those that it has."""
    changed = [plan for plan in plans if plan.restored]
    if not changed:
        return
    attributes = how.model.__mapper__.column_attrs
    values = []
    for plan in changed:
        record = present[plan.record_id or 0]
        own = {name: value_of(how.model, name, kept) for name, kept in plan.restored.items()}
        values.append({**own, **(how.derived(record, own) if how.derived else {})})
    by_names: dict[frozenset[str], list[dict[str, Any]]] = {}
    now = clock.now()
    for plan, own in zip(changed, values, strict=True):
        by_names.setdefault(frozenset(own), []).append({**own, "b_id": plan.record_id, "b_now": now})
    for names, rows in by_names.items():
        columns: dict[str, Any] = {attributes[name].columns[0].name: bindparam(name) for name in names}
        stamped = {"version": how.table.c.version + 1, "updated_at": bindparam("b_now")}
        statement = update(how.table).where(how.table.c.id == bindparam("b_id")).values(**stamped, **columns)
        session.connection().execute(statement, rows)


def value_of(model: type[Base], name: str, kept: Any) -> Any:
    """A value of a record as it was before it was kept as JSON."""
    kind = model.__mapper__.column_attrs[name].columns[0].type
    if kept is None:
        return None
    if isinstance(kind, Scaled):
        return Decimal(str(kept))
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(kept)
    return date.fromisoformat(kept) if isinstance(kind, Date) else kept
