"""What if: an enterprise tried out on a node, and what that changes here and on other maps. Nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import gaps, queries
from chains.models import ChainNode
from core.permissions import Actor
from crm.enterprises import access, coverage
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import ROLES, ProductMatch

MOST = 8


@dataclass(frozen=True)
class Wish:
    """An enterprise (by public id) on a node (by code) in a role, as the address of the page says it."""

    enterprise: str
    node: str
    role: str

    @property
    def text(self) -> str:
        return f"{self.enterprise}:{self.node}:{self.role}"


@dataclass(frozen=True)
class Effect:
    """What the wishes change on one map."""

    found: queries.Map
    before: gaps.Report
    after: gaps.Report

    @property
    def changed(self) -> list[tuple[ChainNode, gaps.State, gaps.State]]:
        """End nodes whose state is another one, in the order of the map."""
        pairs = (
            (node, self.before.nodes[node.code], self.after.nodes[node.code]) for node in self.found.nodes
        )
        return [
            (node, was.state, now.state) for node, was, now in pairs if now.end and was.state is not now.state
        ]


@dataclass(frozen=True)
class Trial:
    """The wishes that could be read, with the enterprises' names, and their effects; the open map comes first."""

    wishes: Sequence[tuple[Wish, str]]
    effects: Sequence[Effect]


def read(text: str) -> list[Wish]:
    """`PID:CODE:role,PID:CODE:role`; what cannot be read is left out."""
    parts = [part.split(":") for part in text.split(",")[:MOST]]
    return [
        Wish(part[0], part[1], part[2] if len(part) > 2 and part[2] in ROLES else "backbone")
        for part in parts
        if len(part) >= 2 and all(part[:2])
    ]


def tried(
    session: Session, found: queries.Map, wishes: Sequence[Wish], locator: Locator, *, actor: Actor
) -> Trial:
    """The wishes on the open map, and on other maps those nodes that know one of the firms' products."""
    names = _firms(session, [wish.enterprise for wish in wishes], actor)
    known = [wish for wish in wishes if wish.enterprise in names and wish.node in found.by_code]
    home = locator.home.key
    more = {
        found.chain.id: [gaps.Placed(w.node, names[w.enterprise][0], w.role, home) for w in known],
    }
    roles = {names[wish.enterprise][0]: wish.role for wish in known}
    for chain_id, code, firm in _elsewhere(session, list(roles), found.chain.id):
        more.setdefault(chain_id, []).append(gaps.Placed(code, firm, roles[firm], home))
    others = (
        [one for one in queries.maps(session, actor=actor) if one.chain.id in more] if len(more) > 1 else []
    )
    maps = [found, *(one for one in others if one.chain.id != found.chain.id)]
    before = coverage.reports(session, maps, locator)
    after = coverage.reports(session, maps, locator, more=more)
    effects = [Effect(*each) for each in zip(maps, before, after, strict=True)]
    return Trial(
        [(wish, names[wish.enterprise][1]) for wish in known],
        [effect for effect in effects if effect.found is found or effect.changed],
    )


def _firms(session: Session, pids: Sequence[str], actor: Actor) -> dict[str, tuple[int, str]]:
    statement = select(Enterprise.public_id, Enterprise.id, Enterprise.name).where(
        Enterprise.public_id.in_(pids), access.visible_to(actor)
    )
    return {pid: (number, name) for pid, number, name in session.execute(statement)}


def _elsewhere(session: Session, firms: Sequence[int], chain_id: int) -> list[tuple[int, str, int]]:
    """(chain, node code, firm) on other maps whose words know a product of the firms."""
    statement = (
        select(ChainNode.chain_id, ChainNode.code, ProductMatch.enterprise_id)
        .join(ChainNode, ChainNode.id == ProductMatch.node_id)
        .where(ProductMatch.enterprise_id.in_(firms), ChainNode.chain_id != chain_id)
    )
    return [(chain, code, firm) for chain, code, firm in session.execute(statement)]
