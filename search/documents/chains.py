"""Maps and their nodes: names in both languages, codes, product words, industry classes."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from chains import access
from chains.models import Chain, ChainNode
from chains.words import STAGES, STATUSES
from core.i18n import lazy as _l
from search import acl
from search.document import Document
from search.sources import Source, by

KIND = "chain"
NODE_KIND = "chain_node"
_MAP_WEIGHT = 600
_NODE_WEIGHT = 300


def build(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """Two statements, whatever the number of ids."""
    statement = select(Chain).where(Chain.id.in_(ids)).options(selectinload(Chain.offices))
    return {chain.id: _chain(chain) for chain in session.scalars(statement)}


def build_nodes(session: Session, ids: Sequence[int]) -> dict[int, Document]:
    """One statement, whatever the number of ids."""
    statement = select(ChainNode).where(ChainNode.id.in_(ids)).options(joinedload(ChainNode.chain))
    return {node.id: _node(node) for node in session.scalars(statement)}


def _chain(chain: Chain) -> Document:
    return Document(
        kind=KIND,
        id=chain.id,
        public_id=chain.public_id,
        path=f"/chains/{chain.public_id}",
        title=chain.name,
        acl=acl.document_tokens(KIND),
        aliases=tuple(filter(None, (chain.name_en, *chain.keywords))),
        codes=(chain.code,),
        status=chain.status,
        body="、".join(office.name for office in chain.offices),
        weight=_MAP_WEIGHT,
        updated=chain.updated_at,
    )


def _node(node: ChainNode) -> Document:
    return Document(
        kind=NODE_KIND,
        id=node.id,
        public_id=node.public_id,
        path=f"/chains/{node.chain.public_id}?node={node.code}",
        title=node.name,
        acl=acl.document_tokens(NODE_KIND),
        aliases=(node.name_en,) if node.name_en else (),
        codes=(node.code,),
        industry=node.chain.name,
        status=node.stage,
        body="；".join(filter(None, ("、".join(node.keywords), node.note, "、".join(node.industry_codes)))),
        weight=_NODE_WEIGHT,
        updated=node.updated_at,
    )


SOURCES = (
    Source(
        kind=KIND,
        label=_l("招商图谱"),
        model=Chain,
        view=access.VIEW,
        visible=access.visible_to,
        build=build,
        common=True,
        statuses=STATUSES,
        prefixes=(Chain.name, Chain.code),
    ),
    Source(
        kind=NODE_KIND,
        label=_l("图谱节点"),
        model=ChainNode,
        view=access.VIEW,
        visible=access.visible_to,
        build=build_nodes,
        common=True,
        shows={KIND: by(ChainNode, ChainNode.chain_id)},
        statuses=STAGES,
        prefixes=(ChainNode.name, ChainNode.code),
    ),
)
