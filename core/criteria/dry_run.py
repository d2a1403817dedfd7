"""A draft tried on everybody: who would move, in which direction, and over which line. Nothing is kept of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.criteria import store
from core.criteria.evaluation import evaluate
from core.criteria.models import RuleVersion
from core.criteria.outcome import LABELS, Answer, Verdict
from core.criteria.values import Values

BATCH = 500
MOST_KEPT = 5000
RANK = {
    Verdict.MET: 2,
    Verdict.MISSING: 1,
    Verdict.UNCONFIRMED: 1,
    Verdict.NOT_ENTERED: 1,
    Verdict.NOT_MET: 0,
}


@dataclass
class Tally:
    """Counts by (before, after), and those who move, at most `MOST_KEPT` of them."""

    tried: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    up: int = 0
    down: int = 0
    movers: list[dict[str, Any]] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        return {
            "tried": self.tried,
            "counts": self.counts,
            "up": self.up,
            "down": self.down,
            "movers": self.movers,
        }


def run(session: Session, row: RuleVersion, progress: Callable[[int, int], None]) -> Tally:
    """Judge everybody by what stands today and by the draft, with what is known today."""
    trial, today = store.trial(row.book), clock.today()
    standing, drafted = store.library(row.book), store.assembled(row.book, [row])
    confirmed, tally, last = store.confirmed(session), Tally(), 0
    total = row_count(session, row.book)
    while batch := trial.subjects(session, last, BATCH):
        known = trial.values(session, [each[0] for each in batch], today)
        for number, public_id, name in batch:
            values: Values = known.get(number, {})
            before = evaluate(standing, row.standard, values, today, confirmed=confirmed)
            after = evaluate(drafted, row.standard, values, row.effective_from, confirmed=confirmed)
            _count(tally, public_id, name, before, after)
        last = batch[-1][0]
        session.rollback()
        progress(tally.tried, max(total, tally.tried))
    return tally


def row_count(session: Session, book: str) -> int:
    """How many will be tried, for the progress bar; counted by walking the ids."""
    count, last = 0, 0
    while batch := store.trial(book).subjects(session, last, 5000):
        count, last = count + len(batch), batch[-1][0]
    return count


def _count(tally: Tally, public_id: str, name: str, before: Answer, after: Answer) -> None:
    tally.tried += 1
    pair = f"{before.verdict.value}>{after.verdict.value}"
    tally.counts[pair] = tally.counts.get(pair, 0) + 1
    if before.verdict is after.verdict:
        return
    direction = RANK[after.verdict] - RANK[before.verdict]
    tally.up, tally.down = tally.up + (direction > 0), tally.down + (direction < 0)
    if len(tally.movers) < MOST_KEPT:
        tally.movers.append(
            {
                "pid": public_id, "name": name, "before": before.verdict.value, "after": after.verdict.value,
                "direction": (direction > 0) - (direction < 0), "lines": reasons(after),
            }
        )  # fmt: skip


def reasons(answer: Answer) -> str:
    """Which lines keep the answer from being a yes, each with its distance."""
    if answer.verdict is Verdict.MET:
        return ""
    wanted = (Verdict.NOT_MET, Verdict.MISSING)
    said = [
        f"{line.label}：{line.distance or LABELS[line.verdict]}"
        for line in answer.lines
        if line.verdict in wanted
    ]
    return "；".join(said[:6])
