"""Staged rows read and made ready for a run before it takes the lock."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from core.aside import Aside
from core.db import db
from core.i18n import _
from core.imports.columns import restorer
from core.imports.handlers import ImportHandler, Line, Outcome
from core.imports.models import ImportRow

PART: Final = 500
"""So many rows go into the register before it is asked whether somebody else waits to write."""

_MANY: Final = 1000
"""From so many rows on a process beside this one is worth its start."""


@dataclass(frozen=True)
class Part:
    """Some rows, made ready as far as that needs no lock; `answer`: what the work aside says of the lines."""

    rows: Sequence[Any]
    settled: list[Outcome]
    lines: list[Line]
    asked: "Future[Any] | None"

    def wait(self) -> None:
        if self.asked is not None:
            self.asked.result()

    @property
    def answer(self) -> Any:
        return None if self.asked is None else self.asked.result()


class Ahead:
    """Rows read and made ready before the lock is taken; those there was no time for stay ready.

    A long import has a process beside it that works on the next rows while these are written.
    """

    def __init__(self, import_id: int, handler: ImportHandler, left: int) -> None:
        """`left`: how many rows are to come. Close it."""
        self._import_id, self._handler = import_id, handler
        self._restored = restorer(handler.columns)
        self._aside = Aside(handler.aside, apart=left >= _MANY) if handler.aside else None
        self._times = 2 if self._aside is not None and left >= _MANY else 1
        self._parts: list[Part] = []

    def parts(self, cursor: int, size: int) -> list[Part]:
        """About `size` rows behind the cursor, their answers at hand; none at the end."""
        self._parts = [part for part in self._parts if part.rows[0].row_no > cursor]
        wanted = self._times * size - sum(len(part.rows) for part in self._parts)
        if wanted > 0:
            last = self._parts[-1].rows[-1].row_no if self._parts else cursor
            rows = _next_rows(self._import_id, last, wanted)
            step = min(PART, size)
            self._parts += [self._part(rows[start : start + step]) for start in range(0, len(rows), step)]
        next_ones = self._parts[: max(1, size // PART)]
        for part in next_ones:
            part.wait()
        return next_ones

    def forget(self) -> None:
        self._parts = []

    def close(self) -> None:
        if self._aside is not None:
            self._aside.close()

    def _part(self, rows: Sequence[Any]) -> Part:
        settled = [outcome for row in rows if (outcome := _settled(row)) is not None]
        decided = {outcome.row_no for outcome in settled}
        lines = [
            Line(row.row_no, self._restored(row.parsed or {}), decision=row.decision, action=row.action)
            for row in rows
            if row.row_no not in decided
        ]
        asked = self._aside.ask(self._handler.question(lines)) if self._aside is not None else None
        return Part(rows, settled, lines, asked)


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
