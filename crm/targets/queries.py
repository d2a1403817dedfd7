"""Reads of target lists and targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from chains.models import Chain, ChainNode
from core.accounts.models import Account, Unit
from core.errors import NotFound
from core.permissions import Actor
from core.places import Region
from crm.enterprises.models import Enterprise
from crm.targets import access, terms
from crm.targets.models import Target, TargetList

_specialist = aliased(Account)


@dataclass(frozen=True)
class Row:
    """One line of the list; revenue in 万元."""

    id: int
    version: int
    public_id: str
    enterprise_pid: str
    name: str
    region: str
    chain: str
    node: str
    product: str
    revenue_wan: Decimal | None
    revenue_year: int | None
    fit_points: Decimal | None
    fit_known: Decimal | None
    contact_status: str
    unit: str
    specialist: str
    last_contact_on: date | None
    assigned_on: date
    next_step: str
    next_contact_on: date | None
    pooled: bool


def rows(session: Session, ids: Sequence[int], *, actor: Actor) -> dict[int, Row]:
    """The lines of a page, by key, as far as the actor may see them. One statement."""
    statement = (
        select(
            Target.id, Target.version, Target.public_id, Enterprise.public_id, Enterprise.name,
            func.coalesce(Region.name, ""),
            Chain.name, ChainNode.name, Target.product, Enterprise.latest_revenue_wan, Enterprise.latest_year,
            Target.fit_points, Target.fit_known, Target.contact_status,
            func.coalesce(func.nullif(Unit.short_name, ""), Unit.name), func.coalesce(_specialist.name, ""),
            Target.last_contact_on, Target.assigned_on, Target.next_step, Target.next_contact_on,
            Target.pooled_on.is_not(None),
        )
        .join(Enterprise, Enterprise.id == Target.enterprise_id)
        .join(ChainNode, ChainNode.id == Target.node_id)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .join(Unit, Unit.id == Target.unit_id)
        .outerjoin(_specialist, _specialist.id == Target.specialist_id)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .where(Target.id.in_(ids), access.visible_to(actor))
    )  # fmt: skip
    plain: Iterable[Any] = session.execute(statement)
    return {row[0]: Row(*row) for row in plain}


def get(session: Session, public_id: str, *, actor: Actor) -> Target:
    """One target with what its page shows. Raises NotFound, also for what is hidden."""
    statement = (
        select(Target)
        .where(Target.public_id == public_id, access.visible_to(actor))
        .options(
            joinedload(Target.enterprise),
            joinedload(Target.node).joinedload(ChainNode.chain),
            joinedload(Target.list),
            joinedload(Target.unit),
            joinedload(Target.specialist),
            joinedload(Target.leader),
        )
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def lists(session: Session, *, actor: Actor, open_only: bool = False) -> list[TargetList]:
    """The lists that the actor may see, newest first."""
    statement = select(TargetList).where(access.lists_visible_to(actor)).order_by(TargetList.id.desc())
    if open_only:
        statement = statement.where(TargetList.frozen_at.is_(None))
    return list(session.scalars(statement))


def on_node(session: Session, node_id: int, *, actor: Actor) -> list[Target]:
    """Open targets for a node, as far as the actor may see them."""
    statement = (
        select(Target)
        .where(Target.node_id == node_id, Target.open_key == 1, access.visible_to(actor))
        .options(joinedload(Target.enterprise), joinedload(Target.unit))
        .order_by(Target.id)
    )
    return list(session.scalars(statement))


def due_for(session: Session, actor: Actor, today: date, limit: int = 20) -> list[Target]:
    """The actor's own open targets: silent for the days of the reminder, or with a next step that is due."""
    quiet_since = today - timedelta(days=terms.on(today).remind_days)
    last = func.coalesce(Target.last_contact_on, Target.assigned_on)
    statement = (
        select(Target)
        .where(
            Target.specialist_id == actor.account_id, Target.open_key == 1, Target.contact_status != "paused"
        )
        .where(
            or_(and_(last <= quiet_since, Target.assigned_on <= quiet_since), Target.next_contact_on <= today)
        )
        .options(joinedload(Target.enterprise))
        .order_by(last, Target.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def counts_by_node(session: Session, chain_id: int) -> dict[int, int]:
    """Open targets that are being talked to, per node: no names, so it is told to everybody."""
    statement = (
        select(Target.node_id, func.count())
        .join(ChainNode, ChainNode.id == Target.node_id)
        .where(ChainNode.chain_id == chain_id, Target.contact_status.in_(("negotiating", "converted")))
        .group_by(Target.node_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def of_enterprise(session: Session, enterprise_id: int, *, actor: Actor) -> list[Target]:
    statement = (
        select(Target)
        .where(Target.enterprise_id == enterprise_id, access.visible_to(actor))
        .options(joinedload(Target.node), joinedload(Target.unit))
        .order_by(Target.id.desc())
    )
    return list(session.scalars(statement))


def load_of_specialists(session: Session, unit_ids: Sequence[int]) -> list[tuple[int, str, int]]:
    """(account id, name, open targets) of the people of some units, for assignment."""
    statement = (
        select(Account.id, Account.name, func.count(Target.id))
        .outerjoin(Target, (Target.specialist_id == Account.id) & (Target.open_key == 1))
        .where(Account.unit_id.in_(unit_ids), Account.active, Account.kind == "staff")
        .group_by(Account.id, Account.name)
        .order_by(func.count(Target.id), Account.name)
    )
    return [(number, name, count) for number, name, count in session.execute(statement)]


def unit_choices(session: Session, *, actor: Actor, permission: str) -> list[tuple[int, str]]:
    """Units that the actor may give targets to."""
    reach = actor.reach(permission)
    statement = select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.path)
    if not reach.everything:
        statement = statement.where(Unit.id.in_(sorted(reach.unit_ids)))
    return [(number, name) for number, name in session.execute(statement)]
