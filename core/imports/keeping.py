"""How long the files of imports are kept: as long as an import can be taken back, and no longer.

A sheet holds names and telephone numbers in clear; what of it is needed later stands in the register, sealed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.db import db, unit_of_work
from core.imports import intake, undoing
from core.imports.models import Import, ImportRow
from core.imports.undoing import KIND
from core.jobs import runner
from core.permissions import SYSTEM

JOB: Final = "imports.clear"
_ENDED: Final = ("done", "failed", "cancelled", "undone")
_NEVER_BEGUN: Final = ("uploaded", "checked")
_BATCH: Final = 2000


@runner.handler(JOB)
def clear(job: runner.JobRun) -> None:
    """May run twice: what is gone is gone."""
    job.result({"removed": remove_old(clock.now())})


def remove_old(now: datetime) -> int:
    """Remove the files whose time is over; how many. An import that nobody confirmed ends with its file."""
    session = db.session()
    before = now - timedelta(days=undoing.days(session))
    lying = {path.name: path for path in intake.folder().glob("*.bin")}
    removed = 0
    for name, path in sorted(lying.items()):
        record = session.scalars(select(Import).where(Import.stored_as == name)).one_or_none()
        session.rollback()
        if record is None:
            over = datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
        else:
            over = _is_over(record, before)
            if over and record.state in _NEVER_BEGUN:
                _abandon(record.id)
        if over:
            _forget(path, record)
            removed += 1
    return removed


def _is_over(record: Import, before: datetime) -> bool:
    if record.state in _NEVER_BEGUN:
        return record.created_at < before
    return record.state in _ENDED and record.finished_at is not None and record.finished_at < before


def _abandon(import_id: int) -> None:
    """Nobody confirmed it: its rows, whose cells stand in clear, go with the file."""
    while _remove_rows(import_id):
        pass
    with unit_of_work() as session:
        record = session.get_one(Import, import_id)
        record.state, record.finished_at = "cancelled", clock.now()


def _remove_rows(import_id: int) -> int:
    with unit_of_work() as session:
        some: Sequence[int] = session.scalars(
            select(ImportRow.id).where(ImportRow.import_id == import_id).limit(_BATCH)
        ).all()
        session.execute(delete(ImportRow).where(ImportRow.id.in_(some)))
    return len(some)


def _forget(path: Path, record: Import | None) -> None:
    """The file first: were the process to end between the two, the next run finds nothing to tell of."""
    path.unlink(missing_ok=True)
    if record is not None:
        with unit_of_work() as session:
            _note(session, record)


def _note(session: Session, record: Import) -> None:
    audit.record("imports.file_removed", KIND, record.id, actor=SYSTEM, label=record.file_name)
