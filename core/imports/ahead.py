"""Staged rows read and made ready for a run before it takes the lock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from core.db import db
from core.i18n import _
from core.imports.columns import restorer
from core.imports.handlers import ImportHandler, Line, Outcome
from core.imports.models import ImportRow

PART: Final = 500
"""So many rows go into the register before it is asked whether somebody else waits to write."""


@dataclass(frozen=True)
class Part:
    """Some rows, made ready as far as that needs no lock."""

    rows: Sequence[Any]
    settled: list[Outcome]
    lines: list[Line]
    prepared: Any


class Ahead:
    """Rows read and made ready before the lock is taken; those there was no time for stay ready."""

    def __init__(self, import_id: int, handler: ImportHandler) -> None:
        self._import_id, self._handler = import_id, handler
        self._restored = restorer(handler.columns)
        self._parts: list[Part] = []

    def parts(self, cursor: int, size: int) -> list[Part]:
        """About `size` rows behind the cursor; none at the end."""
        self._parts = [part for part in self._parts if part.rows[0].row_no > cursor]
        wanted = size - sum(len(part.rows) for part in self._parts)
        if wanted > 0:
            last = self._parts[-1].rows[-1].row_no if self._parts else cursor
            rows = _next_rows(self._import_id, last, wanted)
            some = [rows[start : start + PART] for start in range(0, len(rows), PART)]
            self._parts += [_part(self._handler, self._restored, each) for each in some]
        return self._parts

    def forget(self) -> None:
        self._parts = []


def _part(handler: ImportHandler, restored: Callable[[Any], dict[str, Any]], rows: Sequence[Any]) -> Part:
    settled = [outcome for row in rows if (outcome := _settled(row)) is not None]
    decided = {outcome.row_no for outcome in settled}
    lines = [
        Line(row.row_no, restored(row.parsed or {}), decision=row.decision, action=row.action)
        for row in rows
        if row.row_no not in decided
    ]
    return Part(rows, settled, lines, handler.prepare(lines))


def _settled(row: Any) -> Outcome | None:
    """Rows whose end is known without the register: faults, those left out, those nobody decided on."""
    if row.action == "fault":
        reason = "；".join(message for _key, _family, _code, message in row.faults or [])
        return Outcome(row.row_no, "rejected", reason=reason)
    if row.action == "skip":
        return Outcome(row.row_no, "skipped", reason=_("选了不导入"))
    if row.action == "ask" and not row.decision:
        return Outcome(row.row_no, "skipped", reason=_("疑似重复，没有选用哪个，保留库里的"))
    return None


def _next_rows(import_id: int, cursor: int, size: int) -> Sequence[Any]:
    session = db.session()
    statement = (
        select(
            ImportRow.id, ImportRow.row_no, ImportRow.action, ImportRow.parsed, ImportRow.decision,
            ImportRow.faults,
        )
        .where(ImportRow.import_id == import_id, ImportRow.row_no > cursor)
        .order_by(ImportRow.row_no)
        .limit(size)
    )  # fmt: skip
    rows = session.execute(statement).all()
    session.rollback()
    return rows
