"""The verbs of an import: open, map, mend, leave out, decide, confirm, stop. None commits."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.db import load
from core.errors import Conflict, Fault, Invalid, Missing, NotFound, NotPermitted, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.imports import access, differing, mappings
from core.imports.checking import judged, mapped_of, repeated_in
from core.imports.columns import Place, RowReader
from core.imports.handlers import ImportHandler, handler_for
from core.imports.intake import Draft
from core.imports.models import Import, ImportMapping, ImportRow
from core.jobs import service as jobs
from core.jobs.models import Job
from core.permissions import Actor, require

KIND: Final = "data_import"
EXISTING: Final[Mapping[str, Any]] = {
    "overwrite": _l("用文件里的值（空格不动库里的）"),
    "fill": _l("只补库里空着的"),
    "skip": _l("不动库里已有的"),
}
CELL_LIMIT: Final = 4000


def open_import(session: Session, kind: str, draft: Draft, *, actor: Actor) -> Import:
    """Keep a draft as an import, its columns mapped as last time or by their words."""
    handler = handler_for(kind)
    require(actor, handler.permission)
    kept = session.get(ImportMapping, (actor.account_id, kind, draft.header.signature))
    mapping = kept.mapping if kept else mappings.stored(draft.header.mapped)
    record = Import(
        kind=kind,
        file_name=draft.name,
        stored_as=draft.stored_as,
        file_kind=draft.kind,
        size=draft.size,
        sha256=draft.sha256,
        encoding=draft.head.encoding,
        sheet=draft.head.sheet,
        header_row=draft.header.last_row,
        header={str(index): text for index, text in draft.header.texts.items()},
        signature=draft.header.signature,
        mapping=mapping,
        remembered=kept is not None,
        options={
            "height": draft.head.height,
            "hidden_rows": draft.head.hidden_rows,
            "others": list(draft.others),
            "unit_line": draft.header.unit_line,
        },
        account_id=actor.account_id,
        account_name=actor.name,
        unit_id=actor.unit_id,
    )
    session.add(record)
    session.flush()
    audit.record("imports.uploaded", KIND, record.id, actor=actor, label=record.file_name)
    return record


def map_columns(
    session: Session, public_id: str, mapping: Mapping[str, Place], *, version: int | None, actor: Actor
) -> Import:
    """Say which column of the sheet is which; remembered for the next sheet with the same header."""
    record = changeable(session, public_id, version, actor, ("uploaded", "checked", "failed"))
    _ensure_unwritten(record)
    if faults := mappings.misplaced(record, mapping):
        raise Invalid(faults)
    record.mapping, record.remembered, record.state = mappings.stored(mapping), False, "uploaded"
    mappings.remember(session, record, actor)
    audit.record("imports.mapped", KIND, record.id, actor=actor, label=record.file_name)
    return record


def queue_check(session: Session, public_id: str, *, actor: Actor) -> Import:
    """Have the dry run done in the background."""
    record = changeable(session, public_id, None, actor, ("uploaded", "failed"))
    _ensure_unwritten(record)
    record.state = "checking"
    job = jobs.enqueue(
        session,
        "imports.check",
        {"import_id": record.id},
        actor=actor,
        queue="imports",
        title=record.file_name,
    )
    record.job_id = job.id
    return record


def mend(
    session: Session, public_id: str, row_no: int, cells: Mapping[str, str], *, actor: Actor
) -> ImportRow:
    """Put other texts into cells of one row and judge it again, with the rows that repeated it."""
    record, row = staged_row(session, public_id, row_no, actor)
    known = {column.key for column in handler_for(record.kind).columns} & set(record.mapping)
    if not set(cells) <= known:
        raise NotFound()
    if any(len(text) > CELL_LIMIT for text in cells.values()):
        raise Invalid(Fault(None, "too_long", _l("一格最多 %(limit)s 个字。", limit=CELL_LIMIT)))
    mended = {key: text for key, text in {**row.cells, **_cleaned(cells)}.items() if text is not None}
    before = {key: row.cells.get(key) for key in cells}
    row.cells = mended
    row.action = "create"
    judge_again(session, record, {row.match_key}, [row], actor)
    changes = {key: (old, mended.get(key)) for key, old in before.items()}
    audit.record(
        "imports.mended", KIND, record.id, actor=actor, label=f"{record.file_name} {row_no}", changes=changes
    )
    return row


def _cleaned(cells: Mapping[str, str]) -> dict[str, str | None]:
    return {key: text.strip() or None for key, text in cells.items()}


def leave_out(
    session: Session, public_id: str, row_no: int, *, back: bool = False, actor: Actor
) -> ImportRow:
    """Do not import one row, or (`back`) do so after all. Rows that repeated it are judged again."""
    record, row = staged_row(session, public_id, row_no, actor)
    key = row.match_key
    if back:
        row.action = "create"
        judge_again(session, record, {key}, [row], actor)
        return row
    left_out(row)
    judge_again(session, record, {key}, [], actor)
    return row


def left_out(row: ImportRow) -> None:
    """The row says nothing any more."""
    row.action, row.faults, row.families, row.changed = "skip", None, "", ""


def judge_again(
    session: Session, record: Import, keys: set[str], rows: Sequence[ImportRow], actor: Actor
) -> None:
    """Judge rows and all that were repetitions of the same record, then mark what still repeats."""
    handler: ImportHandler = handler_for(record.kind)
    session.flush()
    again = {row.id: row for row in rows}
    wanted = keys - {""}
    if wanted:
        repeated = select(ImportRow).where(
            ImportRow.import_id == record.id,
            ImportRow.match_key.in_(wanted),
            ImportRow.families == ",match,",
        )
        again |= {row.id: row for row in session.scalars(repeated)}
    reader = RowReader(handler.columns, mapped_of(record))
    found = judged(
        session, handler, reader, [(row.row_no, row.cells) for row in again.values()], record.id, actor=actor
    )
    for row, values in zip(again.values(), found, strict=True):
        _take(row, values)
    session.flush()
    wanted |= {row.match_key for row in again.values()} - {""}
    if wanted and repeated_in(session, record.id, sorted(wanted)):
        for row in again.values():
            session.refresh(row)


def _take(row: ImportRow, values: Mapping[str, Any]) -> None:
    """What was found of a row now; of what still differs, a person's choices hold."""
    kept = dict.fromkeys((row.note or {}).get(differing.KEPT) or (), True)
    for name in ("parsed", "match_key", "action", "faults", "families", "note", "changed", "record_id"):
        setattr(row, name, values[name])
    if kept and row.action == "update":
        row.parsed, row.note = differing.chosen(row.parsed, row.note, kept)
        row.changed = differing.marks(row.note)


def confirm(
    session: Session,
    public_id: str,
    *,
    existing: str,
    only_correct: bool,
    version: int | None = None,
    queue: bool = True,
    actor: Actor,
) -> Import:
    """Start the run. Refused while rows have faults, unless only the correct ones are wanted."""
    record = changeable(session, public_id, version, actor, ("checked",))
    good = _ready(session, record, existing, only_correct)
    record.options = {**record.options, "existing": existing, "only_correct": only_correct}
    record.state, record.confirmed_at = "confirmed", clock.now()
    mappings.remember(session, record, actor)
    audit.record(
        "imports.confirmed",
        KIND,
        record.id,
        actor=actor,
        label=record.file_name,
        changes={"existing": (None, existing), "rows": (0, good)},
    )
    if queue:
        _queue_run(session, record, actor)
    return record


def resume(session: Session, public_id: str, *, actor: Actor) -> Import:
    """Have a run that failed go on from where it stopped."""
    record = changeable(session, public_id, None, actor, ("failed",))
    if record.confirmed_at is None:
        raise Conflict(_l("这次导入还没有开始写入，请重新预检。"))
    record.state, record.error, record.finished_at = "running", "", None
    audit.record("imports.resumed", KIND, record.id, actor=actor, label=record.file_name)
    _queue_run(session, record, actor)
    return record


def _queue_run(session: Session, record: Import, actor: Actor) -> None:
    """One job for one start: asked twice, the same one."""
    job = jobs.enqueue(
        session, "imports.run", {"import_id": record.id}, actor=actor, queue="imports", title=record.file_name,
        key=f"import:{record.id}:{record.version}",
    )  # fmt: skip
    record.job_id = job.id


def _ensure_unwritten(record: Import) -> None:
    """What a run has written stands beside the rows: they must not be read anew."""
    if record.confirmed_at is not None:
        raise Conflict(_l("这次导入已经开始写入，不能重新预检。请接着导入，或撤销后重新上传。"))


def _ready(session: Session, record: Import, existing: str, only_correct: bool) -> int:
    """How many rows can go in. Raises Invalid or Refused when it cannot start like this."""
    if existing not in EXISTING:
        raise Invalid(Fault("existing", "choice", _l("请从列出的几项里选。")))
    counts = counts_by_action(session, record.id)
    good = sum(counts.get(action, 0) for action in ("create", "update", "same", "ask"))
    if counts.get("fault") and not only_correct:
        message = _("还有 %(count)s 行有错。请改好，或选择只导入正确的行。", count=counts["fault"])
        raise Refused([Missing("only_correct", "faults", message, waivable=True)])
    if not good:
        raise Refused([Missing(None, "nothing", _l("没有可以导入的行。"))])
    return good


def stop(session: Session, public_id: str, *, actor: Actor) -> Import:
    """Ask a run to stop between two batches; what is done stays done."""
    record = changeable(session, public_id, None, actor, ("confirmed", "running"))
    job = session.get(Job, record.job_id) if record.job_id is not None else None
    if job is not None:
        jobs.ask_cancel(session, job)
    audit.record("imports.stop_asked", KIND, record.id, actor=actor, label=record.file_name)
    return record


def counts_by_action(session: Session, import_id: int) -> dict[str, int]:
    statement = (
        select(ImportRow.action, func.count())
        .where(ImportRow.import_id == import_id)
        .group_by(ImportRow.action)
    )
    return dict(session.execute(statement).all())


def changeable(
    session: Session, public_id: str, version: int | None, actor: Actor, states: tuple[str, ...]
) -> Import:
    """An import in one of these states that the actor may go on with. Raises NotPermitted, Conflict."""
    record = load(session, Import, public_id, version, where=access.visible_to(actor))
    if not access.can_change(actor, record):
        raise NotPermitted(_l("只有上传的人能继续办这次导入。"))
    if record.state not in states:
        raise Conflict(_l("这次导入已经走到下一步，请刷新页面查看。"))
    return record


def staged_row(session: Session, public_id: str, row_no: int, actor: Actor) -> tuple[Import, ImportRow]:
    record = changeable(session, public_id, None, actor, ("checked",))
    statement = select(ImportRow).where(ImportRow.import_id == record.id, ImportRow.row_no == row_no)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound()
    return record, row
