"""Where the boxes of a map stand: columns from upstream to downstream, balanced and in good order. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FLOW = ("up", "mid", "down")


@dataclass(frozen=True)
class BoxSize:
    """A box before it has a place. `height` in drawing units."""

    key: str
    stage: str
    height: float


def columns(
    boxes: Sequence[BoxSize], edges: Iterable[tuple[str, str]], *, wanted: int, gap: float
) -> list[tuple[str, list[str]]]:
    """(stage, box keys) per column, left to right; a long stage gets several columns.

    Inside a stage what supplies stands left of what is supplied; inside a column boxes are ordered so
    that their lines stay short.
    """
    links = list(edges)
    by_stage = {stage: [box for box in boxes if box.stage == stage] for stage in FLOW}
    shares = _shares({stage: found for stage, found in by_stage.items() if found}, wanted, gap)
    made: list[tuple[str, list[str]]] = []
    for stage, share in shares.items():
        ranked = _by_layer(by_stage[stage], links)
        made += [(stage, part) for part in _split(ranked, share, gap)]
    return _untangled(made, links)


def _shares(stages: Mapping[str, Sequence[BoxSize]], wanted: int, gap: float) -> dict[str, int]:
    """How many columns each stage gets: the tallest per column is split first."""
    shares = dict.fromkeys(stages, 1)
    tall = {stage: sum(box.height + gap for box in found) for stage, found in stages.items()}
    while sum(shares.values()) < wanted:
        open_stages = [stage for stage in shares if shares[stage] < len(stages[stage])]
        if not open_stages:
            break
        shares[max(open_stages, key=lambda stage: tall[stage] / shares[stage])] += 1
    return shares


def _by_layer(boxes: Sequence[BoxSize], edges: Sequence[tuple[str, str]]) -> list[BoxSize]:
    """Suppliers first. Boxes that supply each other both ways keep the order of the map."""
    keys = {box.key for box in boxes}
    inside = [(source, target) for source, target in edges if source in keys and target in keys]
    layer = dict.fromkeys(keys, 0)
    for _round in range(len(keys)):
        changed = False
        for source, target in inside:
            if (target, source) not in inside and layer[target] <= layer[source] < len(keys):
                layer[target] = layer[source] + 1
                changed = True
        if not changed:
            break
    return sorted(boxes, key=lambda box: layer[box.key])


def _split(boxes: Sequence[BoxSize], parts: int, gap: float) -> list[list[str]]:
    """Contiguous parts whose tallest is as low as can be."""
    heights = [box.height + gap for box in boxes]
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for end in range(1, len(boxes) + 1):
        best[end, 1] = (sum(heights[:end]), 0)
        for count in range(2, min(parts, end) + 1):
            best[end, count] = min(
                (max(best[cut, count - 1][0], sum(heights[cut:end])), cut) for cut in range(count - 1, end)
            )
    cuts, end = [], len(boxes)
    for count in range(parts, 0, -1):
        start = best[end, count][1]
        cuts.append([box.key for box in boxes[start:end]])
        end = start
    return cuts[::-1]


def _untangled(
    made: list[tuple[str, list[str]]], edges: Sequence[tuple[str, str]]
) -> list[tuple[str, list[str]]]:
    """Barycentre sweeps; stable, so that equal boxes keep the order of the map."""
    near: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    for sweep in range(4):
        order = range(len(made)) if sweep % 2 == 0 else range(len(made) - 1, -1, -1)
        for at in order:
            rank = {
                key: (number + 0.5) / len(part) for _stage, part in made for number, key in enumerate(part)
            }
            middle = {}
            for key in made[at][1]:
                others = [rank[other] for other in near[key] if other in rank and other not in made[at][1]]
                middle[key] = sum(others) / len(others) if others else rank[key]
            made[at][1].sort(key=middle.__getitem__)
    return made
