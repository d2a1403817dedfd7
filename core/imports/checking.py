"""The dry run: every row read, judged and kept aside. The register itself is only looked at."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.bulk import insert_rows
from core.db import db, unit_of_work
from core.errors import Invalid
from core.i18n import _
from core.imports import differing, headers, intake, sheets
from core.imports.columns import CLEANED, NOWHERE, CellFault, Mapped, Place, Reading, RowReader
from core.imports.handlers import ImportHandler, Line, Verdict, handler_for
from core.imports.models import ROWS, Import, ImportRow
from core.imports.sheets import Cell
from core.imports.standing import present
from core.permissions import Actor
from core.writing import in_bulk

BATCH: Final = 500
_STAGED: Final = 4000
_DELETE_BATCH: Final = 5000
_UNDECIDED: Final = {"decision": "", "reason": "", "undo_reason": ""}

Progress = Callable[[int, int], None]


def mapped_of(record: Import) -> dict[str, Place]:
    return {key: Place(int(index), *said) for key, (index, *said) in record.mapping.items()}


@in_bulk()
def check_file(import_id: int, *, actor: Actor, progress: Progress | None = None) -> None:
    """Read the whole file into staged rows and judge them. Opens its own units of work.

    Starts anew when a former run broke off. A file that turns out to be unreadable ends the import as
    failed with the reason; the exception is raised again.
    """
    record = _begin(import_id)
    handler = handler_for(record.kind)
    try:
        total, left_out = _stage(record, handler, actor, progress)
        mark_repeated(import_id)
    except Invalid as error:
        with unit_of_work() as session:
            kept = session.get_one(Import, import_id)
            kept.state, kept.error = "failed", " ".join(str(fault.message) for fault in error.faults)
            kept.finished_at = clock.now()
        raise
    with unit_of_work() as session:
        kept = session.get_one(Import, import_id)
        kept.state, kept.total, kept.left_out, kept.error = "checked", total, left_out, ""


def _begin(import_id: int) -> Import:
    with unit_of_work() as session:
        record = session.get_one(Import, import_id)
        record.state = "checking"
    more = True
    while more:
        with unit_of_work() as session:
            some = select(ImportRow.id).where(ImportRow.import_id == import_id).limit(_DELETE_BATCH)
            gone = session.execute(delete(ImportRow).where(ImportRow.id.in_(some)).returning(ImportRow.id))
            more = len(gone.all()) == _DELETE_BATCH
    return present(import_id)


def _stage(
    record: Import, handler: ImportHandler, actor: Actor, progress: Progress | None
) -> tuple[int, int]:
    mapped = mapped_of(record)
    reader = RowReader(handler.columns, mapped)
    total = left_out = 0
    height = int(record.options.get("height", 0))
    staged: list[dict[str, Any]] = []
    for cells, skipped in _data_rows(record, mapped):
        left_out += skipped
        found = judged(db.session(), handler, reader, cells, record.id, actor=actor)
        db.session.rollback()
        total += len(found)
        staged += ({**_UNDECIDED, **row} for row in found)
        if len(staged) >= _STAGED:
            _keep(staged)
            staged = []
        if progress is not None:
            progress(min(total, height), height)
    _keep(staged)
    return total, left_out


def _keep(staged: Sequence[Mapping[str, Any]]) -> None:
    if staged:
        with unit_of_work() as session:
            insert_rows(session.connection(), ROWS, staged)


def _data_rows(record: Import, mapped: Mapped) -> Iterator[tuple[list[tuple[int, dict[str, Cell]]], int]]:
    """Batches of (row number, cells by column) below the header, and how many foot rows were left out.

    Columns before the first known one are read as well: 合计 often stands in the one with the numbers.
    """
    found = {key: place.index for key, place in mapped.items() if place.index != NOWHERE}
    standing = dict(sorted(found.items(), key=lambda item: item[1]))
    said = {key: place.value for key, place in mapped.items() if place.index == NOWHERE}
    lead = list(range(min(standing.values(), default=0)))
    places = [*lead, *standing.values()]
    words = {key: record.header.get(str(index), "").rpartition(" / ")[2] for key, index in standing.items()}
    for rows in sheets.stream(intake.folder() / record.stored_as, record.file_kind, record.sheet, places):
        batch: list[tuple[int, dict[str, Cell]]] = []
        skipped = 0
        for number, cells in rows:
            if number <= record.header_row:
                continue
            own = dict(zip(standing, cells[len(lead) :], strict=True))
            if headers.is_foot(cells) or headers.is_header_again(own, words):
                skipped += 1
                continue
            if all(cell is None for cell in own.values()):
                continue
            batch.append((number, {**own, **said}))
        yield batch, skipped


def judged(
    session: Session,
    handler: ImportHandler,
    reader: RowReader,
    rows: Sequence[tuple[int, Mapping[str, Cell]]],
    import_id: int,
    *,
    actor: Actor,
) -> list[dict[str, Any]]:
    """Rows read and judged, as column values of `import_row`."""
    parsed = {number: reader.read(cells) for number, cells in rows}
    lines = [Line(number, each.values) for number, each in parsed.items()]
    verdicts = {verdict.row_no: verdict for verdict in handler.check(session, lines, actor=actor)}
    return [
        _row(import_id, handler, number, cells, parsed[number], verdicts[number]) for number, cells in rows
    ]


def _row(
    import_id: int,
    handler: ImportHandler,
    number: int,
    cells: Mapping[str, Cell],
    read: Reading,
    verdict: Verdict,
) -> dict[str, Any]:
    values, faults = read.values, [*read.faults, *verdict.faults]
    note: dict[str, Any] = {}
    if verdict.diff or verdict.suspects:
        note = {"diff": verdict.diff, "suspects": verdict.suspects}
    if read.cleaned:
        note[CLEANED] = read.cleaned
    action = "fault" if faults else verdict.action
    return {
        "import_id": import_id,
        "row_no": number,
        "cells": {key: cell for key, cell in cells.items() if cell is not None},
        "parsed": values,
        "match_key": "" if any(fault.family == "code" for fault in faults) else handler.key_of(values)[:220],
        "action": action,
        "faults": kept_faults(faults),
        "families": _families(faults, read.cleaned),
        "note": note or None,
        "changed": differing.marks(note) if action == "update" else "",
        "record_id": verdict.record_id,
    }


def kept_faults(faults: Sequence[CellFault]) -> list[list[str]] | None:
    return [[fault.key, fault.family, fault.code, str(fault.message)] for fault in faults] or None


def _families(faults: Sequence[CellFault], cleaned: Sequence[str] = ()) -> str:
    found = sorted({*(fault.family for fault in faults), *([CLEANED] if cleaned else [])})
    return f",{','.join(found)}," if found else ""


def repeated_fault(first: int) -> CellFault:
    """A later row of the same record; the first one stands."""
    message = _("与第 %(row)s 行重复，只会导入第 %(row)s 行。", row=first)
    return CellFault("", "match", "repeated", message)


def mark_repeated(import_id: int, keys: Sequence[str] | None = None) -> int:
    """Turn later rows with the key of an earlier one into faults; how many. Opens a unit of work."""
    marked = 0
    while True:
        with unit_of_work() as session:
            found = repeated_in(session, import_id, keys)
        if not found:
            return marked
        marked += found


def repeated_in(session: Session, import_id: int, keys: Sequence[str] | None = None) -> int:
    """As `mark_repeated`, at most one batch, inside an open unit of work."""
    sound = (ImportRow.import_id == import_id, ImportRow.action.in_(("create", "update", "same", "ask")))
    several = select(ImportRow.match_key, func.min(ImportRow.row_no)).where(*sound, ImportRow.match_key != "")
    if keys is not None:
        several = several.where(ImportRow.match_key.in_(keys))
    several = several.group_by(ImportRow.match_key).having(func.count() > 1).limit(BATCH)
    firsts: dict[str, int] = dict(session.execute(several).all())
    # Two statements: joined, PostgreSQL compares each row with each key while it knows nothing of a new sheet.
    later = (
        select(ImportRow.id, ImportRow.match_key)
        .where(*sound, ImportRow.match_key.in_(firsts), ImportRow.row_no.not_in(firsts.values()))
        .limit(BATCH)
    )
    changes = []
    for row in session.execute(later) if firsts else ():
        fault = repeated_fault(firsts[row.match_key])
        changes.append({"b_id": row.id, "faults": kept_faults([fault]), "families": _families([fault])})
    if changes:
        session.connection().execute(
            update(ROWS)
            .where(ROWS.c.id == bindparam("b_id"))
            .values(action="fault", faults=bindparam("faults"), families=bindparam("families"), changed=""),
            changes,
        )
    return len(changes)
