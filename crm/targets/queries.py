"""Reads of target lists and targets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from chains.models import Chain, ChainNode
from core.accounts.models import Account, Unit
from core.errors import NotFound
from core.permissions import Actor
from core.places import Region
from crm.activity import queries as activity
from crm.enterprises.models import Enterprise
from crm.targets import access, terms
from crm.targets.models import Target, TargetList

_specialist = aliased(Account)
MOST_LISTS = 500
"""More than a choice can show."""


@dataclass(frozen=True)
class Row:
    """One line of the list; revenue in 万元. `progress` are the words of the last follow-up."""

    id: int
    version: int
    public_id: str
    enterprise_id: int
    node_id: int
    enterprise_pid: str
    name: str
    uscc: str
    region: str
    chain: str
    stage: str
    node: str
    category: str
    product: str
    revenue_wan: Decimal | None
    revenue_year: int | None
    fit_points: Decimal | None
    fit_known: Decimal | None
    maturity: str
    contact_status: str
    unit: str
    specialist: str
    list: str
    last_contact_on: date | None
    assigned_on: date
    next_step: str
    next_contact_on: date | None
    pooled: bool
    updated_at: datetime
    progress_on: date | None = None
    progress: str = ""


def rows(session: Session, ids: Sequence[int], *, actor: Actor) -> dict[int, Row]:
    """The lines of a page, by key, as far as the actor may see them. Two statements."""
    statement = (
        select(
            Target.id, Target.version, Target.public_id, Target.enterprise_id, Target.node_id,
            Enterprise.public_id, Enterprise.name, func.coalesce(Enterprise.uscc, ""),
            func.coalesce(Region.name, ""), Chain.name, ChainNode.stage, ChainNode.name, Target.category,
            Target.product, Enterprise.latest_revenue_wan, Enterprise.latest_year,
            Target.fit_points, Target.fit_known, func.coalesce(Target.maturity, ""), Target.contact_status,
            func.coalesce(func.nullif(Unit.short_name, ""), Unit.name), func.coalesce(_specialist.name, ""),
            TargetList.name, Target.last_contact_on, Target.assigned_on, Target.next_step,
            Target.next_contact_on, Target.pooled_on.is_not(None), Target.updated_at,
        )
        .join(TargetList, TargetList.id == Target.list_id)
        .join(Enterprise, Enterprise.id == Target.enterprise_id)
        .join(ChainNode, ChainNode.id == Target.node_id)
        .join(Chain, Chain.id == ChainNode.chain_id)
        .join(Unit, Unit.id == Target.unit_id)
        .outerjoin(_specialist, _specialist.id == Target.specialist_id)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .where(Target.id.in_(ids), access.visible_to(actor))
    )  # fmt: skip
    plain: Iterable[Any] = session.execute(statement)
    found = [Row(*row) for row in plain]
    said = activity.latest_words(session, "target", [row.id for row in found])
    return {row.id: replace(row, **_said(said.get(row.id))) for row in found}


def _said(words: tuple[date, str] | None) -> dict[str, Any]:
    return {} if words is None else {"progress_on": words[0], "progress": words[1]}


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
        statement = statement.where(TargetList.closed_at.is_(None))
    return list(session.scalars(statement.limit(MOST_LISTS)))


def the_list(session: Session, public_id: str, *, actor: Actor) -> TargetList:
    """One list with its chain, unit and versions. Raises NotFound, also for what is hidden."""
    statement = (
        select(TargetList)
        .where(TargetList.public_id == public_id, access.lists_visible_to(actor))
        .options(joinedload(TargetList.chain), joinedload(TargetList.unit), selectinload(TargetList.versions))
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def states_of(session: Session, list_id: int) -> dict[str, int]:
    """How many targets of a list stand in each state: no names, so whoever sees the list is told."""
    statement = (
        select(Target.contact_status, func.count())
        .where(Target.list_id == list_id)
        .group_by(Target.contact_status)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def people_of_list(session: Session, list_id: int) -> list[tuple[int | None, str, int]]:
    """(account id, name, open targets) of those who pursue a list's targets; the first may be nobody."""
    statement = (
        select(Target.specialist_id, func.coalesce(_specialist.name, ""), func.count())
        .outerjoin(_specialist, _specialist.id == Target.specialist_id)
        .where(Target.list_id == list_id, Target.open_key == 1)
        .group_by(Target.specialist_id, _specialist.name)
        .order_by(func.count().desc())
    )
    return [(number, name, count) for number, name, count in session.execute(statement)]


def on_node(session: Session, node_id: int, *, limit: int, actor: Actor) -> list[Target]:
    """The latest open targets for a node, as far as the actor may see them."""
    statement = (
        select(Target)
        .where(Target.node_id == node_id, Target.open_key == 1, access.visible_to(actor))
        .options(joinedload(Target.enterprise), joinedload(Target.unit))
        .order_by(Target.id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def due_for(session: Session, actor: Actor, today: date, limit: int = 20) -> list[Target]:
    """The actor's own open targets: silent for the days of the reminder, or with a next step that is due."""
    silent = Target.quiet_since <= today - timedelta(days=terms.on(today).remind_days)
    statement = (
        select(Target)
        .where(Target.specialist_id == actor.account_id, Target.open_key == 1)
        .where(Target.contact_status != "paused", or_(silent, Target.next_contact_on <= today))
        .options(joinedload(Target.enterprise))
        .order_by(Target.quiet_since, Target.id)
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


def people_with_targets(session: Session, unit_ids: Sequence[int]) -> list[tuple[int, str]]:
    """(account id, name) of those who pursue targets of some units."""
    held = select(Target.specialist_id).where(Target.unit_id.in_(unit_ids), Target.specialist_id.is_not(None))
    statement = select(Account.id, Account.name).where(Account.id.in_(held)).order_by(Account.name)
    return [(number, name) for number, name in session.execute(statement)]


def unit_choices(session: Session, *, actor: Actor, permission: str) -> list[tuple[int, str]]:
    """Units that the actor may give targets to."""
    reach = actor.reach(permission)
    statement = select(Unit.id, Unit.name).where(Unit.active).order_by(Unit.path)
    if not reach.everything:
        statement = statement.where(Unit.id.in_(sorted(reach.unit_ids)))
    return [(number, name) for number, name in session.execute(statement)]
