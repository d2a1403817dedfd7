"""Enterprises of the register put on a list by hand, each on the node that speaks for it, and taken off again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries as chain_queries
from chains.models import ChainNode
from core import audit
from core.db import load
from core.errors import Conflict, Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.activity import queries as activity
from crm.enterprises import coverage, homes
from crm.enterprises.placements import Placement, ProductMatch
from crm.targets import access, candidates, service
from crm.targets.models import Target, TargetList


def add_enterprise(
    session: Session,
    enterprise_id: int,
    target_list: TargetList,
    *,
    node_id: int | None,
    unit_id: int,
    specialist_id: int | None,
    source: str,
    actor: Actor,
) -> Target:
    """One enterprise on a list, scored as candidates are. Without a node the one that its placements or products
    point to; raises Invalid where none does."""
    node = (
        session.get(ChainNode, node_id) if node_id else node_for(session, enterprise_id, target_list.chain_id)
    )
    if node is None:
        raise Invalid(Fault("node_id", "none", _l("图谱里没有对得上的节点，请指定节点后再列入。")))
    found = chain_queries.load_map(session, node.chain)
    locator = homes.locate(session)
    report = coverage.report(session, found, locator)
    one = candidates.find(session, found, found.by_id[node.id], report, locator, only=[enterprise_id])
    if not one:
        raise Invalid(Fault("candidates", "gone", _l("企业已注销、吊销或迁出，不能列入。")))
    return service.add(
        session,
        target_list,
        node,
        one,
        unit_id=unit_id,
        specialist_id=specialist_id,
        source=source,
        actor=actor,
    )[0]


def node_for(session: Session, enterprise_id: int, chain_id: int | None) -> ChainNode | None:
    """Where the enterprise stands on the map (of one chain), else where its products point."""
    found = nodes_for(session, [enterprise_id]).of(enterprise_id, chain_id)
    return None if found is None else session.get(ChainNode, found)


@dataclass(frozen=True)
class NodesOf:
    """(chain id, node id) by enterprise, the surest first."""

    ranked: Mapping[int, Sequence[tuple[int, int]]]

    def of(self, enterprise_id: int, chain_id: int | None) -> int | None:
        """The surest node of the enterprise, of one chain or of any."""
        nodes = self.ranked.get(enterprise_id, ())
        return next((node for chain, node in nodes if chain_id in (None, chain)), None)


def nodes_for(session: Session, numbers: Collection[int]) -> NodesOf:
    """Where enterprises stand on the maps, and behind that where their products point. Two statements."""
    placed = (
        select(Placement.enterprise_id, ChainNode.chain_id, ChainNode.id)
        .join(ChainNode, ChainNode.id == Placement.node_id)
        .where(Placement.enterprise_id.in_(numbers))
        .order_by(Placement.revenue_share.desc().nulls_last(), Placement.id)
    )
    matched = (
        select(ProductMatch.enterprise_id, ChainNode.chain_id, ChainNode.id)
        .join(ChainNode, ChainNode.id == ProductMatch.node_id)
        .where(ProductMatch.enterprise_id.in_(numbers))
        .order_by(ChainNode.level.desc(), ChainNode.id)
    )
    ranked: dict[int, list[tuple[int, int]]] = {}
    for statement in (placed, matched):
        for number, chain_id, node_id in session.execute(statement):
            ranked.setdefault(number, []).append((chain_id, node_id))
    return NodesOf(ranked)


def withdraw(session: Session, public_id: str, *, version: int, actor: Actor) -> None:
    """Take a target off that nothing has been done about yet. Raises Conflict where something has."""
    target = load(session, Target, public_id, where=access.visible_to(actor))
    if target.version != version or activity.follow_up_count(session, service.KIND, target.id):
        raise Conflict(_l("之后又有人改过或跟进过，保留在名单上。"))
    audit.record("targets.withdrawn", service.KIND, target.id, actor=actor, label=target.enterprise.name)
    service.touched([target])
    session.delete(target)
    session.flush()
