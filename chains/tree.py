"""What stands below and beside a node of a map. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping


def neighbours(supply: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for source, target in supply:
        near[source].add(target)
        near[target].add(source)
    return {key: frozenset(found) for key, found in near.items()}


def ends_below(parent: Mapping[str, str | None]) -> dict[str, list[str]]:
    """End nodes below each node, from the parents by key; an end node stands below itself. In the order of the map."""
    parents = set(parent.values())
    below: dict[str, list[str]] = {key: [] for key in parent}
    for end in parent:
        if end in parents:
            continue
        key: str | None = end
        while key is not None:
            below[key].append(end)
            key = parent[key]
    return below
