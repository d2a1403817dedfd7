"""Versions of maps with the firms that stood on their nodes."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chains import queries, versions
from chains.comparing import Comparison, Firm, compare
from chains.models import Chain, ChainNode
from core.permissions import Actor
from core.places import Region
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement


def take(
    session: Session,
    public_id: str,
    verb: str,
    *,
    version: int | None,
    reason: str = "",
    as_of: date | None = None,
    actor: Actor,
) -> Chain:
    """A step of the map's lifecycle; publishing freezes the firms of this moment with it."""
    firms: list[Firm] = []
    if verb == "publish":
        firms = firms_of(session, queries.get(session, public_id, actor=actor))
    return versions.take(
        session, public_id, verb, version=version, reason=reason, as_of=as_of, firms=firms, actor=actor
    )


def firms_of(session: Session, found: queries.Map) -> list[Firm]:
    """Every active firm on the map's nodes, on a shared node those of its original; one line a firm and node."""
    statement = (
        select(
            Enterprise.public_id, Enterprise.name, Placement.node_id, Placement.role, Placement.product,
            func.coalesce(Region.name, ""),
        )
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .join(ChainNode, ChainNode.id == Placement.node_id)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .where(Placement.node_id.in_(found.origins()), Enterprise.reg_status == "active")
        .order_by(ChainNode.position, Placement.id)
    )  # fmt: skip
    made: dict[tuple[str, str], Firm] = {}
    for pid, name, node_id, role, product, region in session.execute(statement):
        for code in found.codes_at(node_id):
            made.setdefault((pid, code), Firm(pid, name, code, role, product, region))
    return list(made.values())


def comparison(session: Session, found: queries.Map, older: int, newer: int) -> Comparison:
    """Two published versions by number; 0 stands for the map as it is now. Raises NotFound."""
    sides = [
        versions.frozen(session, found.chain, number)
        if number
        else (queries.draft_of(found), firms_of(session, found))
        for number in (older, newer)
    ]
    return compare(sides[0][0], sides[1][0], sides[0][1], sides[1][1])
