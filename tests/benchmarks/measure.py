"""Timing ours and the bare twin in turn, and the table that is printed and kept."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is ours ÷ bare; for times smaller is better, for rates larger."""

    name: str
    profile: str
    scale: int
    unit: str
    ours: float
    bare: float | None
    ratio: float | None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def latency(
    name: str,
    profile: str,
    scale: int,
    ours: Callable[[int], None],
    bare: Callable[[int], None],
    count: int = 60,
) -> Figure:
    """Milliseconds per call at one connection: rounds of ours and bare in turn, medians compared."""
    mine: list[float] = []
    theirs: list[float] = []
    for call in (ours, bare):
        for number in range(5):
            call(number)
    for turn in range(ROUNDS):
        for call, kept in ((ours, mine), (bare, theirs)):
            for number in range(count):
                started = time.perf_counter()
                call(turn * count + number)
                kept.append((time.perf_counter() - started) * 1000)
    return compared(name, profile, scale, mine, theirs)


def prepared_latency(
    name: str,
    profile: str,
    scale: int,
    ours: Callable[[int], Callable[[], None]],
    bare: Callable[[int], Callable[[], None]],
    count: int,
) -> Figure:
    """Like `latency` for calls that need a fresh form each: preparing is not timed."""
    taken: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(count):
        for side, prepare in (("ours", ours), ("bare", bare)):
            call = prepare(number)
            started = time.perf_counter()
            call()
            taken[side].append((time.perf_counter() - started) * 1000)
    return compared(name, profile, scale, taken["ours"][5:], taken["bare"][5:])


def compared(name: str, profile: str, scale: int, mine: list[float], theirs: list[float]) -> Figure:
    """Medians of both sides; the spread of ours."""
    p50, base = statistics.median(mine), statistics.median(theirs)
    return Figure(
        name, profile, scale, "ms", round(p50, 2), round(base, 2), round(p50 / base, 2),
        round(p50, 2), round(quantile(mine, 0.95), 2), round(quantile(mine, 0.99), 2),
    )  # fmt: skip


def alone(name: str, profile: str, scale: int, mine: list[float]) -> Figure:
    """Milliseconds that have no bare twin."""
    p50 = round(statistics.median(mine), 2)
    return Figure(
        name, profile, scale, "ms", p50, None, None,
        p50, round(quantile(mine, 0.95), 2), round(quantile(mine, 0.99), 2),
    )  # fmt: skip


def rate(name: str, profile: str, scale: int, unit: str, ours: float, bare: float) -> Figure:
    """Rows (or documents) per second, ours beside bare."""
    return Figure(name, profile, scale, unit, round(ours, 1), round(bare, 1), round(ours / bare, 3))


def single(name: str, profile: str, scale: int, unit: str, value: float) -> Figure:
    """A figure that has no bare twin."""
    return Figure(name, profile, scale, unit, round(value, 2), None, None)


def report(figures: list[Figure], target: Path) -> None:
    """Print the table and write it as JSON."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=1), "utf-8"
    )
    head = ("name", "profile", "scale", "unit", "ours", "bare", "ratio", "p50", "p95", "p99")
    rows = [[_cell(asdict(figure)[name]) for name in head] for figure in figures]
    widths = [max(len(row[place]) for row in [list(head), *rows]) for place in range(len(head))]
    for row in [list(head), *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


def _cell(value: object) -> str:
    return "–" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
