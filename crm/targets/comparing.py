"""What became of a list from one quarter to another: who came, who went, what changed of the others. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COMPARED = ("contact_status", "maturity", "fit_points", "unit", "specialist", "product", "next_step")

Plain = Mapping[str, Any]
Key = tuple[int, int]


@dataclass(frozen=True)
class Changed:
    """An enterprise that stands in both; `fields` maps a name to (before, after)."""

    row: Plain
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side. Rows are those of the later one, of `gone` those of the earlier one."""

    added: Sequence[Plain]
    gone: Sequence[Plain]
    changed: Sequence[Changed]
    same: int
    moves: Mapping[tuple[str, str], int]
    """How many went from one contact state to another."""


def compare(before: Sequence[Plain], after: Sequence[Plain]) -> Comparison:
    """An enterprise is the same where it stands for the same node."""
    was = {_key(row): row for row in before}
    now = {_key(row): row for row in after}
    changed = [
        Changed(row, fields)
        for key, row in now.items()
        if key in was and (fields := _differences(was[key], row))
    ]
    moves: dict[tuple[str, str], int] = {}
    for each in changed:
        if (step := each.fields.get("contact_status")) is not None:
            moves[step] = moves.get(step, 0) + 1
    common = len(was.keys() & now.keys())
    return Comparison(
        added=[row for key, row in now.items() if key not in was],
        gone=[row for key, row in was.items() if key not in now],
        changed=changed,
        same=common - len(changed),
        moves=moves,
    )


def _key(row: Plain) -> Key:
    return row["enterprise_id"], row["node_id"]


def _differences(before: Plain, after: Plain) -> dict[str, tuple[Any, Any]]:
    return {
        name: (before[name], after[name]) for name in COMPARED if (before[name] or "") != (after[name] or "")
    }
