"""One step of editing a map: a draft in, the changed draft out. Pure; what is wrong with it says `exchange.faults`.

Nodes keep their code for life; their order in the draft is the order on the map, children behind their parent.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chains.exchange import ChainDraft, EdgeDraft, NodeDraft
from core.errors import Fault, Invalid
from core.i18n import lazy as _l

FIELDS = ("name", "name_en", "gbt4754", "keywords", "exclude", "trade_words", "note", "shared")
"""What of a node is changed in place; parent, stage and order are moves."""


def find(draft: ChainDraft, code: str) -> NodeDraft:
    """Raises Invalid when the map has no such node."""
    found = next((node for node in draft.nodes if node.code == code), None)
    if found is None:
        raise Invalid(Fault("code", "unknown_node", _l("图谱里没有节点 %(node)s。", node=code)))
    return found


def branch(draft: ChainDraft, code: str) -> list[NodeDraft]:
    """A node and everything below it, in the order of the map."""
    inside = {code}
    for _round in range(len(draft.nodes)):
        more = {node.code for node in draft.nodes if node.parent in inside} - inside
        if not more:
            break
        inside |= more
    return [node for node in draft.nodes if node.code in inside]


def free_code(draft: ChainDraft, parent: str | None) -> str:
    """The next code below a parent or of the map: XXXS-01-03 after XXXS-01-02."""
    stem = parent or draft.code or "N"
    taken = {node.code for node in draft.nodes}
    number = 1
    while f"{stem}-{number:02d}" in taken:
        number += 1
    return f"{stem}-{number:02d}"


def added(draft: ChainDraft, *, parent: str | None, stage: str, **values: Any) -> tuple[ChainDraft, str]:
    """A new node as the last one below its parent, with a code of its own."""
    code = free_code(draft, parent)
    if parent is not None:
        stage = find(draft, parent).stage
    new = NodeDraft(code=code, parent=parent, stage=stage, level=1, **values)
    return moved(replace(draft, nodes=[*draft.nodes, new]), code, parent=parent, stage=stage), code


def changed(draft: ChainDraft, code: str, **values: Any) -> ChainDraft:
    """Other words, codes or names for a node."""
    old = find(draft, code)
    new = replace(old, **{name: value for name, value in values.items() if name in FIELDS})
    return replace(draft, nodes=[new if node is old else node for node in draft.nodes])


def moved(
    draft: ChainDraft, code: str, *, parent: str | None, stage: str = "", before: str | None = None
) -> ChainDraft:
    """A node with its branch to another parent, stage or place; last there unless `before` names a sibling.

    Raises Invalid when it would come below itself.
    """
    node = find(draft, code)
    part = branch(draft, code)
    if parent in {each.code for each in part}:
        raise Invalid(Fault("parent", "parent_ring", _l("节点不能移到自己下面。")))
    stage = find(draft, parent).stage if parent is not None else stage or node.stage
    level = find(draft, parent).level + 1 if parent is not None else 1
    shift = level - node.level
    inside = {each.code for each in part}
    rest = [each for each in draft.nodes if each.code not in inside]
    block = [
        replace(
            each, stage=stage, level=each.level + shift, parent=parent if each.code == code else each.parent
        )
        for each in part
    ]
    at = _place(replace(draft, nodes=rest), parent, stage, before)
    return replace(draft, nodes=[*rest[:at], *block, *rest[at:]])


def _place(draft: ChainDraft, parent: str | None, stage: str, before: str | None) -> int:
    """Where in the order a branch goes: before a sibling, or behind the last of its parent or stage."""
    order = {node.code: at for at, node in enumerate(draft.nodes)}
    if before in order:
        return order[before]
    if parent is not None:
        return max(order[node.code] for node in branch(draft, parent)) + 1
    same = [at for at, node in enumerate(draft.nodes) if node.stage == stage]
    return same[-1] + 1 if same else len(draft.nodes)


def stepped(draft: ChainDraft, code: str, way: str) -> ChainDraft:
    """One step by keyboard: up or down among its siblings, in (below the one above), out (beside its parent)."""
    node = find(draft, code)
    if way == "out":
        if node.parent is None:
            return draft
        above = find(draft, node.parent)
        siblings = _siblings(draft, above)
        behind = siblings[siblings.index(above.code) + 1 :]
        return moved(draft, code, parent=above.parent, before=behind[0] if behind else None)
    siblings = _siblings(draft, node)
    at = siblings.index(code)
    if way == "down":
        rest = siblings[at + 2 :]
        return moved(draft, code, parent=node.parent, before=rest[0] if rest else None)
    if at == 0:
        return draft
    if way == "in":
        return moved(draft, code, parent=siblings[at - 1])
    return moved(draft, code, parent=node.parent, before=siblings[at - 1])


def _siblings(draft: ChainDraft, node: NodeDraft) -> list[str]:
    return [
        each.code
        for each in draft.nodes
        if each.parent == node.parent and (node.parent is not None or each.stage == node.stage)
    ]


def removed(draft: ChainDraft, code: str) -> ChainDraft:
    """Without a node, its branch, and the edges of both."""
    gone = {node.code for node in branch(draft, find(draft, code).code)}
    return replace(
        draft,
        nodes=[node for node in draft.nodes if node.code not in gone],
        edges=[edge for edge in draft.edges if edge.source not in gone and edge.target not in gone],
    )


def linked(draft: ChainDraft, edge: EdgeDraft) -> ChainDraft:
    """With an edge; the same one again only renews its basis. Raises Invalid for the same node at both ends."""
    find(draft, edge.source), find(draft, edge.target)
    if edge.source == edge.target:
        raise Invalid(Fault("other", "itself", _l("连线要连到另一个节点。")))
    return replace(draft, edges=[*_others(draft.edges, edge), edge])


def unlinked(draft: ChainDraft, edge: EdgeDraft) -> ChainDraft:
    return replace(draft, edges=list(_others(draft.edges, edge)))


def _others(edges: Iterable[EdgeDraft], edge: EdgeDraft) -> Iterable[EdgeDraft]:
    key = (edge.source, edge.target, edge.kind)
    return (one for one in edges if (one.source, one.target, one.kind) != key)
