"""The gap analysis: firms on nodes in, each node's state with its arithmetic and action out. Pure (DOMAIN 4).

A firm counts once on a node, with its weightiest role. Peers are the other places of the home's level
(province, city, zone or park) that have firms on the node; with fewer than `min_peers` of them there is
no score and the local weight alone decides. Without a local firm a node is missing; with one it never is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from chains import tree
from chains.thresholds import Thresholds
from core.types import quantize


class State(StrEnum):
    STRONG = "strong"
    EMERGING = "emerging"
    WEAK = "weak"
    MISSING = "missing"


class Action(StrEnum):
    FILL = "fill"
    EXTEND = "extend"
    STRENGTHEN = "strengthen"
    CREATE = "create"


class Priority(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


STAGES = ("up", "mid", "down", "support")
GAP_KINDS = {"up": "upstream", "mid": "supply", "down": "downstream", "support": "supply"}


@dataclass(frozen=True)
class Node:
    """What the analysis needs of a node. `key` is unique in the map."""

    key: str
    parent: str | None
    stage: str


@dataclass(frozen=True)
class Placed:
    """A firm on a node. `place` names its place on the home's level; None when that is unknown."""

    node: str
    firm: int
    role: str
    place: str | None
    listed: bool = False


@dataclass(frozen=True)
class PlaceSum:
    """Weight and firms of one place on one node."""

    place: str
    weight: int
    firms: int


@dataclass(frozen=True)
class Elsewhere:
    """All firms of one place that is not home on one node, added up; each with its weightiest role.

    `place` is None for firms of which it is not known; they count among the listed ones only.
    """

    place: str | None
    weight: int
    firms: int
    listed: int


@dataclass(frozen=True)
class NodeState:
    """One node's result. `score` is None where too few peers have firms; `peers` counts those others.

    `judged` is what the numbers say; `state` differs from it where a person has set another one.
    """

    key: str
    state: State
    judged: State
    end: bool
    local_firms: int
    local_weight: int
    roles: Mapping[str, int]
    listed_firms: int
    peers: int
    score: Decimal | None
    strongest: PlaceSum | None
    action: Action | None
    gap_kind: str | None
    priority: Priority | None


@dataclass(frozen=True)
class Report:
    """A map's states for one home. Firms are distinct over its end nodes."""

    nodes: Mapping[str, NodeState]
    ends_below: Mapping[str, Sequence[str]]
    counts: Mapping[State, int]
    end_nodes: int
    covered: int
    local_firms: int
    action: Action | None
    thresholds: Thresholds
    anchors: frozenset[str] = field(default_factory=frozenset)

    @property
    def coverage(self) -> Decimal:
        """Per cent of end nodes that are not missing, two decimals: 4 of 14 → 28.57."""
        if not self.end_nodes:
            return Decimal(0)
        return quantize(Decimal(100 * self.covered) / self.end_nodes, 2)

    def below(self, key: str) -> dict[State, int]:
        """How many end nodes of each state stand below a node (or are it)."""
        found = dict.fromkeys(State, 0)
        for end in self.ends_below[key]:
            found[self.nodes[end].state] += 1
        return found


def analyse(
    nodes: Sequence[Node],
    supply: Iterable[tuple[str, str]],
    placed: Iterable[Placed],
    *,
    home: str,
    thresholds: Thresholds,
    overrides: Mapping[str, State] | None = None,
    elsewhere: Mapping[str, Sequence[Elsewhere]] | None = None,
) -> Report:
    """The whole map at once. `supply` are (from, to) keys of supply and support edges.

    Firms come one by one in `placed`; those that are not at home may come added up in `elsewhere`, by node.
    `overrides` are states that a person has set; a node with local firms is not missing, whatever he said.
    """
    by_node: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        by_node[one.node].append(one)
    anchors = _anchored(by_node, home)
    near = tree.neighbours(supply)
    parents = {node.parent for node in nodes}
    states = {
        node.key: _judge(
            node,
            by_node[node.key],
            home=home,
            thresholds=thresholds,
            end=node.key not in parents,
            near_anchor=bool(near.get(node.key, frozenset()) & anchors),
            override=(overrides or {}).get(node.key),
            elsewhere=(elsewhere or {}).get(node.key, ()),
        )
        for node in nodes
    }
    ends = [state for state in states.values() if state.end]
    local = {one.firm for state in ends for one in by_node[state.key] if one.place == home}
    return _report(nodes, states, anchors, len(local), thresholds)


def _anchored(by_node: Mapping[str, Sequence[Placed]], home: str) -> frozenset[str]:
    """The nodes on which an anchor of the home region stands."""
    return frozenset(
        key
        for key, here in by_node.items()
        if any(one.role == "anchor" and one.place == home for one in here)
    )


def _report(
    nodes: Sequence[Node],
    states: Mapping[str, NodeState],
    anchors: frozenset[str],
    local_firms: int,
    thresholds: Thresholds,
) -> Report:
    ends = [state for state in states.values() if state.end]
    counts = {state: sum(1 for one in ends if one.state is state) for state in State}
    return Report(
        nodes=states,
        ends_below=tree.ends_below({node.key: node.parent for node in nodes}),
        counts=counts,
        end_nodes=len(ends),
        covered=len(ends) - counts[State.MISSING],
        local_firms=local_firms,
        action=None if anchors else Action.CREATE,
        thresholds=thresholds,
        anchors=anchors,
    )


def _judge(
    node: Node,
    here: Sequence[Placed],
    *,
    home: str,
    thresholds: Thresholds,
    end: bool,
    near_anchor: bool,
    override: State | None,
    elsewhere: Sequence[Elsewhere],
) -> NodeState:
    best = _best_roles(here, thresholds)
    sums = _sums(best, elsewhere, thresholds)
    local = sums.pop(home, PlaceSum(home, 0, 0))
    strongest = max(sums.values(), key=lambda one: (one.weight, one.firms, one.place), default=None)
    score: Decimal | None = None
    if strongest is not None and len(sums) >= thresholds.min_peers:
        score = min(Decimal(100), quantize(Decimal(100 * local.weight) / strongest.weight, 1))
    judged = _state(local, score, thresholds)
    refused = override is State.MISSING and local.firms > 0
    state = judged if override is None or refused else override
    roles = Counter(placed.role for placed in best.values() if placed.place == home)
    action, kind, priority = _answer(state, node.stage, near_anchor)
    return NodeState(
        key=node.key,
        state=state,
        judged=judged,
        end=end,
        local_firms=local.firms,
        local_weight=local.weight,
        roles=dict(roles),
        listed_firms=sum(placed.listed for placed in best.values()) + sum(one.listed for one in elsewhere),
        peers=len(sums),
        score=score,
        strongest=strongest,
        action=action,
        gap_kind=kind,
        priority=priority,
    )


def _state(local: PlaceSum, score: Decimal | None, limits: Thresholds) -> State:
    """Lower bounds belong to the upper class (DOMAIN: closed below, open above)."""
    if not local.firms:
        return State.MISSING
    value, emerging, strong = (
        (Decimal(local.weight), limits.weight_emerging, limits.weight_strong)
        if score is None
        else (score, limits.score_emerging, limits.score_strong)
    )
    if value >= strong:
        return State.STRONG
    return State.EMERGING if value >= emerging else State.WEAK


def _answer(state: State, stage: str, near_anchor: bool) -> tuple[Action | None, str | None, Priority | None]:
    """What to do about a gap: fill, extend downstream, strengthen; urgent beside a local anchor."""
    if state is State.MISSING:
        action = Action.EXTEND if stage == "down" else Action.FILL
        return action, GAP_KINDS[stage], Priority.HIGH if near_anchor else Priority.MEDIUM
    if state is State.WEAK:
        return Action.STRENGTHEN, GAP_KINDS[stage], Priority.MEDIUM if near_anchor else Priority.LOW
    return None, None, None


def _best_roles(here: Sequence[Placed], thresholds: Thresholds) -> dict[int, Placed]:
    best: dict[int, Placed] = {}
    weight = thresholds.role_weights
    for one in here:
        known = best.get(one.firm)
        if known is None or weight[one.role] > weight[known.role]:
            best[one.firm] = one
    return best


def _sums(
    best: Mapping[int, Placed], elsewhere: Sequence[Elsewhere], thresholds: Thresholds
) -> dict[str, PlaceSum]:
    found = {
        one.place: PlaceSum(one.place, one.weight, one.firms) for one in elsewhere if one.place is not None
    }
    for one in best.values():
        if one.place is None:
            continue
        known = found.get(one.place, PlaceSum(one.place, 0, 0))
        found[one.place] = PlaceSum(
            one.place, known.weight + thresholds.role_weights[one.role], known.firms + 1
        )
    return found
