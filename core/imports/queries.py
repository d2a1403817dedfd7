"""Reads of imports and their rows, for the pages, the command and the report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.imports import access
from core.imports.checking import mapped_of
from core.imports.columns import CLEANED, NOWHERE, letter
from core.imports.handlers import handler_for
from core.imports.models import Import, ImportRow
from core.imports.service import counts_by_action
from core.jobs.models import Job
from core.permissions import Actor

ACTIONS: Final = ("create", "update", "same", "ask", "fault", "skip")
_READ: Final = 1000


@dataclass(frozen=True)
class Counts:
    """What the dry run found, in rows; `cells` counts faulty cells by family, `cleaned` rows without their stray
    control characters."""

    total: int
    create: int
    update: int
    same: int
    ask: int
    fault: int
    skip: int
    cells: Mapping[str, int]
    cleaned: int = 0

    @property
    def good(self) -> int:
        """Rows that can be imported as they stand."""
        return self.create + self.update + self.same


@dataclass(frozen=True)
class FoundFault:
    """A fault with its place in the sheet; `column` is the letter, empty for the whole row."""

    row: int
    column: str
    code: str
    message: str


def get(session: Session, public_id: str, *, actor: Actor) -> Import:
    """One import. Raises NotFound, also for what is hidden."""
    statement = select(Import).where(Import.public_id == public_id, access.visible_to(actor))
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def others(session: Session, record: Import) -> list[tuple[str, str]]:
    """(sheet, public id of its import or "") of the sheets of the same file that look like this one."""
    names = record.options.get("others", ())
    if not names:
        return []
    begun = select(Import.sheet, Import.public_id).where(
        Import.sha256 == record.sha256, Import.kind == record.kind, Import.account_id == record.account_id
    )
    known: dict[str, str] = dict(session.execute(begun.order_by(Import.id)).all())
    return [(name, known.get(name, "")) for name in names]


def job_of(session: Session, record: Import) -> Job | None:
    return session.get(Job, record.job_id) if record.job_id is not None else None


def counts(session: Session, record: Import) -> Counts:
    by_action = counts_by_action(session, record.id)
    families = session.execute(
        select(ImportRow.families, func.count())
        .where(ImportRow.import_id == record.id, ImportRow.families != "")
        .group_by(ImportRow.families)
    )
    cells: dict[str, int] = {}
    for joined, count in families:
        for family in joined.strip(",").split(","):
            cells[family] = cells.get(family, 0) + count
    amounts = {action: by_action.get(action, 0) for action in ACTIONS}
    cleaned = cells.pop(CLEANED, 0)
    return Counts(total=sum(by_action.values()), cells=cells, cleaned=cleaned, **amounts)


def row(session: Session, record: Import, row_no: int) -> ImportRow:
    statement = select(ImportRow).where(ImportRow.import_id == record.id, ImportRow.row_no == row_no)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def every_row(session: Session, record: Import, *, faulty: bool = False) -> Iterator[ImportRow]:
    """All rows in order, or only those with faults, a thousand at a time."""
    last = 0
    while True:
        statement = select(ImportRow).where(ImportRow.import_id == record.id, ImportRow.row_no > last)
        if faulty:
            statement = statement.where(ImportRow.action == "fault")
        found = session.scalars(statement.order_by(ImportRow.row_no).limit(_READ)).all()
        yield from found
        if len(found) < _READ:
            return
        last = found[-1].row_no
        session.expunge_all()


def letters(record: Import) -> dict[str, str]:
    """Column key → the letter it has in the sheet."""
    return {key: letter(place.index) for key, place in mapped_of(record).items() if place.index != NOWHERE}


def shown_columns(record: Import) -> list[tuple[str, str, Any, str]]:
    """(key, letter, label, unit) of the mapped columns in the order of the sheet; no letter for a column
    that is said once for all rows."""
    labels = {column.key: column for column in handler_for(record.kind).columns}
    places = sorted(mapped_of(record).items(), key=lambda item: item[1].index)
    letters_of = letters(record)
    return [
        (key, letters_of.get(key, ""), labels[key].label, place.unit or labels[key].unit)
        for key, place in places
        if key in labels
    ]


def conversions(record: Import) -> list[tuple[Any, str, str, str]]:
    """(label, unit of the file's numbers, unit of the register, so many of the latter) of measured columns."""
    mapped = mapped_of(record)
    return [
        (column.label, unit, column.unit, f"{column.units[unit] / column.units[column.unit]:,.10g}")
        for column in handler_for(record.kind).columns
        if column.unit and column.key in mapped
        for unit in (mapped[column.key].unit or column.unit,)
    ]


def faults(session: Session, record: Import) -> Iterator[FoundFault]:
    """Every fault of the dry run."""
    where = letters(record)
    for each in every_row(session, record, faulty=True):
        for key, _family, code, message in each.faults or []:
            yield FoundFault(each.row_no, where.get(key, ""), code, message)
