"""What the editor of a map shows: the outline by stage, the open node with its links, and what is still thin."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from chains import editor, exchange, queries, words
from chains.models import ChainEdit, ChainNode
from core.i18n import _
from core.permissions import Actor
from webapp.staff.chains.edit_forms import LinkForm, MoveForm, NodeForm, PlaceForm, StepForm, UnlinkForm

HINTS_SHOWN = 40


@dataclass(frozen=True)
class Branch:
    """A node of the outline with what stands below it."""

    node: ChainNode
    below: Sequence["Branch"]


@dataclass(frozen=True)
class EditorPage:
    found: queries.Map
    stages: dict[str, list[Branch]]
    node: ChainNode | None
    new_in: str
    form: NodeForm | None
    place: PlaceForm | None
    undo: ChainEdit | None
    redo: ChainEdit | None
    hints: Sequence[tuple[str, Sequence[ChainNode]]]
    fault: str = ""
    move: MoveForm = field(default_factory=lambda: MoveForm(formdata=None))
    link: LinkForm = field(default_factory=lambda: LinkForm(formdata=None).apart("link"))
    unlink: UnlinkForm = field(default_factory=lambda: UnlinkForm(formdata=None))
    step: StepForm = field(default_factory=lambda: StepForm(formdata=None))

    @property
    def open(self) -> bool:
        return self.found.chain.status == "draft"

    def edges(self) -> list[tuple[queries.Edge, ChainNode, bool]]:
        """Edges of the open node: the edge, the node at the other end, and whether the open one supplies it."""
        if self.node is None:
            return []
        here = self.node.id
        out = [(e, self.found.by_id[e.target_id], True) for e in self.found.edges if e.source_id == here]
        into = [(e, self.found.by_id[e.source_id], False) for e in self.found.edges if e.target_id == here]
        return [*into, *out]


def build(
    session: Session,
    pid: str,
    *,
    code: str = "",
    new_in: str = "",
    form: Any = None,
    fault: str = "",
    actor: Actor,
) -> EditorPage:
    """The whole page. `new_in` is a stage or a node's code: a new node is begun there. Raises NotFound."""
    found = queries.get(session, pid, actor=actor)
    node = found.by_code.get(code)
    undo, redo = editor.steps(session, found.chain)
    if form is None and node is not None and not new_in:
        form = NodeForm.of(node, found.shared.get(node.shared_id or 0, ""))
    elif form is None and new_in:
        form = NodeForm(formdata=None)
    if form is not None:
        form.apart("node")
    return EditorPage(
        found, _stages(found), node, new_in, form, _place(found, node), undo, redo, _hints(found), fault
    )


def _stages(found: queries.Map) -> dict[str, list[Branch]]:
    children: dict[int | None, list[ChainNode]] = defaultdict(list)
    for node in found.nodes:
        children[node.parent_id].append(node)

    def branch(node: ChainNode) -> Branch:
        return Branch(node, [branch(child) for child in children[node.id]])

    return {stage: [branch(n) for n in children[None] if n.stage == stage] for stage in words.STAGES}


def _place(found: queries.Map, node: ChainNode | None) -> PlaceForm | None:
    if node is None:
        return None
    lines = {each.id: found.line_of(each) for each in found.nodes}
    places = [
        (each.code, "　" * each.level + f"{each.code} {each.name}")
        for each in found.nodes
        if each.level < exchange.MAX_LEVEL and each.id != node.id and node not in lines[each.id]
    ]
    now = found.code_of(node.parent_id) or f"={node.stage}"
    return PlaceForm(formdata=None, places=places, code=node.code, parent=now)


def _hints(found: queries.Map) -> list[tuple[str, list[ChainNode]]]:
    """What does not stop a map from being published but makes it say little."""
    parents = {node.parent_id for node in found.nodes}
    ends = [node for node in found.nodes if node.id not in parents and node.shared_id is None]
    linked = {end for edge in found.edges for end in (edge.source_id, edge.target_id)}
    lonely = [n for n in ends if not linked & {n.id, *(above.id for above in found.line_of(n))}]
    kinds = (
        (_("没有产品关键词，匹配不到企业"), [node for node in ends if not node.keywords]),
        (_("没有国标行业代码"), [node for node in ends if not node.industry_codes]),
        (_("没有任何上下游连线"), lonely),
    )
    return [(text, nodes[:HINTS_SHOWN]) for text, nodes in kinds if nodes]
