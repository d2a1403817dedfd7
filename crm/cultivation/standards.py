"""The standards of cultivation, read once, and what an evaluation keeps of an answer."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from core.criteria import loader
from core.criteria.evaluation import evaluate
from core.criteria.model import Library
from core.criteria.outcome import Answer, Line, Verdict

FILE: Final = Path(__file__).resolve().parents[2] / "data" / "rules" / "cultivation_standards.json"

__all__ = ["FILE", "counts", "evaluate", "labels", "library", "snapshot"]


@cache
def library() -> Library:
    return loader.load(FILE)


def labels() -> dict[str, str]:
    """Standard code → its Chinese name."""
    return {standard.code: standard.name for standard in library().standards}


def counts(lines: tuple[Line, ...]) -> tuple[int, int, int]:
    """Lines met, not met, and wanting data."""
    verdicts = [line.verdict for line in lines]
    return tuple(verdicts.count(each) for each in (Verdict.MET, Verdict.NOT_MET, Verdict.MISSING))  # type: ignore[return-value]  # three by construction


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
        "lines": [_line(line) for line in answer.lines],
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
