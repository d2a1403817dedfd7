"""Where candidates for a gap come from, each with its evidence: placements, products, industry.

Each source is behind an index and is cut before names are read, so that the size of the register does not matter.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from chains import queries, thresholds
from chains.models import ChainNode
from core import clock
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import Placement, ProductMatch, review_on
from crm.enterprises.queries import industry_names
from crm.targets import rules, terms
from crm.targets.rules import Evidence

PER_SOURCE = 200
PER_INDUSTRY = 40
MANY = 4000
"""With more matches than this the register is walked by revenue instead of sorting them."""

Found = Iterable[tuple[int, Evidence]]


def evidence(session: Session, found: queries.Map, node: ChainNode, locator: Locator) -> dict[int, Evidence]:
    """The strongest evidence for each enterprise that is not at home."""
    here = (_alive(), locator.outside())
    matched = _few(session, node, here) if _is_few(session, node) else _many(session, node, here)
    best = _best(_placed(session, found, node, here), matched)
    for number, one in _in_industry(session, node, here):
        best.setdefault(number, one)
    return best


def evidence_for(
    session: Session, found: queries.Map, node: ChainNode, numbers: Collection[int]
) -> dict[int, Evidence]:
    """The strongest evidence for these enterprises, wherever they are; `none` where nothing speaks for them."""
    chosen = (_alive(), Enterprise.id.in_(numbers))
    best = _best(_placed(session, found, node, chosen), _few(session, node, chosen))
    names = industry_names(session, node.industry_codes)
    rows = session.execute(select(Enterprise.id, Enterprise.industry_code).where(*chosen))
    for number, code in rows:
        best.setdefault(number, _by_industry(code, names) if code in names else Evidence("none"))
    return best


def _alive() -> ColumnElement[bool]:
    """Nearly all are active; written so that no planner takes an index of states for a narrow one."""
    clause: ColumnElement[bool] = func.coalesce(Enterprise.reg_status, "") == "active"
    return clause


def _best(*sources: Found) -> dict[int, Evidence]:
    rule = terms.on(clock.today())
    best: dict[int, Evidence] = {}
    for source in sources:
        for number, one in source:
            if rules.better(one, best.get(number), rule):
                best[number] = one
    return best


Clauses = tuple[ColumnElement[bool], ...]


def _placed(session: Session, found: queries.Map, node: ChainNode, clauses: Clauses) -> Found:
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
        .where(Placement.node_id.in_([node.id, *near]), *clauses)
        .order_by(Placement.revenue_share.desc().nulls_last(), Placement.id)
        .limit(PER_SOURCE)
    )  # fmt: skip
    for number, node_id, product, role, share, on in session.execute(statement):
        kind = "placement" if node_id == node.id else "near_placement"
        yield number, Evidence(kind, product, "", role, share, on, review_on(on, months) < clock.today())


def _is_few(session: Session, node: ChainNode) -> bool:
    inner = select(ProductMatch.enterprise_id).where(ProductMatch.node_id == node.id).limit(MANY + 1)
    return (session.scalar(select(func.count()).select_from(inner.subquery())) or 0) <= MANY


def _matches(node: ChainNode) -> Select[int, str, str]:
    return select(ProductMatch.enterprise_id, ProductMatch.product, ProductMatch.word).where(
        ProductMatch.node_id == node.id
    )


def _few(session: Session, node: ChainNode, clauses: Clauses) -> Found:
    """Enterprises one of whose products the node's words recognise, the largest of all of them."""
    statement = (
        _matches(node)
        .join(Enterprise, Enterprise.id == ProductMatch.enterprise_id)
        .where(*clauses)
        .order_by(Enterprise.latest_revenue_wan.desc().nulls_last(), Enterprise.id)
        .limit(PER_SOURCE)
    )
    for number, product, word in session.execute(statement):
        yield number, Evidence("product", product, word)


def _many(session: Session, node: ChainNode, clauses: Clauses) -> Found:
    """The same where a word is common: down the register by revenue until enough of them are found."""
    matches = select(ProductMatch.node_id).where(
        ProductMatch.node_id == node.id, ProductMatch.enterprise_id == Enterprise.id
    )
    largest = (
        select(Enterprise.id)
        .where(Enterprise.latest_revenue_wan.is_not(None), matches.exists(), *clauses)
        .order_by(Enterprise.latest_revenue_wan.desc(), Enterprise.id.desc())
        .limit(PER_SOURCE)
    )
    numbers = list(session.scalars(largest))
    for number, product, word in session.execute(
        _matches(node).where(ProductMatch.enterprise_id.in_(numbers))
    ):
        yield number, Evidence("product", product, word)


def _by_industry(code: str, names: dict[str, str]) -> Evidence:
    return Evidence("industry", industry=f"{code} {names.get(code, '')}".strip())


def _in_industry(session: Session, node: ChainNode, clauses: Clauses) -> Found:
    """The largest enterprises of the node's industry classes, then those whose size is not known: only their
    industry speaks for them."""
    names = industry_names(session, node.industry_codes)
    for code in node.industry_codes:
        own = select(Enterprise.id).where(Enterprise.industry_code == code, *clauses)
        sized = own.where(Enterprise.latest_revenue_wan.is_not(None))
        numbers = list(
            session.scalars(sized.order_by(Enterprise.latest_revenue_wan.desc()).limit(PER_INDUSTRY))
        )
        if len(numbers) < PER_INDUSTRY:
            unsized = own.where(Enterprise.latest_revenue_wan.is_(None))
            numbers += session.scalars(unsized.limit(PER_INDUSTRY - len(numbers)))
        for number in numbers:
            yield number, _by_industry(code, names)
