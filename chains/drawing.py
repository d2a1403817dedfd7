"""A map as a drawing: boxes with rows, a supporting band, lines that run only in the gaps. Pure.

A box is a node of level 1, its rows the nodes below it. Coordinates are SVG user units at 12 px text.
Words are the template's: the drawing carries codes and counts, and leaves room for the word at the right.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chains import layout, lines
from chains.lettering import beside, clip, mark_width

COLUMN, GAP, ROW, HEAD, BETWEEN, TOP, EDGE = 172.0, 44.0, 22.0, 28.0, 24.0, 54.0, 2.0
WANTED_COLUMNS = 4
BROAD = 236.0
"""A column for names in letters, which take more room than those in characters."""
FOLD_ABOVE = 300
"""With more nodes than this only two levels are drawn, and the open branch."""


@dataclass(frozen=True)
class Shown:
    """A node to be drawn. `missing` and `weak` count the end nodes below one that has children; `mark` is what is
    written at its right, the state or the tally."""

    key: str
    parent: str | None
    stage: str
    name: str
    state: str
    firms: int = 0
    listed: int = 0
    talks: int = 0
    missing: int = 0
    weak: int = 0
    ends: int = 1
    href: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """A node in its box. `text` is the name cut to the room there is; `node.name` is whole."""

    node: Shown
    text: str
    group: bool
    indent: float
    x: float
    y: float
    width: float
    chosen: bool


@dataclass(frozen=True)
class Box:
    """A node of level 1. `text` is its name cut to the room that its heading has."""

    node: Shown
    x: float
    y: float
    width: float
    height: float
    head: bool
    chosen: bool
    rows: Sequence[Row]
    shut: bool = False

    @property
    def text(self) -> str:
        return clip(self.node.name, self.width - 22 - beside(self.node.mark), bold=True)


@dataclass(frozen=True)
class Column:
    """A column's heading."""

    stage: str
    x: float
    width: float
    ends: int


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    columns: Sequence[Column]
    boxes: Sequence[Box]
    bands: Sequence[Box]
    lines: Sequence[lines.Line]
    folded: bool

    def stages(self) -> dict[str, list[Box]]:
        """Boxes by stage, for the phone that shows one stage at a time."""
        found: dict[str, list[Box]] = defaultdict(list)
        for box in (*self.boxes, *self.bands):
            found[box.node.stage].append(box)
        return dict(found)


def draw(
    nodes: Sequence[Shown],
    supply: Iterable[tuple[str, str]],
    support: Iterable[tuple[str, str]] = (),
    *,
    chosen: str | None = None,
    shut: Collection[str] = (),
    wanted: int = WANTED_COLUMNS,
    column: float = COLUMN,
) -> Drawing:
    """Place the nodes of a map. `supply` and `support` are (from, to) keys of nodes; `chosen` lights its lines.

    Boxes in `shut` show their heading only; `wanted` is how many columns there should be, `column` how wide one is.
    Support is dashed; from the band it is drawn for what is chosen.
    """
    tree = _Tree(nodes, chosen, shut)
    flow = [node for node in tree.roots if node.stage in layout.FLOW]
    sizes = [layout.BoxSize(node.key, node.stage, tree.height(node.key)) for node in flow]
    flow_keys = {node.key for node in flow}
    helps = list(support)
    supplied, helped = tree.box_edges(supply, flow_keys), tree.box_edges(helps, flow_keys)
    linked = {pair: [*supplied.get(pair, ()), *helped.get(pair, ())] for pair in {**supplied, **helped}}
    columns = layout.columns(sizes, linked, wanted=wanted, gap=BETWEEN)
    places, tallest = _places(columns, {size.key: size.height for size in sizes}, column)
    drawn = lines.route(
        linked,
        lit={pair for pair, nodes_of in linked.items() if tree.lights(nodes_of)},
        frame=lines.Frame(column, GAP, HEAD, EDGE, TOP, tallest),
        columns=[part for _stage, part in columns],
        places=places,
    )
    drawn = [replace(line, dash=(line.source, line.target) not in supplied) for line in drawn]
    boxes = [tree.box(node, *places[node.key][:2], column) for node in flow]
    width = _left(max(len(columns), WANTED_COLUMNS), column) - GAP + EDGE
    bands, bottom = _bands(tree, width, TOP + tallest + (BETWEEN if flow else 0), column)
    drawn += _risers(tree, helps, columns, places, {band.node.key: band.y for band in bands}, column)
    return Drawing(width, bottom + 4, _heads(tree, columns, column), boxes, bands, drawn, tree.folded)


def _heads(tree: "_Tree", columns: Sequence[tuple[str, Sequence[str]]], column: float) -> list[Column]:
    return [
        Column(stage, _left(at, column), column, sum(tree.by_key[key].ends for key in part))
        for at, (stage, part) in enumerate(columns)
    ]


def _risers(
    tree: "_Tree",
    support: Iterable[tuple[str, str]],
    columns: Sequence[tuple[str, Sequence[str]]],
    places: Mapping[str, tuple[float, float, float]],
    bands: Mapping[str, float],
    column: float,
) -> list[lines.Line]:
    """Lines from the supporting band up to the boxes it serves, in the gaps; only those of what is chosen."""
    column_of = {key: at for at, (_stage, part) in enumerate(columns) for key in part}
    found: dict[tuple[str, str], lines.Line] = {}
    for source, target in support:
        ends = (tree.root_of(source), tree.root_of(target))
        band, box = ends if ends[0] in bands else ends[::-1]
        if band in bands and box in column_of and tree.lights([(source, target)]):
            x, y, height = places[box]
            side = -1 if column_of[box] else 1
            edge = x if side < 0 else x + column
            lane, level = edge + side * GAP / 2, y + min(HEAD, height) / 2
            path = f"M{lane:.0f} {bands[band]:.1f}V{level:.1f}H{edge + 6 * side:.0f}"
            arrow = f"M{edge + side:.0f} {level:.1f}l{7 * side}-3.5v7z"
            found[band, box] = lines.Line(band, box, path, arrow, True, True)
    return list(found.values())


def _left(at: int, column: float) -> float:
    return EDGE + at * (column + GAP)


def _places(
    columns: Sequence[tuple[str, Sequence[str]]], heights: Mapping[str, float], column: float
) -> tuple[dict[str, tuple[float, float, float]], float]:
    """(x, y, height) of every box, spread so that all columns end together, and the tallest column."""
    tall = [sum(heights[key] for key in part) + BETWEEN * (len(part) - 1) for _stage, part in columns]
    tallest = max(tall, default=0.0)
    places: dict[str, tuple[float, float, float]] = {}
    for at, (_stage, part) in enumerate(columns):
        room = tallest - sum(heights[key] for key in part)
        between = min(room / max(1, len(part) - 1), 3 * BETWEEN)
        y = TOP
        for key in part:
            places[key] = (_left(at, column), y, heights[key])
            y += heights[key] + between
    return places, tallest


def _bands(tree: "_Tree", width: float, y: float, column: float) -> tuple[list[Box], float]:
    """Supporting nodes below the flow, side by side in four columns."""
    made = []
    for node in (node for node in tree.roots if node.stage not in layout.FLOW):
        shut = node.key in tree.shut
        below = [] if shut else tree.below(node.key) or [(node, 0)]
        depth = -(-len(below) // WANTED_COLUMNS)
        rows = [
            tree.row(one, 0, _left(number // depth, column), y + HEAD + 3 + (number % depth) * ROW, column)
            for number, (one, _depth) in enumerate(below)
        ]
        height = HEAD + (depth * ROW + 6 if rows else 0)
        made.append(Box(node, EDGE, y, width - 2 * EDGE, height, True, node.key == tree.chosen, rows, shut))
        y += height + 12
    return made, y - (12 if made else 0)


class _Tree:
    """The nodes of a map below their boxes."""

    def __init__(self, nodes: Sequence[Shown], chosen: str | None, shut: Collection[str] = ()) -> None:
        self.by_key = {node.key: node for node in nodes}
        self.children: dict[str | None, list[Shown]] = defaultdict(list)
        for node in nodes:
            self.children[node.parent].append(node)
        self.roots = self.children[None]
        self.chosen = chosen
        self.shut = {root.key for root in self.roots if root.key in shut and self.children.get(root.key)}
        self.folded = len(nodes) > FOLD_ABOVE
        self.open = self._line_of(chosen) if chosen in self.by_key else set()
        self.branch = {chosen, *(node.key for node, _depth in self._walk(chosen, 0))} if self.open else set()

    def _line_of(self, key: str | None) -> set[str]:
        found: set[str] = set()
        while key is not None and key not in found:
            found.add(key)
            key = self.by_key[key].parent
        return found

    def _walk(self, key: str | None, depth: int) -> list[tuple[Shown, int]]:
        found = []
        for child in self.children.get(key, ()):
            found.append((child, depth))
            found += self._walk(child.key, depth + 1)
        return found

    def below(self, key: str) -> list[tuple[Shown, int]]:
        """The rows of a box with their depth from 0; folded when the map is large."""
        rows = self._walk(key, 0)
        if not self.folded:
            return rows
        return [(node, depth) for node, depth in rows if depth == 0 or (node.parent or "") in self.open]

    def height(self, key: str) -> float:
        if key in self.shut:
            return HEAD
        rows = len(self.below(key))
        return HEAD + ROW * rows + 6 if rows else ROW + 6

    def box(self, node: Shown, x: float, y: float, width: float) -> Box:
        if node.key in self.shut:
            return Box(node, x, y, width, HEAD, True, node.key == self.chosen, [], True)
        below = self.below(node.key)
        if not below:
            rows = [self.row(node, 0, x, y + 3, width)]
            return Box(node, x, y, width, ROW + 6, False, node.key == self.chosen, rows)
        rows = [
            self.row(one, depth, x, y + HEAD + 3 + number * ROW, width)
            for number, (one, depth) in enumerate(below)
        ]
        return Box(node, x, y, width, self.height(node.key), True, node.key == self.chosen, rows)

    def row(self, node: Shown, depth: int, x: float, y: float, width: float) -> Row:
        group = bool(self.children.get(node.key))
        indent = 10.0 * depth
        start = 8 + indent if group else 24 + indent
        room = width - start - (beside(node.mark) if group else 34 + mark_width(node.mark))
        text = clip(node.name, room, bold=group)
        return Row(node, text, group, indent, x, y, width, node.key == self.chosen)

    def root_of(self, key: str) -> str:
        node = self.by_key[key]
        while node.parent is not None:
            node = self.by_key[node.parent]
        return node.key

    def box_edges(
        self, supply: Iterable[tuple[str, str]], boxes: set[str]
    ) -> dict[tuple[str, str], list[tuple[str, str]]]:
        """Lines between boxes, each with the lines between nodes that it stands for."""
        found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for source, target in supply:
            pair = (self.root_of(source), self.root_of(target))
            if pair[0] != pair[1] and pair[0] in boxes and pair[1] in boxes:
                found[pair].append((source, target))
        return dict(found)

    def lights(self, edges: Iterable[tuple[str, str]]) -> bool:
        return any(source in self.branch or target in self.branch for source, target in edges)
