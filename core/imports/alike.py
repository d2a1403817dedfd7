"""Faults of one kind mended together: one wrong word for one right word, or one cure for all of them."""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy import Select, Text, select, type_coerce
from sqlalchemy.orm import Session

from core import audit
from core.db import unit_of_work
from core.errors import Conflict, Fault, Invalid
from core.fields.texts import folded
from core.i18n import lazy as _l
from core.imports import service
from core.imports.checking import Progress
from core.imports.handlers import ImportHandler, handler_for
from core.imports.models import Import, ImportRow
from core.jobs import service as jobs
from core.permissions import Actor

READ_ROWS: Final = 5000
"""So many faulty rows are looked at for the page; what lies behind comes forward as they are mended."""

SHOWN_VALUES: Final = 20
_BATCH: Final = 500
_LIKENESS: Final = 0.5
_ABOUT: Final = re.compile("大约|约|左右")
_MONTH: Final = re.compile(r"(\d{4})\D*(\d{1,2})\D*")
_AMBIGUOUS: Final = re.compile(r"\d{4}\.1")
LEAVE_OUT: Final = "out"
BLANK: Final = "blank"


def _first_of_month(written: str) -> str:
    """A cell with the number 2023.1 may have been typed as 2023.10: it is left for a person."""
    bare = folded(written)
    found = None if _AMBIGUOUS.fullmatch(bare) else _MONTH.fullmatch(bare)
    return f"{found[1]}-{int(found[2]):02d}-01" if found else written


def _without_about(written: str) -> str:
    return _ABOUT.sub("", written).strip()


CURES: Final[Mapping[str, tuple[Any, Callable[[str], str]]]] = {
    "no_day": (_l("都按当月 1 日"), _first_of_month),
    "not_a_number": (_l("都去掉“约”“左右”"), _without_about),
}
"""By a fault's code: what makes all such cells sound, as far as it can."""


@dataclass
class Alike:
    """The faults of one column and code: how many rows, an example, the values from the most frequent on."""

    key: str
    code: str
    message: str
    rows: int = 0
    values: Counter[str] = field(default_factory=Counter)
    words: Sequence[str] = ()
    """Those that the column takes, where they are few."""
    guesses: Mapping[str, str] = field(default_factory=dict)
    """Wrong value → the word that the column takes and that looks most like it."""

    @property
    def shown(self) -> list[tuple[str, int]]:
        return self.values.most_common(SHOWN_VALUES)


@dataclass(frozen=True)
class Repair:
    """What becomes of the faults of one column and code: `words` wrong → right, or one `cure` for all: a code of
    `CURES`, `BLANK` or `LEAVE_OUT`."""

    key: str
    code: str
    words: Mapping[str, str] = field(default_factory=dict)
    cure: str = ""

    def becomes(self, text: str) -> str | None:
        """The new text of a cell; None where the repair does not speak of it."""
        if self.cure == BLANK:
            return ""
        if self.cure in CURES:
            new = CURES[self.cure][1](text)
            return new if new != text else None
        return self.words.get(text)


def kinds(session: Session, record: Import) -> list[Alike]:
    """The faults of the first rows that have any, those of most rows first."""
    rows = session.execute(
        select(ImportRow.cells, ImportRow.faults)
        .where(ImportRow.import_id == record.id, ImportRow.action == "fault")
        .order_by(ImportRow.row_no)
        .limit(READ_ROWS)
    )
    found: dict[tuple[str, str], Alike] = {}
    for cells, faults in rows:
        for key, _family, code, message in faults or ():
            kind = found.setdefault((key, code), Alike(key, code, message))
            kind.rows += 1
            if key:
                kind.values[_text(cells, key)] += 1
    handler = handler_for(record.kind)
    for kind in found.values():
        kind.words = handler.words_of(session, kind.key) if kind.key else ()
        kind.guesses = _guesses((text for text, _count in kind.shown), kind.words)
    return sorted(found.values(), key=lambda kind: -kind.rows)


def _guesses(texts: Iterable[str], words: Sequence[str]) -> dict[str, str]:
    near = {text: difflib.get_close_matches(text, words, 1, _LIKENESS) for text in texts if text}
    return {text: found[0] for text, found in near.items() if found}


def _text(cells: Mapping[str, Any], key: str) -> str:
    value = cells.get(key)
    return "" if value is None else str(value).strip()


def checked(handler: ImportHandler, repair: Repair) -> Repair:
    """The repair itself. Raises Invalid for one that nothing offers, or that would mend nothing."""
    column = next((column for column in handler.columns if column.key == repair.key), None)
    cures = {repair.code} & CURES.keys() | {LEAVE_OUT}
    if column is not None and not column.required:
        cures.add(BLANK)
    sound = repair.cure in cures if repair.cure else column is not None
    if not sound or any(len(text) > service.CELL_LIMIT for text in repair.words.values()):
        raise Invalid(Fault("cure", "choice", _l("请从列出的几项里选。")))
    if not repair.cure and not repair.words:
        raise Invalid(Fault("cure", "required", _l("请在“改为”里填上正确的写法。")))
    return repair


def mend(import_id: int, repair: Repair, *, actor: Actor, progress: Progress | None = None) -> int:
    """Mend every fault that the repair speaks of, in units of work of its own; how many rows are sound now.

    Broken off, it has mended the first rows; asked again, it goes on. Raises Conflict once the import runs.
    """
    last = seen = sound = 0
    while True:
        with unit_of_work() as session:
            record = session.get_one(Import, import_id)
            if record.state not in ("checking", "checked"):
                raise Conflict(_l("这次导入已经走到下一步，请刷新页面查看。"))
            rows = session.scalars(_batch(record, repair, last)).all()
            sound += _mend(session, record, rows, repair, actor)
            last = rows[-1].row_no if rows else last
        seen += len(rows)
        if len(rows) < _BATCH:
            return sound
        if progress is not None:
            progress(seen, record.total)


def _batch(record: Import, repair: Repair, last: int) -> Select[ImportRow]:
    """Faulty rows whose faults name the code of the repair, behind one row."""
    return (
        select(ImportRow)
        .where(
            ImportRow.import_id == record.id,
            ImportRow.action == "fault",
            ImportRow.row_no > last,
            type_coerce(ImportRow.faults, Text).contains(f'"{repair.code}"', autoescape=True),
        )
        .order_by(ImportRow.row_no)
        .limit(_BATCH)
    )


def _mend(session: Session, record: Import, rows: Sequence[ImportRow], repair: Repair, actor: Actor) -> int:
    meant = [
        row
        for row in rows
        if any((key, code) == (repair.key, repair.code) for key, _f, code, _m in row.faults or ())
    ]
    keys = {row.match_key for row in meant}
    if repair.cure == LEAVE_OUT:
        for row in meant:
            service.left_out(row)
        changed, again = meant, []
    else:
        changed = again = [row for row in meant if _put(row, repair)]
    if changed:
        service.judge_again(session, record, keys, again, actor)
        told = {"column": (None, repair.key), "rows": (None, len(changed))}
        audit.record(
            "imports.mended_alike", service.KIND, record.id, actor=actor, label=record.file_name, changes=told
        )
    return sum(row.action != "fault" for row in changed)


def _put(row: ImportRow, repair: Repair) -> bool:
    """Whether the row's cell got another text."""
    new = repair.becomes(_text(row.cells, repair.key))
    if new is None:
        return False
    rest = {key: value for key, value in row.cells.items() if key != repair.key}
    row.cells = {**rest, **({repair.key: new.strip()} if new.strip() else {})}
    row.action = "create"
    return True


def queue(session: Session, public_id: str, repair: Repair, *, actor: Actor) -> Import:
    """Have very many rows mended in the background; until then the import is being checked."""
    record = service.changeable(session, public_id, None, actor, ("checked",))
    record.state = "checking"
    payload = {"import_id": record.id, "repair": asdict(repair)}
    job = jobs.enqueue(
        session, "imports.mend", payload, actor=actor, queue="imports", title=record.file_name
    )  # fmt: skip
    record.job_id = job.id
    return record


def mend_queued(import_id: int, repair: Repair, *, actor: Actor, progress: Progress | None = None) -> None:
    """What `queue` asked for, and what is left of it after a crash."""
    mend(import_id, repair, actor=actor, progress=progress)
    with unit_of_work() as session:
        session.get_one(Import, import_id).state = "checked"
