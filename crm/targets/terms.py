"""Weights of the fit score and days of silence: data with a version and an effective day (DOMAIN 5)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "data" / "rules" / "target_fit.json"


@dataclass(frozen=True)
class Terms:
    """One version. Points per part add up to 100; steps go from the highest bound down."""

    version: str
    effective_from: date
    parts: Mapping[str, int]
    gap_points: Mapping[str, int]
    evidence_factor: Mapping[str, Decimal]
    anchor_points: int
    growth_steps: Sequence[tuple[Decimal, int]]
    shrinking_points: int
    role_points: Mapping[str, int]
    revenue_steps_wan: Sequence[tuple[Decimal, int]]
    remind_days: int
    release_days: int


@cache
def versions(path: Path = FILE) -> tuple[Terms, ...]:
    """Every version, oldest first."""
    found = [
        Terms(
            version=item["version"],
            effective_from=date.fromisoformat(item["effective_from"]),
            parts=item["parts"],
            gap_points=item["gap_points"],
            evidence_factor={name: Decimal(value) for name, value in item["evidence_factor"].items()},
            anchor_points=item["anchor_points"],
            growth_steps=[(Decimal(bound), points) for bound, points in item["growth_steps"]],
            shrinking_points=item["shrinking_points"],
            role_points=item["role_points"],
            revenue_steps_wan=[(Decimal(bound), points) for bound, points in item["revenue_steps_wan"]],
            remind_days=item["remind_days"],
            release_days=item["release_days"],
        )
        for item in json.loads(path.read_text("utf-8"))
    ]
    return tuple(sorted(found, key=lambda item: item.effective_from))


def on(day: date) -> Terms:
    """The version in force on `day`; before the first one, the first."""
    known = versions()
    return next((item for item in reversed(known) if item.effective_from <= day), known[0])
