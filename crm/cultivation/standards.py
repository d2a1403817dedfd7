"""The book of cultivation standards, on whom they are tried, and what an evaluation keeps of an answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from core.criteria import store, words
from core.criteria.evaluation import evaluate
from core.criteria.model import Library
from core.criteria.outcome import Answer, Branch, Line, ScoreSheet, Verdict
from core.i18n import _
from core.i18n import lazy as _l

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "rules" / "cultivation_standards.json"

__all__ = ["FILE", "counts", "evaluate", "labels", "library", "snapshot"]


BOOK: Final = "cultivation"
store.register(store.Book(BOOK, _l("培优标准"), FILE))


def library() -> Library:
    """The standards as they stand now."""
    return store.library(BOOK)


def labels() -> dict[str, str]:
    """Standard code → its Chinese name."""
    return {standard.code: standard.name for standard in library().standards}


def counts(answer: Answer) -> tuple[int, int, int]:
    """Lines met, not met, and wanting data; a score sheet's own threshold is a line, too."""
    verdicts = [line["verdict"] for line in _lines(answer)]
    return (
        verdicts.count(Verdict.MET.value),
        verdicts.count(Verdict.NOT_MET.value),
        verdicts.count(Verdict.MISSING.value),
    )


def _lines(answer: Answer) -> list[dict[str, Any]]:
    """Every line of an answer as plain data, each score sheet's total before its indicators."""
    if answer.branch is None:
        return []
    totals = [_total_line(branch) for branch in _score_branches(answer.branch)]
    return [*totals, *(_line(line) for line in answer.lines)]


def _score_branches(branch: Branch) -> Iterator[Branch]:
    if branch.score is not None:
        yield branch
    for part in branch.parts:
        yield from _score_branches(part)


def _total_line(branch: Branch) -> dict[str, Any]:
    """The total as a line of its own, so that failing on points alone shows as something to be made good."""
    sheet = branch.score
    assert sheet is not None
    sign = "≥" if sheet.inclusive else ">"
    value = words.plain(sheet.total)
    if sheet.total_high != sheet.total:
        value = f"{value}–{words.plain(sheet.total_high)}"
    line = Line(
        id="total",
        label=branch.label or str(_("综合评分")),
        verdict=branch.verdict,
        metric="",
        metric_label="",
        value=str(_("%(points)s 分", points=value)),
        year=None,
        source="",
        threshold=str(_("%(sign)s %(points)s 分", sign=sign, points=words.plain(sheet.threshold))),
        distance=_short_of(sheet) if branch.verdict is Verdict.NOT_MET else "",
        enforced=True,
    )
    return _line(line)


def _short_of(sheet: ScoreSheet) -> str:
    """What the best that is still possible lacks: points, or a category that must not be nought."""
    if sheet.total_high < sheet.threshold:
        return str(_("差 %(points)s 分", points=words.plain(sheet.threshold - sheet.total_high)))
    empty = [name for name in sheet.category_not_zero if not sheet.categories[name][1]]
    if empty:
        return str(_("“%(names)s”不能为 0 分", names="、".join(empty)))
    low = [name for name, least in sheet.category_min.items() if sheet.categories[name][1] < least]
    return str(_("“%(names)s”低于最低分", names="、".join(low))) if low else ""


def snapshot(answer: Answer) -> dict[str, Any]:
    """An answer as plain data: enough to show the page of that day again, whatever changes later."""
    sheet = answer.score
    return {
        "name": answer.name,
        "authority": answer.version.authority if answer.version else "",
        "effective_from": answer.version.effective_from.isoformat() if answer.version else None,
        "effective_to": (
            answer.version.effective_to.isoformat()
            if answer.version and answer.version.effective_to
            else None
        ),
        "missing": [list(pair) for pair in answer.missing],
        "lines": _lines(answer),
        "score": None
        if sheet is None
        else {
            "total": str(sheet.total),
            "total_high": str(sheet.total_high),
            "threshold": str(sheet.threshold),
            "inclusive": sheet.inclusive,
            "not_zero": list(sheet.category_not_zero),
            "categories": [[name, str(low), str(high)] for name, (low, high) in sheet.categories.items()],
        },
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "label": line.label,
        "verdict": line.verdict.value,
        "metric": line.metric,
        "value": line.value,
        "year": line.year,
        "source": line.source,
        "threshold": line.threshold,
        "distance": line.distance,
        "enforced": line.enforced,
        "missing": list(line.missing),
        "points": None if line.points is None else str(line.points),
        "points_high": None if line.points_high is None else str(line.points_high),
        "points_max": None if line.points_max is None else str(line.points_max),
        "category": line.category,
        "note": line.note,
    }
