"""What makes a node strong, emerging or weak: data with a version and an effective day (DOMAIN 4)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "data" / "rules" / "chain_thresholds.json"


@dataclass(frozen=True)
class Thresholds:
    """One version. Scores run 0–100; weights are sums of `role_weights`, one role per firm and node."""

    version: str
    effective_from: date
    role_weights: Mapping[str, int]
    score_emerging: int
    score_strong: int
    min_peers: int
    weight_emerging: int
    weight_strong: int
    review_months: int


@cache
def versions(path: Path = FILE) -> tuple[Thresholds, ...]:
    """Every version, oldest first."""
    found = [
        Thresholds(
            version=item["version"],
            effective_from=date.fromisoformat(item["effective_from"]),
            role_weights=item["role_weights"],
            score_emerging=item["score_emerging"],
            score_strong=item["score_strong"],
            min_peers=item["min_peers"],
            weight_emerging=item["weight_emerging"],
            weight_strong=item["weight_strong"],
            review_months=item["review_months"],
        )
        for item in json.loads(path.read_text("utf-8"))
    ]
    return tuple(sorted(found, key=lambda item: item.effective_from))


def on(day: date) -> Thresholds:
    """The version in force on `day`; before the first one, the first."""
    known = versions()
    return next((item for item in reversed(known) if item.effective_from <= day), known[0])
