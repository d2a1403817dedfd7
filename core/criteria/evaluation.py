"""Judging with three values: met, not met, data missing. Pure; missing never counts as not met."""

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from core.criteria import scoring, words
from core.criteria.model import Compare, Group, Indicator, Library, Metric, Score, Standard
from core.criteria.outcome import Answer, Branch, Line, ScoreSheet, Verdict
from core.criteria.values import Plain, Value, Values, absent_parts, value_of

_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}
"""The library has matched the kinds of threshold and metric."""


@dataclass(frozen=True)
class Judge:
    """A library, what is known, and which lines of source M an administrator has confirmed (by id)."""

    library: Library
    values: Values
    confirmed: Collection[str] = ()

    def enforced(self, part: Compare | Indicator) -> bool:
        return part.source != "M" or part.id in self.confirmed

    def branch(self, node: Compare | Group | Score) -> Branch:
        if isinstance(node, Compare):
            line = self._condition(node)
            verdict = line.verdict if line.enforced else Verdict.UNCONFIRMED
            return Branch("compare", line.label, verdict, lines=(line,))
        if isinstance(node, Score):
            return self._score(node)
        inner = tuple(self.branch(child) for child in node.of)
        return Branch(node.kind, node.label, combined(node, [part.verdict for part in inner]), inner)

    def _condition(self, part: Compare) -> Line:
        metric = self.library.metric(part.metric)
        known = value_of(metric, self.values)
        verdict = Verdict.MISSING if known is None else _compared(metric, part, known)
        distance = ""
        have = known.value if known else None
        if verdict is Verdict.NOT_MET and isinstance(have, Decimal) and isinstance(part.value, Decimal):
            distance = words.distance(self.library, metric, self.values, have, part.value)
        return Line(
            id=part.id,
            label=part.label or metric.label,
            verdict=verdict,
            metric=metric.code,
            metric_label=metric.label,
            value=words.shown(metric, known.value if known else None),
            year=known.year if known else None,
            source=known.source if known else "",
            threshold=words.threshold(metric, part),
            distance=distance,
            enforced=self.enforced(part),
            missing=absent_parts(self.library, metric, self.values),
            note=part.note,
        )

    def _score(self, node: Score) -> Branch:
        lines = tuple(
            scoring.indicator_line(self.library, self.values, indicator, self.enforced(indicator))
            for indicator in node.indicators
        )
        sheet = scoring.sheet(node, lines)
        return Branch("score", node.label, _passed(node, sheet), lines=lines, score=sheet)


def evaluate(
    library: Library, code: str, values: Values, on: date, *, confirmed: Collection[str] = ()
) -> Answer:
    """Judge by the version of `code` in force on a day.

    Without a version for that day, or with one whose text has not been entered, the verdict is
    NOT_ENTERED: an older threshold is never used in its place. Raises KeyError on an unknown code.
    """
    standard: Standard = library.standard(code)
    version = standard.version_on(on)
    if version is None or version.rule is None:
        return Answer(code, standard.name, on, version, Verdict.NOT_ENTERED)
    branch = Judge(library, values, confirmed).branch(version.rule)
    labels = {metric.code: metric.label for metric in library.metrics}
    missing = tuple((metric, labels[metric]) for metric in dict.fromkeys(branch.open_questions()))
    return Answer(code, standard.name, on, version, branch.verdict, branch, missing)


def combined(node: Group, verdicts: Iterable[Verdict]) -> Verdict:
    """Three-valued all, any and at least n; unconfirmed parts neither open nor close a way."""
    binding = [verdict for verdict in verdicts if verdict is not Verdict.UNCONFIRMED]
    if not binding:
        return Verdict.UNCONFIRMED
    met = binding.count(Verdict.MET)
    possible = met + binding.count(Verdict.MISSING)
    needed = {"all": len(binding), "any": 1}.get(node.kind, node.n)
    if met >= needed:
        return Verdict.MET
    return Verdict.MISSING if possible >= needed else Verdict.NOT_MET


def _compared(metric: Metric, part: Compare, known: Value) -> Verdict:
    want: Plain | tuple[str, ...] = part.value
    if isinstance(want, tuple):
        return Verdict.MET if known.value in want else Verdict.NOT_MET
    if metric.kind == "day" and isinstance(want, str):
        want = date.fromisoformat(want)
    return Verdict.MET if _TESTS[part.op](known.value, want) else Verdict.NOT_MET


def _passed(node: Score, sheet: ScoreSheet) -> Verdict:
    """Sure when even the least total passes, excluded when even the best does not, else missing."""

    def passes(total: Decimal, categories: Mapping[str, Decimal]) -> bool:
        enough = total >= sheet.threshold if sheet.inclusive else total > sheet.threshold
        return (
            enough
            and all(categories[name] >= least for name, least in node.category_min.items())
            and all(categories[name] > 0 for name in node.category_not_zero)
        )

    if passes(sheet.total, {name: low for name, (low, _high) in sheet.categories.items()}):
        return Verdict.MET
    if passes(sheet.total_high, {name: high for name, (_low, high) in sheet.categories.items()}):
        return Verdict.MISSING
    return Verdict.NOT_MET
