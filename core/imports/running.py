"""The run: staged rows into the register, batch by batch, rows and cursor in one transaction.

Killed at any moment it goes on from the cursor; a worker that wakes up late finds the cursor moved and stops.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from core import audit, clock, masking, writing
from core.bulk import write_rows
from core.db import unit_of_work
from core.errors import Conflict
from core.i18n import _
from core.imports.ahead import PART, Ahead, Part
from core.imports.handlers import ImportHandler, Options, Outcome, handler_for
from core.imports.models import ROWS, Import, ImportRow
from core.imports.standing import present
from core.permissions import Actor

KIND: Final = "data_import"
LARGEST_BATCH: Final = 10_000
LOCK_SECONDS: Final = 2.0
"""The longest that one transaction takes while nobody waits to write."""

_REPORT_SECONDS: Final = 0.5
_CANCEL_BATCH: Final = 5000
_EFFECTS: Final = (
    update(ROWS)
    .where(ROWS.c.id == bindparam("b_id"))
    .values({name: bindparam(name) for name in ("outcome", "record_id", "before", "after", "reason")})
)

Progress = Callable[[int, int], None]


class Overtaken(Conflict):
    """Another worker has moved the cursor; this one must stop without writing."""


@writing.in_bulk()
def run(import_id: int, *, actor: Actor, progress: Progress | None = None) -> Import:
    """Do what is left of a confirmed import. Opens its own units of work.

    `progress(done, total)` is called about twice a second and may raise to stop between two batches.
    """
    record = _start(import_id)
    handler = handler_for(record.kind)
    options = Options(existing=record.options.get("existing", "overwrite"), source=record.file_name)
    with contextlib.closing(Ahead(import_id, handler, record.total - record.done)) as ahead:
        _write(record, handler, ahead, options, actor, progress)
    return _finish(import_id, "done")


def _write(
    record: Import,
    handler: ImportHandler,
    ahead: Ahead,
    options: Options,
    actor: Actor,
    progress: Progress | None,
) -> None:
    """Batch by batch to the end; one that the database refuses is tried again in smaller pieces."""
    size, reported = PART, time.monotonic()
    while parts := ahead.parts(record.cursor, size):
        count = sum(len(part.rows) for part in parts)
        try:
            done = _batch(record, handler, parts, options, actor)
        except (IntegrityError, DataError, OverflowError):
            ahead.forget()
            if count > 1:
                size = max(1, count // 8)
                continue
            done = _reject(record, parts[0].rows[0], actor)
        record = present(record.id)
        size = next_size(done, count)
        if progress is not None and time.monotonic() - reported > _REPORT_SECONDS:
            progress(record.done, record.total)
            reported = time.monotonic()


def next_size(done: int, read: int) -> int:
    """How many rows to read ahead: more while all go into one transaction, else what there was time for."""
    return max(PART, min(LARGEST_BATCH, done * 2 if done == read else done))


def _start(import_id: int) -> Import:
    with unit_of_work() as session:
        record = session.get_one(Import, import_id)
        if record.state == "confirmed":
            record.state, record.started_at = "running", clock.now()
        elif record.state != "running":
            raise Overtaken()
    return present(import_id)


def _batch(
    record: Import, handler: ImportHandler, parts: Sequence[Part], options: Options, actor: Actor
) -> int:
    """As many parts as fit into one transaction; how many rows they were."""
    outcomes: list[Outcome] = []
    rows: list[Any] = []
    with unit_of_work() as session:
        for part in writing.unhindered(parts, LOCK_SECONDS):
            rows += part.rows
            outcomes += part.settled
            if part.lines:
                outcomes += handler.apply(session, part.lines, part.answer, options, actor=actor)
        _note(session, record, rows, outcomes, actor)
    return len(rows)


def _reject(record: Import, row: Any, actor: Actor) -> int:
    """A single row that the database refuses does not stop the others."""
    with unit_of_work() as session:
        refused = Outcome(row.row_no, "rejected", reason=_("数据库没有接受这一行，请核对后重新导入。"))
        _note(session, record, [row], [refused], actor)
    return 1


def _note(
    session: Session, record: Import, rows: Sequence[Any], outcomes: Sequence[Outcome], actor: Actor
) -> None:
    """Outcomes, counts and cursor beside the records themselves; one audit row for the batch."""
    by_row = {outcome.row_no: outcome for outcome in outcomes}
    if len(by_row) != len(rows):
        raise RuntimeError(f"{len(rows)} rows, {len(by_row)} outcomes")
    counts = tally(outcomes)
    moved = session.execute(
        update(Import)
        .where(Import.id == record.id, Import.cursor == record.cursor, Import.state == "running")
        .values(
            cursor=rows[-1].row_no, **{name: getattr(Import, name) + count for name, count in counts.items()}
        )
        .returning(Import.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if moved is None:
        raise Overtaken()
    _hide(session, record, [row.id for row in rows])
    write_rows(session.connection(), _EFFECTS, [_effect(row.id, by_row[row.row_no]) for row in rows])
    audit.record(
        "imports.batch",
        KIND,
        record.id,
        actor=actor,
        label=f"{record.file_name} {rows[0].row_no}–{rows[-1].row_no}",
        changes={name: (0, count) for name, count in counts.items() if count},
    )


def _hide(session: Session, record: Import, ids: Sequence[int]) -> None:
    """Personal data of the rows are in the register now, sealed; here only their masks stay."""
    personal = [column.key for column in handler_for(record.kind).columns if column.personal]
    if not personal:
        return
    for row in session.scalars(select(ImportRow).where(ImportRow.id.in_(ids))):
        row.cells, row.parsed = (
            {
                key: masking.phone(str(value)) if key in personal and value else value
                for key, value in (kept or {}).items()
            }
            for kept in (row.cells, row.parsed)
        )
    session.flush()


def _effect(row_id: int, outcome: Outcome) -> dict[str, Any]:
    return {
        "b_id": row_id,
        "outcome": outcome.result,
        "record_id": outcome.record_id,
        "before": outcome.before,
        "after": outcome.after,
        "reason": str(outcome.reason)[:300],
    }


def tally(outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts = dict.fromkeys(("created", "updated", "unchanged", "skipped", "rejected"), 0)
    for outcome in outcomes:
        counts[outcome.result] += 1
    return counts


def _finish(import_id: int, state: str) -> Import:
    with unit_of_work() as session:
        record = session.get_one(Import, import_id)
        record.state, record.finished_at = state, clock.now()
    return record


def cancel_rest(import_id: int, *, actor: Actor) -> Import:
    """Close a run that was asked to stop: what is not done yet counts as skipped, so the accounts add up.

    The state comes first: from then on no worker can write another batch. Called again after a crash it
    marks what is left.
    """
    with unit_of_work() as session:
        record = session.get_one(Import, import_id)
        if record.state != "cancelled":
            record.state, record.finished_at = "cancelled", clock.now()
            audit.record("imports.cancelled", KIND, import_id, actor=actor, label=record.file_name)
    while _skip_some(import_id) == _CANCEL_BATCH:
        pass
    return present(import_id)


def _skip_some(import_id: int) -> int:
    some = (
        select(ImportRow.id)
        .where(ImportRow.import_id == import_id, ImportRow.outcome.is_(None))
        .limit(_CANCEL_BATCH)
    )
    with unit_of_work() as session:
        done = session.execute(
            update(ImportRow)
            .where(ImportRow.id.in_(some))
            .values(outcome="skipped", reason=_("导入已停止，这一行没有导入。"))
            .returning(ImportRow.id)
            .execution_options(synchronize_session=False)
        ).all()
        session.get_one(Import, import_id).skipped += len(done)
    return len(done)


def accounts(session: Session, import_id: int) -> dict[str, int]:
    """Rows by outcome as they stand in the rows themselves, for comparing with the counters."""
    statement = (
        select(ImportRow.outcome, func.count())
        .where(ImportRow.import_id == import_id)
        .group_by(ImportRow.outcome)
    )
    return {outcome or "open": count for outcome, count in session.execute(statement)}
