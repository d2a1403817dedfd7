"""Reads of maps. A map page costs one statement per table, whatever its size."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, selectinload

from chains import access, exchange, gaps
from chains.matching import Matcher, NodeWords
from chains.models import Chain, ChainEdge, ChainNode
from core.errors import NotFound
from core.permissions import Actor

LINKS = ("supply", "support")
"""Kinds of edges that make a node a neighbour of an anchor."""


@dataclass(frozen=True)
class Edge:
    source_id: int
    target_id: int
    kind: str
    basis: str = ""


@dataclass(frozen=True)
class Map:
    """A chain with all its nodes, in order, and edges. `shared` names the originals of shared nodes by id."""

    chain: Chain
    nodes: Sequence[ChainNode]
    edges: Sequence[Edge]
    shared: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[int, ChainNode]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def by_code(self) -> dict[str, ChainNode]:
        return {node.code: node for node in self.nodes}

    def code_of(self, node_id: int | None) -> str | None:
        return None if node_id is None else self.by_id[node_id].code

    def origins(self) -> list[int]:
        """Ids of the nodes on which this map's firms are placed: its own, or the original of a shared one."""
        return [node.shared_id or node.id for node in self.nodes]

    def codes_at(self, node_id: int) -> list[str]:
        """Codes of this map's nodes that count the firms placed on a node."""
        return self._codes_at.get(node_id, [])

    @cached_property
    def _codes_at(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for node in self.nodes:
            found[node.shared_id or node.id].append(node.code)
        return dict(found)

    def pairs(self, *kinds: str) -> list[tuple[str, str]]:
        """Edges of some kinds as pairs of node codes."""
        return [
            (self.by_id[edge.source_id].code, self.by_id[edge.target_id].code)
            for edge in self.edges
            if edge.kind in kinds
        ]

    def plain_nodes(self) -> list[gaps.Node]:
        """What the gap analysis needs."""
        return [gaps.Node(node.code, self.code_of(node.parent_id), node.stage) for node in self.nodes]

    def neighbours(self, node: ChainNode) -> tuple[list[ChainNode], list[ChainNode]]:
        """(what the node takes from, what it supplies) by supply and support edges."""
        used = [self.by_id[e.source_id] for e in self.edges if e.target_id == node.id and e.kind in LINKS]
        fed = [self.by_id[e.target_id] for e in self.edges if e.source_id == node.id and e.kind in LINKS]
        return used, fed

    def line_of(self, node: ChainNode) -> list[ChainNode]:
        """The node's parents, topmost first."""
        found: list[ChainNode] = []
        parent_id = node.parent_id
        while parent_id is not None:
            found.insert(0, self.by_id[parent_id])
            parent_id = found[0].parent_id
        return found


def chains(session: Session, *, actor: Actor, ids: Sequence[int] | None = None) -> list[Chain]:
    """Every map with its offices, by code; or those of `ids`."""
    statement = (
        select(Chain)
        .where(access.visible_to(actor))
        .options(selectinload(Chain.offices))
        .order_by(Chain.code)
    )
    return list(session.scalars(statement if ids is None else statement.where(Chain.id.in_(ids))))


def get(session: Session, public_id: str, *, actor: Actor) -> Map:
    """One map. Raises NotFound."""
    statement = (
        select(Chain)
        .where(Chain.public_id == public_id, access.visible_to(actor))
        .options(selectinload(Chain.offices))
    )
    chain = session.scalars(statement).one_or_none()
    if chain is None:
        raise NotFound()
    return load_map(session, chain)


def by_code(session: Session, code: str) -> Chain | None:
    return session.scalars(select(Chain).where(Chain.code == code)).one_or_none() if code else None


def load_map(session: Session, chain: Chain) -> Map:
    return _maps(session, [chain])[0]


def maps(session: Session, *, actor: Actor, ids: Sequence[int] | None = None) -> list[Map]:
    """Every map, or those of `ids`, in as many statements as one."""
    return _maps(session, chains(session, actor=actor, ids=ids))


def _maps(session: Session, found: Sequence[Chain]) -> list[Map]:
    ids = [chain.id for chain in found]
    nodes: dict[int, list[ChainNode]] = defaultdict(list)
    shared: dict[int, str] = {}
    for one, chain_code, code in session.execute(_nodes(ids)):
        nodes[one.chain_id].append(one)
        if one.shared_id is not None:
            shared[one.shared_id] = f"{chain_code}/{code}"
    edges: dict[int, list[Edge]] = defaultdict(list)
    for row in session.execute(
        select(ChainEdge.chain_id, ChainEdge.source_id, ChainEdge.target_id, ChainEdge.kind, ChainEdge.basis)
        .where(ChainEdge.chain_id.in_(ids))
        .order_by(ChainEdge.id)
    ):
        edges[row.chain_id].append(Edge(row.source_id, row.target_id, row.kind, row.basis))
    return [Map(chain, nodes[chain.id], edges[chain.id], shared) for chain in found]


def _nodes(chain_ids: Sequence[int]) -> Any:
    """The nodes of some maps in order; beside a shared one the codes of its original's chain and of the original."""
    original, its_chain = aliased(ChainNode), aliased(Chain)
    return (
        select(ChainNode, its_chain.code, original.code)
        .outerjoin(original, original.id == ChainNode.shared_id)
        .outerjoin(its_chain, its_chain.id == original.chain_id)
        .where(ChainNode.chain_id.in_(chain_ids))
        .order_by(ChainNode.position, ChainNode.id)
    )


def node(session: Session, public_id: str, *, actor: Actor) -> ChainNode:
    """One node by its public id. Raises NotFound."""
    found = session.scalars(
        select(ChainNode).where(ChainNode.public_id == public_id, access.visible_to(actor))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def choices(session: Session) -> list[tuple[int, str]]:
    """Every map, for pickers."""
    return [(row.id, row.name) for row in session.execute(select(Chain.id, Chain.name).order_by(Chain.code))]


def node_choices(session: Session) -> list[tuple[int, str]]:
    """Every end or group node below its chain, for pickers: (id, "新型显示 / 偏光片")."""
    statement = (
        select(ChainNode.id, Chain.name, ChainNode.name)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .order_by(Chain.code, ChainNode.position)
    )
    return [(node_id, f"{chain} / {name}") for node_id, chain, name in session.execute(statement)]


def matcher(session: Session) -> Matcher:
    """The words of all maps; `ident` is the node's id, `chain` the chain's name. Kept until a node changes."""
    sign = session.execute(select(func.count(), func.max(ChainNode.id), func.max(ChainNode.updated_at))).one()
    return _matcher(session, (str(session.get_bind()), *sign))


_matchers: dict[tuple[object, ...], Matcher] = {}


def _matcher(session: Session, sign: tuple[object, ...]) -> Matcher:
    found = _matchers.get(sign)
    if found is None:
        statement = (
            select(
                ChainNode.id,
                Chain.name,
                ChainNode.level,
                ChainNode.keywords,
                ChainNode.exclude,
                ChainNode.trade_words,
                ChainNode.industry_codes,
            )
            .join(Chain, Chain.id == ChainNode.chain_id)
            .order_by(Chain.code, ChainNode.position)
        )
        found = Matcher(NodeWords(*row) for row in session.execute(statement))
        _matchers.clear()
        _matchers[sign] = found
    return found


def draft_of(found: Map) -> exchange.ChainDraft:
    """The map in the form of its file, for export and for freezing a version."""
    chain = found.chain
    return exchange.ChainDraft(
        code=chain.code,
        name=chain.name,
        name_en=chain.name_en,
        basis=chain.basis,
        cutoff=chain.as_of.isoformat() if chain.as_of else "",
        keywords=chain.keywords,
        nodes=[
            exchange.NodeDraft(
                node.code, found.code_of(node.parent_id), node.stage, node.level, node.name, node.name_en,
                node.industry_codes, node.keywords, node.exclude, node.note, node.see_also, node.trade_words,
                found.shared.get(node.shared_id or 0, ""),
            )
            for node in found.nodes
        ],
        edges=[
            exchange.EdgeDraft(found.by_id[e.source_id].code, found.by_id[e.target_id].code, e.kind, e.basis)
            for e in found.edges
        ],
    )  # fmt: skip
