"""What a person chooses: which record a row belongs to, and whose value is taken, by cell or for a whole column."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from core import audit
from core.bulk import write_rows
from core.db import unit_of_work
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.imports import differing, service
from core.imports.differing import Cells
from core.imports.handlers import handler_for
from core.imports.models import ROWS, Import, ImportRow
from core.permissions import Actor

_BATCH: Final = 2000
_CHOSEN: Final = (
    update(ROWS)
    .where(ROWS.c.id == bindparam("b_id"))
    .values({name: bindparam(name) for name in ("parsed", "note", "changed")})
)

Choices = Mapping[str, bool]
"""Column → whether the register's value is kept."""


def decide(session: Session, public_id: str, row_no: int, decision: str, *, actor: Actor) -> ImportRow:
    """Choose for a row that may be a known record: its id, "new" for another one, or "" to leave it out."""
    record, row = service.staged_row(session, public_id, row_no, actor)
    suspects = {str(number) for number, _label in (row.note or {}).get("suspects", ())}
    fresh = {"new"} if handler_for(record.kind).may_be_new else set()
    if row.action != "ask" or decision not in suspects | {""} | fresh:
        raise Invalid(Fault("decision", "choice", _l("请从列出的几项里选。")))
    row.decision = decision
    return row


def decide_all(session: Session, public_id: str, choice: str, *, actor: Actor) -> int:
    """Choose for all rows that ask: "only" takes the one suspect where there is just one, "new" and "" as above.

    Returns how many rows got a choice. Raises Invalid.
    """
    record = service.changeable(session, public_id, None, actor, ("checked",))
    if choice not in ("only", "new", "") or (choice == "new" and not handler_for(record.kind).may_be_new):
        raise Invalid(Fault("decision", "choice", _l("请从列出的几项里选。")))
    asking = select(ImportRow.id, ImportRow.note).where(
        ImportRow.import_id == record.id, ImportRow.action == "ask"
    )
    chosen = []
    for row_id, note in session.execute(asking):
        suspects = (note or {}).get("suspects", ())
        if choice != "only":
            chosen.append({"id": row_id, "decision": choice})
        elif len(suspects) == 1:
            chosen.append({"id": row_id, "decision": str(suspects[0][0])})
    if chosen:
        session.execute(update(ImportRow), chosen)
    audit.record(
        "imports.decided_all", service.KIND, record.id, actor=actor, label=record.file_name,
        changes={"decision": (None, choice), "rows": (None, len(chosen))},
    )  # fmt: skip
    return len(chosen)


def by_column(session: Session, record: Import) -> dict[str, Cells]:
    """How many cells of each column an import would change, and how many are kept as they are."""
    counted = (
        select(ImportRow.changed, func.count())
        .where(ImportRow.import_id == record.id, ImportRow.changed != "")
        .group_by(ImportRow.changed)
    )
    return differing.by_column((marked, count) for marked, count in session.execute(counted))


def choose(session: Session, public_id: str, choices: Mapping[int, Choices], *, actor: Actor) -> int:
    """Keep the register's value of single cells, by row, or take the file's; how many rows it changed."""
    record = service.changeable(session, public_id, None, actor, ("checked",))
    _known(record, {key for each in choices.values() for key in each})
    rows = session.execute(
        _rows(record).where(ImportRow.row_no.in_(choices)).order_by(ImportRow.row_no)
    ).all()
    return _write(session, record, [(row, choices[row.row_no]) for row in rows], actor)


def choose_all(public_id: str, key: str, keep: bool, *, actor: Actor) -> int:
    """The same for every row of one column, batch by batch in units of work of its own; how many rows.

    Broken off, it has chosen for the first rows; asked again, it goes on.
    """
    last = changed = 0
    while True:
        with unit_of_work() as session:
            record = service.changeable(session, public_id, None, actor, ("checked",))
            _known(record, {key})
            rows = session.execute(
                _rows(record)
                .where(
                    ImportRow.row_no > last,
                    or_(
                        *[
                            ImportRow.changed.contains(form, autoescape=True)
                            for form in differing.forms_of(key)
                        ]
                    ),
                )
                .order_by(ImportRow.row_no)
                .limit(_BATCH)
            ).all()
            changed += _write(session, record, [(row, {key: keep}) for row in rows], actor)
        if len(rows) < _BATCH:
            return changed
        last = rows[-1].row_no


def _rows(record: Import) -> Any:
    return select(ImportRow.id, ImportRow.row_no, ImportRow.parsed, ImportRow.note, ImportRow.changed).where(
        ImportRow.import_id == record.id, ImportRow.action == "update"
    )


def _known(record: Import, keys: set[str]) -> None:
    if not keys <= differing.choosable(handler_for(record.kind)):
        raise Invalid(Fault("choice", "choice", _l("请从列出的几项里选。")))


def _write(session: Session, record: Import, rows: list[tuple[Any, Choices]], actor: Actor) -> int:
    written = []
    for row, choices in rows:
        parsed, note = differing.chosen(row.parsed, row.note, choices)
        if (marked := differing.marks(note)) != row.changed:
            written.append({"b_id": row.id, "parsed": parsed, "note": note, "changed": marked})
    if written:
        write_rows(session.connection(), _CHOSEN, written)
        keys = sorted({key for _row, choices in rows for key in choices})
        audit.record(
            "imports.chosen", service.KIND, record.id, actor=actor, label=record.file_name,
            changes={"columns": (None, keys), "rows": (None, len(written))},
        )  # fmt: skip
    return len(written)
