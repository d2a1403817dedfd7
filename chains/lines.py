"""Lines between boxes that never cross a box: they turn in the gaps and pass columns between boxes. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Pair = tuple[str, str]
Place = tuple[float, float, float]


@dataclass(frozen=True)
class Frame:
    """Measures of the drawing that lines keep to."""

    column: float
    gap: float
    head: float
    edge: float
    top: float
    tallest: float

    def left(self, column: int) -> float:
        return self.edge + column * (self.column + self.gap)


@dataclass(frozen=True)
class Line:
    """One line: its path, its arrow head, whether it belongs to what was chosen, and whether it is dashed."""

    source: str
    target: str
    path: str
    arrow: str
    lit: bool
    dash: bool = False


def route(
    pairs: Iterable[Pair],
    *,
    lit: set[Pair],
    frame: Frame,
    columns: Sequence[Sequence[str]],
    places: Mapping[str, Place],
) -> list[Line]:
    """All lines, those of the chosen last so that they lie on top."""
    router = _Router(list(pairs), frame, columns, places)
    found = [router.line(pair, pair in lit) for pair in router.pairs]
    return sorted(found, key=lambda line: line.lit)


class _Router:
    def __init__(
        self,
        pairs: Sequence[Pair],
        frame: Frame,
        columns: Sequence[Sequence[str]],
        places: Mapping[str, Place],
    ) -> None:
        self.pairs, self.frame, self.places = pairs, frame, places
        self.column_of = {key: at for at, part in enumerate(columns) for key in part}
        self.lanes = [self._lanes_of(part) for part in columns]
        self.incoming: dict[str, list[str]] = defaultdict(list)
        for source, target in pairs:
            self.incoming[target].append(source)
        for target, sources in self.incoming.items():
            sources.sort(key=lambda key: (places[key][1], -places[key][0], target))
        self.users: dict[tuple[int, int], list[str]] = defaultdict(list)
        for source, target in pairs:
            for slot in self._slots(source, target):
                if source not in self.users[slot]:
                    self.users[slot].append(source)

    def _lanes_of(self, part: Sequence[str]) -> list[float]:
        """The free heights of a column: above its first box, between boxes, below its last."""
        lanes = [self.frame.top - 10]
        for upper, lower in pairwise(part):
            bottom = self.places[upper][1] + self.places[upper][2]
            lanes.append((bottom + self.places[lower][1]) / 2)
        last = self.places[part[-1]]
        lanes.append(last[1] + last[2] + 12)
        return lanes

    def _slots(self, source: str, target: str) -> list[tuple[int, int]]:
        """(column, lane) for each column that the line passes."""
        here, there = self.column_of[source], self.column_of[target]
        if here == there:
            return []
        step = 1 if there > here else -1
        y, ty = self._middle(source), self._middle(target)
        found = []
        for column in range(here + step, there, step):
            want = y + (ty - y) * abs(column - here) / abs(there - here)
            lanes = self.lanes[column]
            found.append((column, min(range(len(lanes)), key=lambda at: abs(lanes[at] - want))))
        return found

    def _middle(self, key: str) -> float:
        _x, y, height = self.places[key]
        return y + min(self.frame.head, height) / 2

    def _height(self, slot: tuple[int, int], source: str) -> float:
        users = self.users[slot]
        spread = min(5.0, 18.0 / max(1, len(users) - 1))
        return self.lanes[slot[0]][slot[1]] + (users.index(source) - (len(users) - 1) / 2) * spread

    def _arrival(self, source: str, target: str) -> float:
        sources = self.incoming[target]
        spread = min(7.0, 20.0 / max(1, len(sources) - 1))
        return self._middle(target) + (sources.index(source) - (len(sources) - 1) / 2) * spread

    def line(self, pair: Pair, lit: bool) -> Line:
        source, target = pair
        frame = self.frame
        here, there = self.column_of[source], self.column_of[target]
        if here == there:
            return self._bracket(source, target, lit)
        step = 1 if there > here else -1
        x = frame.left(here) + (frame.column if step > 0 else 0)
        y = self._middle(source)
        path = [f"M{x:.0f} {y:.1f}"]
        bend = frame.gap * 0.55 * step
        for slot in self._slots(source, target):
            lane = self._height(slot, source)
            near = frame.left(slot[0]) + (0 if step > 0 else frame.column)
            far = near + frame.column * step
            path.append(
                f"C{x + bend:.0f} {y:.1f} {near - bend:.0f} {lane:.1f} {near:.0f} {lane:.1f}H{far:.0f}"
            )
            x, y = far, lane
        end, ty = frame.left(there) + (0 if step > 0 else frame.column), self._arrival(source, target)
        path.append(f"C{x + bend:.0f} {y:.1f} {end - bend:.0f} {ty:.1f} {end - 6 * step:.0f} {ty:.1f}")
        arrow = f"M{end - step:.0f} {ty:.1f}l{-7 * step}-3.5v7z"
        return Line(source, target, "".join(path), arrow, lit)

    def _bracket(self, source: str, target: str, lit: bool) -> Line:
        """Both in one column: out to the right and back."""
        x = self.frame.left(self.column_of[source]) + self.frame.column
        y, ty = self._middle(source), self._arrival(source, target)
        bulge = x + self.frame.gap * 0.6
        path = f"M{x:.0f} {y:.1f}C{bulge:.0f} {y:.1f} {bulge:.0f} {ty:.1f} {x + 6:.0f} {ty:.1f}"
        return Line(source, target, path, f"M{x + 1:.0f} {ty:.1f}l7-3.5v7z", lit)
