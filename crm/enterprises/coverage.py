"""A map seen from home: its gap report, and the firms on one node. One statement for each table."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session

from chains import gaps, queries, thresholds
from chains.models import ChainNode, NodeOverride
from core import clock
from core.places import Region
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement, review_on

SHOWN = 60


@dataclass(frozen=True)
class FirmOnNode:
    """A firm on a node as the drawer shows it. `due` when its evidence is older than the review months."""

    public_id: str
    placement_pid: str
    name: str
    region: str
    stock_code: str | None
    role: str
    product: str
    revenue_share: Decimal | None
    evidence: str
    evidence_on: date
    due: bool
    local: bool


def report(session: Session, found: queries.Map, locator: Locator) -> gaps.Report:
    """The gap analysis of a map for one home, by the thresholds of today."""
    return reports(session, [found], locator)[0]


def reports(
    session: Session,
    maps: Sequence[queries.Map],
    locator: Locator,
    *,
    more: Mapping[int, Sequence[gaps.Placed]] | None = None,
    rule: thresholds.Thresholds | None = None,
) -> list[gaps.Report]:
    """The gap analyses of several maps, in one statement for each table.

    `more` are firms by chain that are only tried out; `rule` thresholds that are tried instead of those of today.

    Firms at home are read one by one, all others added up by node and place in the database.
    """
    rule = rule or thresholds.on(clock.today())
    standings = _standings(session, maps, locator, rule)
    overrides = _overrides(session, maps, locator)
    return [
        gaps.analyse(
            found.plain_nodes(),
            found.pairs(*queries.LINKS),
            [*standings.placed[found.chain.id], *(more or {}).get(found.chain.id, ())],
            home=locator.home.key,
            thresholds=rule,
            overrides=overrides[found.chain.id],
            elsewhere=standings.elsewhere[found.chain.id],
        )
        for found in maps
    ]


def _overrides(
    session: Session, maps: Sequence[queries.Map], locator: Locator
) -> dict[int, dict[str, gaps.State]]:
    """States that people have set for this home, by chain and code."""
    found: dict[int, dict[str, gaps.State]] = {one.chain.id: {} for one in maps}
    statement = (
        select(ChainNode.chain_id, ChainNode.code, NodeOverride.state)
        .join(ChainNode, ChainNode.id == NodeOverride.node_id)
        .where(ChainNode.chain_id.in_(found), NodeOverride.home == locator.home.value)
    )
    for chain_id, code, state in session.execute(statement):
        found[chain_id][code] = gaps.State(state)
    return found


@dataclass(frozen=True)
class Age:
    """How old the evidence of a map's firms is: firms' placements, how many are due, oldest and newest day."""

    count: int
    due: int
    oldest: date | None
    newest: date | None


def age(session: Session, found: queries.Map) -> Age:
    """The age of what the picture rests on, in one statement."""
    fresh_from = review_on(clock.today(), -thresholds.on(clock.today()).review_months)
    statement = (
        select(
            func.count(), func.coalesce(func.sum(case((Placement.evidence_on < fresh_from, 1), else_=0)), 0),
            func.min(Placement.evidence_on), func.max(Placement.evidence_on),
        )
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .where(Placement.node_id.in_(found.origins()), Enterprise.reg_status == "active")
    )  # fmt: skip
    return Age(*session.execute(statement).one())


@dataclass(frozen=True)
class _Standing:
    """Which nodes of some maps count the firms placed on a node; a shared one counts those of its original."""

    at: Mapping[int, Sequence[tuple[int, str]]]
    condition: ColumnElement[bool]


def _standing(maps: Sequence[queries.Map]) -> _Standing:
    at: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for one in maps:
        for node in one.nodes:
            at[node.shared_id or node.id].append((one.chain.id, node.code))
    originals = [node.shared_id for one in maps for node in one.nodes if node.shared_id]
    of_chains = ChainNode.chain_id.in_([one.chain.id for one in maps])
    return _Standing(
        at, and_(or_(of_chains, Placement.node_id.in_(originals)), Enterprise.reg_status == "active")
    )


@dataclass(frozen=True)
class _Standings:
    """What placements say of some maps, by chain: firms at home one by one, the others added up by node and place."""

    placed: Mapping[int, Sequence[gaps.Placed]]
    elsewhere: Mapping[int, Mapping[str, Sequence[gaps.Elsewhere]]]


def _standings(
    session: Session, maps: Sequence[queries.Map], locator: Locator, rule: thresholds.Thresholds
) -> _Standings:
    """All placements of the maps, in one statement. Firms that are gone from the register's active part count nowhere.

    A firm outside home counts once on a node, with its weightiest role; of one at home every role comes.
    """
    standing = _standing(maps)
    placed: dict[int, list[gaps.Placed]] = {one.chain.id: [] for one in maps}
    sums: dict[tuple[int, str | None], list[int]] = defaultdict(lambda: [0, 0, 0])
    for node_id, firm, role, key, *counts in session.execute(_added_up(standing, locator, rule)):
        if firm is None:
            at = sums[node_id, locator.place_at(key)]
            at[:] = [mine + int(more) for mine, more in zip(at, counts, strict=True)]
            continue
        for chain_id, code in standing.at[node_id]:
            placed[chain_id].append(gaps.Placed(code, firm, role, locator.home.key, bool(counts[2])))
    elsewhere: dict[int, dict[str, list[gaps.Elsewhere]]] = {one.chain.id: defaultdict(list) for one in maps}
    for (node_id, name), (weight, firms, listed) in sums.items():
        for chain_id, code in standing.at[node_id]:
            elsewhere[chain_id][code].append(gaps.Elsewhere(name, weight, firms, listed))
    return _Standings(placed, elsewhere)


def _added_up(standing: _Standing, locator: Locator, rule: thresholds.Thresholds) -> Any:
    """(node, firm, role, place, weight, firms, listed); firm and role of those at home only, without their place."""
    inside = not_(locator.outside())
    role = case((inside, Placement.role)).label("role")
    at_home = case((inside, Placement.enterprise_id)).label("at_home")
    place = case((inside, None), else_=locator.place_column()).label("place")
    each = (
        select(
            Placement.node_id, at_home, role, place,
            func.max(case(dict(rule.role_weights), value=Placement.role, else_=0)).label("weight"),
            func.max(case((Enterprise.stock_code.is_not(None), 1), else_=0)).label("listed"),
        )
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .join(ChainNode, ChainNode.id == Placement.node_id)
        .where(standing.condition)
        .group_by(Placement.node_id, Placement.enterprise_id, at_home, role, place)
        .subquery()
    )  # fmt: skip
    by = (each.c.node_id, each.c.at_home, each.c.role, each.c.place)
    return select(*by, func.sum(each.c.weight), func.count(), func.sum(each.c.listed)).group_by(*by)


def firms_on(session: Session, node_ids: Sequence[int], locator: Locator) -> tuple[list[FirmOnNode], int]:
    """Local firms first, then others by share of revenue, at most 60; and how many there are in all."""
    months = thresholds.on(clock.today()).review_months
    today = clock.today()
    conditions = (Placement.node_id.in_(node_ids), Enterprise.reg_status == "active")
    columns = (
        Enterprise.public_id, Placement.public_id, Enterprise.name, func.coalesce(Region.name, ""),
        Enterprise.stock_code, Placement.role, Placement.product, Placement.revenue_share, Placement.evidence,
        Placement.evidence_on, Enterprise.region_code, Enterprise.park_id,
    )  # fmt: skip
    base = (
        select(*columns)
        .select_from(Placement)
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .where(*conditions)
    )
    order = (Placement.revenue_share.desc().nulls_last(), Placement.id)
    rows = session.execute(base.where(~locator.outside()).order_by(*order).limit(SHOWN)).all()
    if len(rows) < SHOWN:
        others = base.where(locator.outside()).order_by(*order).limit(SHOWN - len(rows))
        rows = [*rows, *session.execute(others).all()]
    total = session.scalar(
        select(func.count(func.distinct(Placement.enterprise_id)))
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .where(*conditions)
    )
    firms = [
        FirmOnNode(*row[:10], due=review_on(row[9], months) < today, local=locator.is_local(row[10], row[11]))
        for row in rows
    ]
    return sorted(firms, key=lambda firm: not firm.local), total or 0


@dataclass(frozen=True)
class Named:
    """A firm on a node, for a table on paper."""

    name: str
    role: str


def names_by_node(
    session: Session, found: queries.Map, locator: Locator, *, most: int = 6
) -> dict[str, tuple[list[Named], list[Named]]]:
    """(local firms, others with the largest share of revenue) by node code, each once, `most` of the others."""
    statement = (
        select(
            Placement.node_id, Enterprise.id, Enterprise.name, Placement.role, Enterprise.region_code,
            Enterprise.park_id,
        )
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .where(Placement.node_id.in_(found.origins()), Enterprise.reg_status == "active")
        .order_by(Placement.node_id, Placement.revenue_share.desc().nulls_last(), Placement.id)
    )  # fmt: skip
    made: dict[str, tuple[list[Named], list[Named]]] = {}
    seen: set[tuple[int, int]] = set()
    for node_id, firm, name, role, region_code, park_id in session.execute(statement):
        if (node_id, firm) in seen:
            continue
        seen.add((node_id, firm))
        local = locator.is_local(region_code, park_id)
        for code in found.codes_at(node_id):
            side = made.setdefault(code, ([], []))[0 if local else 1]
            if local or len(side) < most:
                side.append(Named(name, role))
    return made
