"""Rings in directed edges: a supply chain must not lead back to itself (DOMAIN 4). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator


def rings(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """One ring for each edge that closes one, e.g. `["A", "B", "C", "A"]`; empty when there is none."""
    onward: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        onward[source].append(target)
    done: set[str] = set()
    found: list[list[str]] = []
    for start in list(onward):
        if start not in done:
            found += _walk(start, onward, done)
    return found


def _walk(start: str, onward: dict[str, list[str]], done: set[str]) -> Iterator[list[str]]:
    """Depth first without recursion, so that a chain of thousands of nodes does not exhaust the stack."""
    path, on_path = [start], {start}
    open_edges = [iter(onward.get(start, ()))]
    while path:
        step = next(open_edges[-1], None)
        if step is None:
            open_edges.pop()
            last = path.pop()
            on_path.discard(last)
            done.add(last)
        elif step in on_path:
            yield [*path[path.index(step) :], step]
        elif step not in done:
            path.append(step)
            on_path.add(step)
            open_edges.append(iter(onward.get(step, ())))
