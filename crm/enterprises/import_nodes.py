"""Names of chains and nodes in a sheet to the nodes of the map. Read once for one import."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.models import Chain, ChainNode
from core.fields.texts import folded
from core.i18n import _
from core.imports.columns import CellFault

_ENDING = "产业链"


@dataclass(frozen=True)
class Nodes:
    """`chains` name or code → id; `nodes` name or code → (node id, chain id) of all that are called so."""

    chains: Mapping[str, int]
    nodes: Mapping[str, list[tuple[int, int]]]

    def chain(self, values: Mapping[str, Any], faults: list[CellFault]) -> int | None:
        """The chain of a row; None where it names none."""
        written = values.get("chain")
        if written is None:
            return None
        found = self.chains.get(folded(written)) or self.chains.get(folded(written).removesuffix(_ENDING))
        if found is None:
            known = "、".join(list(self.chains)[:12])
            message = _("没有叫“%(name)s”的产业链，可填：%(known)s。", name=written, known=known)
            faults.append(CellFault("chain", "choice", "chain_unknown", message))
        return found

    def node(self, written: str, chain_id: int | None, faults: list[CellFault]) -> int | None:
        """The one node of that name (in the chain)."""
        named = self.nodes.get(folded(written), [])
        found = [number for number, chain in named if chain_id in (None, chain)]
        if len(found) == 1:
            return found[0]
        message = (
            _("图谱里有几个叫“%(name)s”的节点，请另填产业链或改填节点代码。", name=written)
            if found
            else _("图谱里没有叫“%(name)s”的节点，请核对名称或改填节点代码。", name=written)
        )
        faults.append(CellFault("node", "choice", "node_unknown", message))
        return None


def read(session: Session) -> Nodes:
    """Two statements."""
    chains = session.execute(select(Chain.id, Chain.code, Chain.name).order_by(Chain.id)).all()
    nodes: dict[str, list[tuple[int, int]]] = {}
    rows = session.execute(select(ChainNode.id, ChainNode.chain_id, ChainNode.code, ChainNode.name))
    for number, chain_id, code, called in rows:
        for word in {folded(code), folded(called)}:
            nodes.setdefault(word, []).append((number, chain_id))
    return Nodes({folded(word): row.id for row in chains for word in (row.name, row.code)}, nodes)
