"""The answer of a standard about somebody: a verdict, and how every line came to its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from core.criteria.model import Version
from core.i18n import lazy as _l


class Verdict(StrEnum):
    """`not_entered`: no text of the standard for that day; `unconfirmed`: lines that bind nobody yet."""

    MET = "met"
    NOT_MET = "not_met"
    MISSING = "missing"
    UNCONFIRMED = "unconfirmed"
    NOT_ENTERED = "not_entered"


LABELS: Final[dict[Verdict, Any]] = {
    Verdict.MET: _l("达标"),
    Verdict.NOT_MET: _l("未达"),
    Verdict.MISSING: _l("缺数据"),
    Verdict.UNCONFIRMED: _l("待确认，暂不执行"),
    Verdict.NOT_ENTERED: _l("标准待录入"),
}


@dataclass(frozen=True)
class Line:
    """One condition or indicator: what was asked, what was found and from where, and how far it is.

    `verdict` is what the value says; `enforced` False means that it decides nothing yet. For an
    indicator `points` is the sure minimum and `points_high` what missing data could still bring.
    """

    id: str
    label: str
    verdict: Verdict
    metric: str
    metric_label: str
    value: str
    year: int | None
    source: str
    threshold: str
    distance: str
    enforced: bool
    missing: tuple[str, ...] = ()
    points: Decimal | None = None
    points_high: Decimal | None = None
    points_max: Decimal | None = None
    category: str = ""
    note: str = ""


@dataclass(frozen=True)
class ScoreSheet:
    """Totals of a score sheet as ranges: what is sure, and what missing data could still bring."""

    total: Decimal
    total_high: Decimal
    threshold: Decimal
    inclusive: bool
    categories: dict[str, tuple[Decimal, Decimal]]
    category_min: dict[str, Decimal]
    category_not_zero: tuple[str, ...] = ()


@dataclass(frozen=True)
class Branch:
    """A node of the rule with its verdict, and its parts."""

    kind: str
    label: str
    verdict: Verdict
    parts: tuple["Branch", ...] = ()
    lines: tuple[Line, ...] = ()
    score: ScoreSheet | None = None

    def all_lines(self) -> Iterator[Line]:
        yield from self.lines
        for part in self.parts:
            yield from part.all_lines()

    def scores(self) -> Iterator[ScoreSheet]:
        if self.score:
            yield self.score
        for part in self.parts:
            yield from part.scores()

    def open_questions(self) -> Iterator[str]:
        """Metrics whose absence keeps this branch undecided; those of decided branches do not matter."""
        if self.verdict is Verdict.MISSING:
            for line in self.lines:
                yield from line.missing
            for part in self.parts:
                yield from part.open_questions()


@dataclass(frozen=True)
class Answer:
    """The whole answer. `missing` names the metrics to fill in, as code and label, without repeats."""

    standard: str
    name: str
    on: date
    version: Version | None
    verdict: Verdict
    branch: Branch | None = None
    missing: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self.branch.all_lines()) if self.branch else ()

    @property
    def score(self) -> ScoreSheet | None:
        """The first score sheet of the rule, where it has one."""
        return next(self.branch.scores(), None) if self.branch else None

    @property
    def unconfirmed(self) -> tuple[Line, ...]:
        """Lines that are shown but not enforced until an administrator confirms them."""
        return tuple(line for line in self.lines if not line.enforced)
