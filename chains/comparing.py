"""What differs between two maps, and a difference put onto a map, forwards or backwards. Pure.

A difference is JSON: `nodes` {code: [before, after]}, `edges` {"from|to|kind": [basis before, after]}, `order`
[codes before, after] when it changed, `chain` {name: [before, after]}; null stands for what is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from chains.exchange import ChainDraft, EdgeDraft, NodeDraft

Change = dict[str, Any]
_OF_CHAIN = ("name", "name_en", "basis", "cutoff", "keywords")


def difference(before: ChainDraft, after: ChainDraft) -> Change:
    """Everything that differs; an empty mapping when nothing does."""
    found: Change = {}
    if nodes := _pairs(_nodes(before), _nodes(after)):
        found["nodes"] = nodes
    if edges := _pairs(_edges(before), _edges(after)):
        found["edges"] = edges
    orders = [[node.code for node in draft.nodes] for draft in (before, after)]
    if orders[0] != orders[1]:
        found["order"] = orders
    told = [{name: _plain(getattr(draft, name)) for name in _OF_CHAIN} for draft in (before, after)]
    if chain := _pairs(told[0], told[1]):
        found["chain"] = chain
    return found


def patched(draft: ChainDraft, change: Mapping[str, Any], *, backwards: bool = False) -> ChainDraft:
    """The draft after the change, or as it was before it."""
    side = 0 if backwards else 1
    nodes = _nodes(draft)
    _put(nodes, change.get("nodes", {}), side)
    edges = _edges(draft)
    _put(edges, change.get("edges", {}), side)
    orders = change.get("order")
    order = {code: at for at, code in enumerate(orders[side] if orders else (n.code for n in draft.nodes))}
    return replace(
        draft,
        nodes=[
            NodeDraft(**nodes[code]) for code in sorted(nodes, key=lambda code: order.get(code, len(order)))
        ],
        edges=[_edge(key, basis) for key, basis in edges.items()],
        **{name: pair[side] for name, pair in change.get("chain", {}).items()},
    )


def _edge(key: str, basis: str) -> EdgeDraft:
    source, target, kind = key.split("|")
    return EdgeDraft(source, target, kind, basis)


def _put(known: dict[str, Any], pairs: Mapping[str, Any], side: int) -> None:
    for key, pair in pairs.items():
        if pair[side] is None:
            known.pop(key, None)
        else:
            known[key] = pair[side]


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    keys = [*before, *(key for key in after if key not in before)]
    return {key: [before.get(key), after.get(key)] for key in keys if before.get(key) != after.get(key)}


def _nodes(draft: ChainDraft) -> dict[str, Any]:
    return {node.code: {name: _plain(value) for name, value in asdict(node).items()} for node in draft.nodes}


def _edges(draft: ChainDraft) -> dict[str, Any]:
    return {f"{edge.source}|{edge.target}|{edge.kind}": edge.basis for edge in draft.edges}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True)
class Firm:
    """A firm on a node as a version keeps it. `key` is the enterprise's public id, `evidence_on` an ISO day."""

    key: str
    name: str
    node: str
    role: str
    product: str
    region: str = ""
    region_code: str = ""
    park_id: int | None = None
    listed: bool = False
    evidence: str = ""
    evidence_on: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two versions: nodes and edges added, gone and changed; firms that came, went or stand elsewhere."""

    added: Sequence[NodeDraft]
    gone: Sequence[NodeDraft]
    changed: Sequence[tuple[NodeDraft, NodeDraft, tuple[str, ...]]]
    links_added: Sequence[EdgeDraft]
    links_gone: Sequence[EdgeDraft]
    firms_added: Sequence[Firm]
    firms_gone: Sequence[Firm]
    names: Mapping[str, str]

    @property
    def same(self) -> bool:
        parts = (
            self.added, self.gone, self.changed, self.links_added, self.links_gone, self.firms_added,
            self.firms_gone,
        )  # fmt: skip
        return not any(parts)


def compare(
    before: ChainDraft, after: ChainDraft, firms_before: Sequence[Firm], firms_after: Sequence[Firm]
) -> Comparison:
    """What the later version has that the earlier one has not, and the other way round."""
    old, new = ({node.code: node for node in draft.nodes} for draft in (before, after))
    links = [{(e.source, e.target, e.kind): e for e in draft.edges} for draft in (before, after)]
    stood = [{(firm.key, firm.node): firm for firm in firms} for firms in (firms_before, firms_after)]
    changed = [
        (old[code], node, names)
        for code, node in new.items()
        if code in old and (names := _changed_fields(old[code], node))
    ]
    return Comparison(
        added=[node for code, node in new.items() if code not in old],
        gone=[node for code, node in old.items() if code not in new],
        changed=changed,
        links_added=[edge for key, edge in links[1].items() if key not in links[0]],
        links_gone=[edge for key, edge in links[0].items() if key not in links[1]],
        firms_added=[firm for key, firm in stood[1].items() if key not in stood[0]],
        firms_gone=[firm for key, firm in stood[0].items() if key not in stood[1]],
        names={code: node.name for code, node in (old | new).items()},
    )


def _changed_fields(old: NodeDraft, new: NodeDraft) -> tuple[str, ...]:
    before, after = asdict(old), asdict(new)
    return tuple(name for name in before if _plain(before[name]) != _plain(after[name]))
