"""Taking a whole import back, from its last row to its first; killed at any moment it goes on."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, clock, settings, writing
from core.bulk import write_rows
from core.db import db, load, unit_of_work
from core.errors import Conflict, Missing, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.imports import access
from core.imports.handlers import Done, Undone, handler_for
from core.imports.models import ROWS, Import, ImportRow
from core.imports.running import LOCK_SECONDS, Overtaken, next_size
from core.imports.standing import present
from core.jobs import service as jobs
from core.jobs.models import Job
from core.permissions import Actor, require

KIND: Final = "data_import"
DAYS: Final = "import_undo_days"
"""The setting for how long after its end an import can be taken back."""

DAYS_AT_FIRST: Final = 30
PART: Final = 1000
_GROUPS: Final = (
    update(ROWS)
    .where(ROWS.c.id == bindparam("b_id"))
    .values(undone=bindparam("group"), undo_reason=bindparam("why"))
)
_REPORT_SECONDS: Final = 0.5
_STATES: Final = ("done", "cancelled", "failed")
_COUNTERS: Final = {"reversed": "reversed", "kept": "kept", "failed": "stuck"}

Progress = Callable[[int, int], None]
TakeBack = Callable[[Session, Sequence[Done]], Sequence[Undone]]


def days(session: Session) -> int:
    """For how long after its end an import can be taken back."""
    return int(settings.get(session, DAYS, DAYS_AT_FIRST))


def open_until(session: Session, record: Import) -> Any:
    """The instant until which an import can be taken back; None when there is nothing to take back."""
    if record.state not in _STATES or not record.created + record.updated or record.finished_at is None:
        return None
    return record.finished_at + timedelta(days=days(session))


def ask(session: Session, public_id: str, *, queue: bool = True, actor: Actor) -> Import:
    """Have an import taken back in the background. Raises Refused when it is too late or nothing is left."""
    record = load(session, Import, public_id, where=access.visible_to(actor))
    require(actor, handler_for(record.kind).permission)
    if not broken_off(session, record):
        _ensure_open(session, record)
    record.state, record.undone_by = "undoing", actor.name
    changes: dict[str, tuple[Any, Any]] = {"rows": (0, record.created + record.updated)}
    audit.record("imports.undo_asked", KIND, record.id, actor=actor, label=record.file_name, changes=changes)
    if queue:
        payload = {"import_id": record.id}
        job = jobs.enqueue(
            session, "imports.undo", payload, actor=actor, key=f"import-undo:{record.id}:{record.undo_cursor}",
            queue="imports", title=record.file_name,
        )  # fmt: skip
        record.job_id = job.id
    return record


def broken_off(session: Session, record: Import) -> bool:
    """Whether an undo was stopped, or failed for good, before its end: it can be asked for again."""
    job = session.get(Job, record.job_id) if record.job_id is not None else None
    return record.state == "undoing" and (job is None or job.state not in ("queued", "running"))


def _ensure_open(session: Session, record: Import) -> None:
    if record.state not in _STATES:
        raise Conflict(_l("这次导入现在不能撤销，请刷新页面查看。"))
    until = open_until(session, record)
    if until is None:
        raise Refused([Missing(None, "nothing", _l("这次导入没有写入什么，不用撤销。"))])
    if until < clock.now():
        message = _l("导入超过 %(days)s 天，不能整批撤销。", days=days(session))
        raise Refused([Missing(None, "too_late", message)])


@writing.in_bulk()
def undo(import_id: int, *, actor: Actor, progress: Progress | None = None) -> Import:
    """Take back what is left of an import. Opens its own units of work; see `running.run`."""
    record = present(import_id)
    if record.state != "undoing":
        raise Overtaken()
    handler = handler_for(record.kind)
    size, reported = PART, time.monotonic()
    while rows := _next_rows(record, size):
        try:
            done = _batch(record, rows, partial(handler.undo, actor=actor), actor)
        except IntegrityError:
            if len(rows) > 1:
                size = max(1, len(rows) // 8)
                continue
            done = _batch(record, rows, _leave, actor)
        record = present(import_id)
        size = next_size(done, len(rows))
        if progress is not None and time.monotonic() - reported > _REPORT_SECONDS:
            progress(taken_back(record), record.created + record.updated)
            reported = time.monotonic()
    with unit_of_work() as session:
        record = session.get_one(Import, import_id)
        record.state, record.undone_at = "undone", clock.now()
    return record


def taken_back(record: Import) -> int:
    """Rows of an undo that are done."""
    return record.reversed + record.kept + record.stuck


def _leave(_session: Session, rows: Sequence[Done]) -> list[Undone]:
    """A single row that the database does not let go does not stop the others."""
    return [Undone(row.row_no, "failed", _("别的记录还要用它，数据库没有放行")) for row in rows]


def _next_rows(record: Import, size: int) -> Sequence[Any]:
    session = db.session()
    statement = (
        select(
            ImportRow.id, ImportRow.row_no, ImportRow.outcome, ImportRow.record_id, ImportRow.before,
            ImportRow.after,
        )
        .where(ImportRow.import_id == record.id, ImportRow.outcome.in_(("created", "updated")))
        .order_by(ImportRow.row_no.desc())
        .limit(size)
    )  # fmt: skip
    if record.undo_cursor is not None:
        statement = statement.where(ImportRow.row_no < record.undo_cursor)
    rows = session.execute(statement).all()
    session.rollback()
    return rows


def _batch(record: Import, rows: Sequence[Any], take_back: TakeBack, actor: Actor) -> int:
    """As many of `rows` as fit into one transaction, part by part; how many."""
    parts = [rows[start : start + PART] for start in range(0, len(rows), PART)]
    found: list[Undone] = []
    done = 0
    with unit_of_work() as session:
        for part in writing.unhindered(parts, LOCK_SECONDS):
            lines = [Done(row.row_no, row.outcome, row.record_id, row.before, row.after) for row in part]
            found += take_back(session, lines)
            done += len(part)
        _note(session, record, rows[:done], found, actor)
    return done


def _move(session: Session, record: Import, cursor: int, counts: Mapping[str, int]) -> None:
    """Counters and cursor. Raises Overtaken when another worker has moved them."""
    moved = session.execute(
        update(Import)
        .where(
            Import.id == record.id,
            Import.state == "undoing",
            Import.undo_cursor.is_not_distinct_from(record.undo_cursor),
        )
        .values(undo_cursor=cursor, **{name: getattr(Import, name) + count for name, count in counts.items()})
        .returning(Import.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if moved is None:
        raise Overtaken()


def _note(
    session: Session, record: Import, rows: Sequence[Any], found: Sequence[Undone], actor: Actor
) -> None:
    """Groups, counts and cursor beside the records themselves; one audit row for the batch."""
    counts = dict.fromkeys(_COUNTERS.values(), 0)
    for each in found:
        counts[_COUNTERS[each.group]] += 1
    _move(session, record, rows[-1].row_no, counts)
    by_row = {each.row_no: each for each in found}
    write_rows(
        session.connection(),
        _GROUPS,
        [
            {
                "b_id": row.id,
                "group": by_row[row.row_no].group,
                "why": str(by_row[row.row_no].reason)[:300],
            }
            for row in rows
        ],
    )
    audit.record(
        "imports.undo_batch",
        KIND,
        record.id,
        actor=actor,
        label=f"{record.file_name} {rows[-1].row_no}–{rows[0].row_no}",
        changes={name: (0, count) for name, count in counts.items() if count},
    )
