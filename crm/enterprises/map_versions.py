"""Versions of maps with the firms that stood on their nodes: frozen, told of, judged as they stood, compared."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chains import gaps, queries, thresholds, versions
from chains.comparing import Comparison, Firm, compare
from chains.exchange import ChainDraft
from chains.models import Chain, ChainNode
from core import clock, notify
from core.accounts.models import Account, Grant
from core.i18n import lazy as _l
from core.permissions import Actor
from core.places import Region
from crm.enterprises import purchases
from crm.enterprises.coverage import Age, Named
from crm.enterprises.homes import Locator
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import ROLES, Placement, review_on
from crm.enterprises.purchases import Supply

notify.words(
    "chains.submitted", _l("%(who)s把图谱“%(name)s”第 %(number)s 版送审，请审核。"), _l("有图谱送审")
)


def take(
    session: Session,
    public_id: str,
    verb: str,
    *,
    version: int | None,
    reason: str = "",
    as_of: date | None = None,
    reviewers: Collection[str] = (),
    actor: Actor,
) -> Chain:
    """A step of the map's lifecycle; publishing freezes firms and purchases of this moment with it.

    Whoever holds one of the roles `reviewers` hears of a map that is handed in.
    """
    firms: list[Firm] = []
    bought: list[list[Any]] = []
    if verb == "publish":
        firms = firms_of(session, queries.get(session, public_id, actor=actor))
        bought = purchases.kept(session, {firm.key for firm in firms if firm.role == "anchor"})
    chain = versions.take(
        session, public_id, verb, version=version, reason=reason, as_of=as_of, firms=firms, purchases=bought,
        actor=actor,
    )  # fmt: skip
    if verb == "submit":
        told = {"who": actor.name, "name": chain.name, "number": chain.number}
        notify.notify(
            session,
            _holders(session, reviewers, actor),
            "chains.submitted",
            told,
            f"/chains/{public_id}/versions",
        )
    return chain


def _holders(session: Session, reviewers: Collection[str], actor: Actor) -> list[int]:
    """Who holds one of the roles today, but for the one who acts."""
    today = clock.today()
    statement = (
        select(Grant.account_id)
        .join(Account, Account.id == Grant.account_id)
        .where(
            Grant.role.in_(reviewers), Account.active, Account.id != actor.account_id,
            or_(Grant.valid_from.is_(None), Grant.valid_from <= today),
            or_(Grant.valid_to.is_(None), Grant.valid_to >= today),
        )
        .distinct()
    )  # fmt: skip
    return list(session.scalars(statement))


def firms_of(session: Session, found: queries.Map) -> list[Firm]:
    """Every active firm on the map's nodes, on a shared node those of its original; a firm and node once, with
    the weightiest role."""
    statement = (
        select(Enterprise, Placement, func.coalesce(Region.name, ""))
        .select_from(Placement)
        .join(Enterprise, Enterprise.id == Placement.enterprise_id)
        .join(ChainNode, ChainNode.id == Placement.node_id)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .where(Placement.node_id.in_(found.origins()), Enterprise.reg_status == "active")
        .order_by(ChainNode.position, Placement.id)
    )
    made: dict[tuple[str, str], Firm] = {}
    for firm, placed, region in session.execute(statement):
        for code in found.codes_at(placed.node_id):
            known = made.get((firm.public_id, code))
            if known is None or ROLES.index(placed.role) < ROLES.index(known.role):
                made[firm.public_id, code] = _kept(firm, placed, code, region)
    return list(made.values())


def _kept(firm: Enterprise, placed: Placement, code: str, region: str) -> Firm:
    return Firm(
        firm.public_id, firm.name, code, placed.role, placed.product, region, firm.region_code or "", firm.park_id,
        firm.stock_code is not None, placed.evidence, placed.evidence_on.isoformat(),
    )  # fmt: skip


def report_of(version: versions.Frozen, found: queries.Map, locator: Locator) -> gaps.Report:
    """The gap analysis of a frozen version, by its firms, its states set by hand, and the thresholds of its day."""
    numbers = {firm.key: number for number, firm in enumerate(version.firms)}
    return gaps.analyse(
        found.plain_nodes(),
        found.pairs(*queries.LINKS),
        [
            gaps.Placed(
                firm.node, numbers[firm.key], firm.role, locator.place_of(firm.region_code, firm.park_id), firm.listed
            )
            for firm in version.firms
        ],
        home=locator.home.key,
        thresholds=thresholds.on(clock.local(version.published_at).date()),
        overrides={
            code: gaps.State(state)
            for code, (state, _reason) in version.overrides.get(locator.home.value, {}).items()
        },
    )  # fmt: skip


def supply_of(version: versions.Frozen, locator: Locator) -> Supply | None:
    """The local supply as it was known when the version was published; None where that was not kept."""
    if version.purchases is None:
        return None
    anchors = {
        firm.key: firm.name
        for firm in version.firms
        if firm.role == "anchor" and locator.is_local(firm.region_code, firm.park_id)
    }
    return purchases.supply_kept(version.purchases, anchors, locator.home.value)


def age_of(version: versions.Frozen) -> Age:
    """How old the evidence was on the day of publishing."""
    day = clock.local(version.published_at).date()
    days = sorted(date.fromisoformat(firm.evidence_on) for firm in version.firms if firm.evidence_on)
    months = thresholds.on(day).review_months
    due = sum(review_on(each, months) < day for each in days)
    return Age(len(days), due, days[0] if days else None, days[-1] if days else None)


def names_by_node(
    version: versions.Frozen, locator: Locator, *, most: int = 6
) -> dict[str, tuple[list[Named], list[Named]]]:
    """(local firms, `most` of the others) by node code, for a table on paper."""
    made: dict[str, tuple[list[Named], list[Named]]] = {}
    for firm in version.firms:
        local = locator.is_local(firm.region_code, firm.park_id)
        side = made.setdefault(firm.node, ([], []))[0 if local else 1]
        if local or len(side) < most:
            side.append(Named(firm.name, firm.role))
    return made


def comparison(session: Session, found: queries.Map, older: int, newer: int) -> Comparison:
    """Two published versions by number; 0 stands for the map as it is now. Raises NotFound."""
    (before, stood), (after, stand) = (_side(session, found, number) for number in (older, newer))
    return compare(before, after, stood, stand)


def _side(session: Session, found: queries.Map, number: int) -> tuple[ChainDraft, Sequence[Firm]]:
    if not number:
        return queries.draft_of(found), firms_of(session, found)
    version = versions.frozen(session, found.chain, number)
    return version.draft, version.firms
