"""Who could fill a gap: candidates out of the whole register, each with its score and reasons.

Three sources, each behind an index: placements on the node and its neighbours in the tree, products that
the node's words recognise, and enterprises of the node's industry classes by revenue. The size of the
register does not matter; each source is cut before names are read.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from chains import gaps, queries, thresholds
from chains.models import ChainNode
from core import clock
from core.places import Region
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise, EnterpriseYear, Industry
from crm.enterprises.placements import Placement, ProductMatch, review_on
from crm.targets import rules, terms
from crm.targets.models import Target
from crm.targets.rules import Evidence, Facts, Fit

PER_SOURCE = 200
PER_INDUSTRY = 40


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
    """The best `limit` candidates for one node, local firms left out; `only` scores some enterprises."""
    evidence = _evidence(session, found, node, locator)
    if only is not None:
        chosen = set(only)
        evidence = {number: one for number, one in evidence.items() if number in chosen}
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
    revenue = _revenue(session, numbers)
    open_targets = set(
        session.scalars(select(Target.enterprise_id).where(Target.node_id == node.id, Target.open_key == 1))
    )
    made = []
    for row in _rows(session, numbers):
        facts = Facts(evidence[row.id], revenue[row.id], row.latest_revenue_wan, row.latest_year)
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


def _evidence(session: Session, found: queries.Map, node: ChainNode, locator: Locator) -> dict[int, Evidence]:
    """The strongest evidence for each enterprise that is not at home."""
    rule = terms.on(clock.today())
    best: dict[int, Evidence] = {}
    for source in (_placed(session, found, node, locator), _made(session, node, locator)):
        for number, one in source:
            if rules.better(one, best.get(number), rule):
                best[number] = one
    for number, one in _in_industry(session, node, locator):
        best.setdefault(number, one)
    return best


def _here(locator: Locator) -> tuple[ColumnElement[bool], ...]:
    """Only the living, and not those who are at home already."""
    return Enterprise.reg_status == "active", locator.outside()


def _placed(
    session: Session, found: queries.Map, node: ChainNode, locator: Locator
) -> Iterable[tuple[int, Evidence]]:
    """Firms on the node itself, right above and below it (segments left out), and on its twins in other maps."""
    near = [other.id for other in found.nodes if other.parent_id == node.id]
    if node.parent_id is not None and found.by_id[node.parent_id].level > 1:
        near.append(node.parent_id)
    if node.see_also:
        near += session.scalars(select(ChainNode.id).where(ChainNode.code.in_(node.see_also)))
    months = thresholds.on(clock.today()).review_months
    statement = (
        select(
            Placement.enterprise_id, Placement.node_id, Placement.product, Placement.role,
            Placement.revenue_share, Placement.evidence_on,
        )
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .where(Placement.node_id.in_([node.id, *near]))
        .order_by(Placement.revenue_share.desc().nulls_last(), Placement.id)
        .limit(PER_SOURCE)
    )  # fmt: skip
    for number, node_id, product, role, share, on in session.execute(statement.where(*_here(locator))):
        kind = "placement" if node_id == node.id else "near_placement"
        yield number, Evidence(kind, product, "", role, share, on, review_on(on, months) < clock.today())


def _made(session: Session, node: ChainNode, locator: Locator) -> Iterable[tuple[int, Evidence]]:
    """Enterprises one of whose products the node's words recognise."""
    statement = (
        select(ProductMatch.enterprise_id, ProductMatch.product, ProductMatch.word)
        .join(Enterprise, Enterprise.id == ProductMatch.enterprise_id)
        .where(ProductMatch.node_id == node.id)
        .order_by(Enterprise.latest_revenue_wan.desc().nulls_last(), Enterprise.id)
        .limit(PER_SOURCE)
    )
    for number, product, word in session.execute(statement.where(*_here(locator))):
        yield number, Evidence("product", product, word)


def _in_industry(session: Session, node: ChainNode, locator: Locator) -> Iterable[tuple[int, Evidence]]:
    """The largest enterprises of the node's industry classes: only their industry speaks for them."""
    names: dict[str, str] = {
        row.code: row.name
        for row in session.execute(
            select(Industry.code, Industry.name).where(Industry.code.in_(node.industry_codes))
        )
    }
    for code in node.industry_codes:
        statement = (
            select(Enterprise.id)
            .where(Enterprise.industry_code == code, Enterprise.latest_revenue_wan.is_not(None))
            .order_by(Enterprise.latest_revenue_wan.desc())
            .limit(PER_INDUSTRY)
        )
        for number in session.scalars(statement.where(*_here(locator))):
            yield number, Evidence("industry", industry=f"{code} {names.get(code, '')}".strip())


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


def _revenue(session: Session, numbers: list[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """Revenue by year, oldest first; one source a year is enough to see growth."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    statement = select(EnterpriseYear.enterprise_id, EnterpriseYear.year, EnterpriseYear.revenue_wan).where(
        EnterpriseYear.enterprise_id.in_(numbers),
        EnterpriseYear.revenue_wan.is_not(None),
        EnterpriseYear.year >= _first_year(clock.today()),
    )
    for number, year, revenue in session.execute(statement):
        if revenue is not None:
            found[number].setdefault(year, revenue)
    years: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    years.update({number: sorted(by_year.items()) for number, by_year in found.items()})
    return years


def _first_year(today: date) -> int:
    return today.year - 4
