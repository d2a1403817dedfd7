"""Putting enterprises on nodes, and keeping which products the maps' words recognise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from chains import access as chain_access
from chains import queries as chain_queries
from chains.exchange import PlacementDraft
from chains.matching import Matcher, products
from chains.models import Chain, ChainNode
from core import audit, clock
from core.bulk import insert_rows
from core.db import load
from core.dirty import touch
from core.errors import Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.enterprises import access
from crm.enterprises.models import Enterprise
from crm.enterprises.placements import ROLES, Placement, ProductMatch
from crm.enterprises.trades import trade_of

KIND = "enterprise"
NODE_KIND = "chain_node"
_BATCH = 2000


@dataclass(frozen=True)
class PlacementValues:
    """What a placement consists of. `revenue_share` is a part of 1."""

    role: str
    product: str
    revenue_share: Decimal | None
    evidence: str
    evidence_on: date | None


def place(
    session: Session, enterprise_pid: str, node_pid: str, values: PlacementValues, *, actor: Actor
) -> Placement:
    """Put an enterprise on a node. A product without evidence or date is refused (DOMAIN 4)."""
    require(actor, chain_access.PLACE)
    enterprise = load(session, Enterprise, enterprise_pid, where=access.visible_to(actor))
    ensure_within(enterprise, actor)
    node = chain_queries.node(session, node_pid, actor=actor)
    if faults := _faults(values):
        raise Invalid(faults)
    twin = select(Placement.id).where(
        Placement.enterprise_id == enterprise.id,
        Placement.node_id == node.id,
        Placement.product == values.product.strip(),
    )
    if session.scalar(twin) is not None:
        raise Invalid(Fault("product", "taken", _l("这家企业已经以同一产品挂在这个节点上。")))
    made = Placement(
        enterprise_id=enterprise.id,
        node_id=node.id,
        role=values.role,
        product=values.product.strip(),
        revenue_share=values.revenue_share,
        evidence=values.evidence.strip(),
        evidence_on=values.evidence_on,
    )
    session.add(made)
    session.flush()
    audit.record("chains.placed", KIND, enterprise.id, actor=actor, label=f"{enterprise.name} {node.code}")
    touch(KIND, [enterprise.id])
    touch(NODE_KIND, [node.id])
    return made


def ensure_within(enterprise: Enterprise, actor: Actor) -> None:
    """Firms of other units are theirs to place; what no unit has taken, such as listed companies, is everybody's."""
    if enterprise.unit_id is not None and not actor.reach(chain_access.PLACE).covers(enterprise.unit_id):
        raise NotPermitted()


def _faults(values: PlacementValues) -> list[Fault]:
    faults = []
    if values.role not in ROLES:
        faults.append(Fault("role", "unknown", _l("请选择角色：链主、龙头、骨干或配套。")))
    if not values.product.strip():
        faults.append(Fault("product", "required", _l("请写明主导产品；没有产品证据不能挂点。")))
    if not values.evidence.strip():
        faults.append(Fault("evidence", "required", _l("请写明证据来源，如“2025 年年报主营产品”。")))
    if values.evidence_on is None:
        faults.append(Fault("evidence_on", "required", _l("请写明证据日期。")))
    elif values.evidence_on > clock.today():
        faults.append(Fault("evidence_on", "future", _l("证据日期不能晚于今天。")))
    if values.revenue_share is not None and not 0 <= values.revenue_share <= 1:
        faults.append(Fault("revenue_share", "range", _l("营收占比要在 0 到 100% 之间。")))
    return faults


def review(
    session: Session, placement_pid: str, *, evidence: str, evidence_on: date, version: int, actor: Actor
) -> Placement:
    """Confirm a placement with newer evidence, so that it is no longer due."""
    require(actor, chain_access.PLACE)
    placement = load(session, Placement, placement_pid, version)
    ensure_within(placement.enterprise, actor)
    values = PlacementValues(placement.role, placement.product, None, evidence, evidence_on)
    if faults := _faults(values):
        raise Invalid(faults)
    placement.evidence, placement.evidence_on, placement.confirmed = evidence.strip(), evidence_on, True
    _note("chains.reviewed", placement, audit.changes_of(placement), "", actor)
    return placement


def remove(session: Session, placement_pid: str, *, reason: str, actor: Actor) -> None:
    """Take an enterprise off a node; the reason stays in the audit trail."""
    require(actor, chain_access.PLACE)
    placement = load(session, Placement, placement_pid)
    ensure_within(placement.enterprise, actor)
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明为什么移除。")))
    _note("chains.removed", placement, {"product": (placement.product, None)}, reason, actor)
    session.delete(placement)
    session.flush()


def _note(action: str, placement: Placement, changes: dict[str, Any], reason: str, actor: Actor) -> None:
    audit.record(
        action, KIND, placement.enterprise_id, actor=actor,
        label=f"{placement.enterprise.name} {placement.node.code}", changes=changes, reason=reason,
    )  # fmt: skip
    touch(KIND, [placement.enterprise_id])
    touch(NODE_KIND, [placement.node_id])


def place_listed(session: Session, chain: Chain, drafts: Sequence[PlacementDraft], *, actor: Actor) -> int:
    """Put the listed companies that a map's file names on its nodes, as proposals to be reviewed; how many.

    Companies unknown to the register are left out.
    """
    require(actor, chain_access.IMPORT)
    codes = {draft.stock_code for draft in drafts}
    firms = {
        code: number
        for number, code in session.execute(
            select(Enterprise.id, Enterprise.stock_code).where(Enterprise.stock_code.in_(codes))
        )
    }
    nodes = {
        code: number
        for number, code in session.execute(
            select(ChainNode.id, ChainNode.code).where(ChainNode.chain_id == chain.id)
        )
    }
    known: dict[tuple[int, int, str], Placement] = {}
    for draft in drafts:
        if draft.stock_code in firms and draft.product:
            key = (firms[draft.stock_code], nodes[draft.node], draft.product[:120])
            known.setdefault(
                key,
                Placement(
                    enterprise_id=key[0], node_id=key[1], product=key[2], role="backbone",
                    revenue_share=_share(draft.share), evidence=str(_l("图谱文件所列公开年报产品")),
                    evidence_on=draft.evidence_on, confirmed=False,
                ),
            )  # fmt: skip
    session.add_all(known.values())
    session.flush()
    label = f"{chain.name} {len(known)}"
    audit.record("chains.placements_loaded", "chain", chain.id, actor=actor, label=label)
    touch(KIND, {key[0] for key in known})
    touch(NODE_KIND, {key[1] for key in known})
    return len(known)


def _share(text: str | None) -> Decimal | None:
    """A part of 1; the sources hold a few shares below nought or above one, which say nothing."""
    try:
        value = Decimal(text) if text is not None else None
    except InvalidOperation:
        return None
    return value if value is not None and 0 <= value <= 1 else None


def refresh_matches(session: Session, enterprise_ids: Iterable[int], matcher: Matcher | None = None) -> int:
    """Match the products of some enterprises with all maps anew; how many matches were found.

    Call it in the unit of work that wrote `main_products` or the industry; pass `matcher` for
    several batches.
    """
    numbers = sorted(set(enterprise_ids))
    if not numbers:
        return 0
    words = matcher or chain_queries.matcher(session)
    found = 0
    for start in range(0, len(numbers), _BATCH):
        part = numbers[start : start + _BATCH]
        session.execute(delete(ProductMatch).where(ProductMatch.enterprise_id.in_(part)))
        rows = list(_matches(session, part, words))
        if rows:
            session.execute(insert(ProductMatch), rows)
        found += len(rows)
    return found


def enter_matches(
    session: Session, texts: Mapping[int, tuple[str, str | None, str]], matcher: Matcher
) -> None:
    """Match the products of new enterprises, (id → products, industry's code and word) as just written."""
    rows = [row for number, each in texts.items() for row in _matches_of(number, *each, matcher)]
    insert_rows(session.connection(), cast(Table, ProductMatch.__table__), rows)


def _matches(session: Session, numbers: list[int], words: Matcher) -> Iterable[dict[str, Any]]:
    statement = select(
        Enterprise.id, Enterprise.main_products, Enterprise.industry_code, Enterprise.industry_text
    ).where(Enterprise.id.in_(numbers), Enterprise.main_products != "")
    for row in session.execute(statement):
        yield from _matches_of(*row, words)


def _matches_of(
    enterprise_id: int, text: str, industry_code: str | None, industry_text: str, words: Matcher
) -> Iterable[dict[str, Any]]:
    seen: set[int] = set()
    trade = trade_of(industry_code, industry_text)
    for product in products(text):
        for match in words.match(product, trade).values():
            node_id = int(match.ident)
            if node_id not in seen:
                seen.add(node_id)
                yield {
                    "node_id": node_id,
                    "enterprise_id": enterprise_id,
                    "product": product[:120],
                    "word": match.word[:80],
                }
