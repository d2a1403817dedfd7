"""Who could fill a gap: candidates out of the whole register, each with its score and reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import gaps, queries
from chains.models import ChainNode
from core import clock
from core.places import Region
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement
from crm.targets import rules, sources, terms, yields
from crm.targets.models import Target
from crm.targets.rules import Evidence, Facts, Fit


@dataclass(frozen=True)
class Candidate:
    """An enterprise that could fill the gap. `listed_for` when a target for this node is open already."""

    enterprise_id: int
    public_id: str
    name: str
    region: str
    stock_code: str | None
    evidence: Evidence
    fit: Fit
    listed_for: bool

    @property
    def product(self) -> str:
        return self.evidence.product


def find(
    session: Session,
    found: queries.Map,
    node: ChainNode,
    report: gaps.Report,
    locator: Locator,
    *,
    limit: int = 20,
    only: Iterable[int] | None = None,
) -> list[Candidate]:
    """The best `limit` candidates for one node, local firms left out; or the score of `only` these enterprises."""
    if only is None:
        evidence = sources.evidence(session, found, node, locator)
    else:
        evidence = sources.evidence_for(session, found, node, set(only))
    return rank(session, found, node, report, locator, evidence)[:limit]


def rank(
    session: Session,
    found: queries.Map,
    node: ChainNode,
    report: gaps.Report,
    locator: Locator,
    evidence: dict[int, Evidence],
) -> list[Candidate]:
    """Score and order enterprises: by share of the known points, then by how much is known."""
    rule = terms.on(clock.today())
    gap = gap_of(session, found, node, report, locator)
    numbers = list(evidence)
    known = yields.told(session, numbers)
    open_targets = set(
        session.scalars(
            select(Target.enterprise_id).where(
                Target.enterprise_id.in_(numbers), Target.node_id == node.id, Target.open_key == 1
            )
        )
    )
    made = []
    for row in _rows(session, numbers):
        told = known.get(row.id, yields.Told())
        revenue = sorted(told.revenue.items())
        facts = Facts(evidence[row.id], revenue, row.latest_revenue_wan, row.latest_year, yields.of([told]))
        fit = rules.fit(facts, gap, rule)
        made.append(
            Candidate(
                row.id,
                row.public_id,
                row.name,
                row.region or "",
                row.stock_code,
                evidence[row.id],
                fit,
                row.id in open_targets,
            )
        )
    return sorted(made, key=lambda one: (-one.fit.ratio, -one.fit.known, one.name))


def gap_of(
    session: Session, found: queries.Map, node: ChainNode, report: gaps.Report, locator: Locator
) -> rules.Gap:
    """The node's gap, and a local anchor beside it in the map where there is one."""
    used, fed = found.neighbours(node)
    near = [other for other in (*fed, *used) if other.code in report.anchors]
    anchor = _anchor_on(session, near[0], locator) if near else ""
    return rules.Gap(
        state=report.nodes[node.code].state.value,
        node=node.name,
        anchor=anchor,
        anchor_node=near[0].name if anchor else "",
        yields=yields.at_home(session, found, locator),
    )


def _anchor_on(session: Session, node: ChainNode, locator: Locator) -> str:
    statement = (
        select(Enterprise.short_name, Enterprise.name)
        .join(Placement, Placement.enterprise_id == Enterprise.id)
        .where(Placement.node_id == node.id, Placement.role == "anchor", ~locator.outside())
        .where(Enterprise.reg_status == "active")
        .order_by(Enterprise.id)
        .limit(1)
    )
    found = session.execute(statement).first()
    return (found[0] or found[1]) if found is not None else ""


def _rows(session: Session, numbers: list[int]) -> list[Any]:
    statement = (
        select(
            Enterprise.id, Enterprise.public_id, Enterprise.name, Region.name.label("region"),
            Enterprise.stock_code, Enterprise.latest_revenue_wan, Enterprise.latest_year,
        )
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .where(Enterprise.id.in_(numbers))
    )  # fmt: skip
    return list(session.execute(statement))
