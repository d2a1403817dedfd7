"""Every read of projects that has a shape. What is outside the actor's reach is not there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from chains.models import Chain, ChainNode
from core import clock
from core.accounts.models import Account, Unit
from core.errors import NotFound
from core.permissions import Actor
from core.places import Park
from crm.projects import access
from crm.projects.lifecycle import PROJECT, STAGES
from crm.projects.models import Project


@dataclass(frozen=True)
class ProjectRow:
    """One line of the list, one card of the board. `days_late` counts past the next stage's planned day."""

    id: int
    public_id: str
    version: int
    project_no: str
    name: str
    stage: str
    investor: str
    chain: str
    node: str
    park: str
    total_wan: Decimal
    received_wan: Decimal
    specialist: str
    unit: str
    next_planned_on: date | None
    last_on: date | None
    next_on: date | None
    next_step: str
    days_late: int

    @property
    def tone(self) -> str:
        """late, warn or ok by the plan of the next stage."""
        if self.days_late > 0:
            return "late"
        soon = self.next_planned_on is not None and (self.next_planned_on - clock.today()).days <= 14
        return "warn" if soon else "ok"


def rows_statement(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Project.id, Project.public_id, Project.version, Project.project_no, Project.name, Project.stage,
            Project.investor_name, Chain.name.label("chain"), ChainNode.name.label("node"),
            Park.short_name.label("park"), Park.name.label("park_name"), Project.total_investment_wan,
            Project.received_wan, Account.name.label("specialist"), Unit.short_name, Unit.name.label("unit"),
            Project.next_planned_on, Project.last_contact_on, Project.next_contact_on, Project.next_step,
        )
        .join(Unit, Unit.id == Project.unit_id)
        .join(Account, Account.id == Project.specialist_id)
        .outerjoin(ChainNode, ChainNode.id == Project.chain_node_id)
        .outerjoin(Chain, Chain.id == ChainNode.chain_id)
        .outerjoin(Park, Park.id == Project.park_id)
        .where(access.visible_to(actor))
    )  # fmt: skip


def row_of(row: Row[Any]) -> ProjectRow:
    late = (clock.today() - row.next_planned_on).days if row.next_planned_on else 0
    return ProjectRow(
        id=row.id,
        public_id=row.public_id,
        version=row.version,
        project_no=row.project_no,
        name=row.name,
        stage=row.stage,
        investor=row.investor_name,
        chain=row.chain or "",
        node=row.node or "",
        park=row.park or row.park_name or "",
        total_wan=row.total_investment_wan,
        received_wan=row.received_wan,
        specialist=row.specialist,
        unit=row.short_name or row.unit,
        next_planned_on=row.next_planned_on,
        last_on=row.last_contact_on,
        next_on=row.next_contact_on,
        next_step=row.next_step,
        days_late=max(0, late) if row.stage in STAGES else 0,
    )


def in_view(view: str, actor: Actor) -> ColumnElement[bool]:
    """What a standing view of the list holds."""
    if view == "mine":
        return (Project.specialist_id == actor.account_id) | (Project.deputy_id == actor.account_id)
    if view == "late":
        return is_late()
    return Project.stage.in_(PROJECT.closed_codes()) if view == "closed" else true()


def is_late() -> ColumnElement[bool]:
    return (Project.next_planned_on < clock.today()) & Project.stage.in_(STAGES)


def counts(session: Session, *, actor: Actor) -> dict[str, Any]:
    """How many projects stand under each view's tab, and the sum of what is in hand."""
    opened = Project.stage.in_(PROJECT.open_codes())
    mine = (Project.specialist_id == actor.account_id) | (Project.deputy_id == actor.account_id)
    statement = select(
        func.count().filter(opened).label("open"),
        func.count().filter(opened & mine).label("mine"),
        func.count().filter(is_late()).label("late"),
        func.sum(Project.total_investment_wan).filter(opened).label("total_wan"),
    ).where(access.visible_to(actor))
    return dict(session.execute(statement).one()._mapping)


@dataclass(frozen=True)
class UnitLine:
    """What one unit's signed projects come to; amounts in 万元. `late` counts all of its projects behind plan."""

    unit: str
    signed: int
    total_wan: Decimal
    received_wan: Decimal
    started: int
    late: int

    @property
    def received_share(self) -> Decimal | None:
        return self.received_wan / self.total_wan if self.total_wan else None

    @property
    def started_share(self) -> Decimal | None:
        return Decimal(self.started) / self.signed if self.signed else None


SIGNED = STAGES[STAGES.index("signed") :]
STARTED = STAGES[STAGES.index("started") :]


def by_unit(session: Session, *, actor: Actor) -> list[UnitLine]:
    """Signed projects unit by unit, the largest sum first; one statement."""
    signed = Project.stage.in_(SIGNED)
    total = func.coalesce(func.sum(Project.total_investment_wan).filter(signed), 0)
    statement = (
        select(
            func.coalesce(func.nullif(Unit.short_name, ""), Unit.name).label("unit"),
            func.count().filter(signed).label("signed"),
            func.sum(Project.total_investment_wan).filter(signed).label("total_wan"),
            func.sum(Project.received_wan).filter(signed).label("received_wan"),
            func.count().filter(Project.stage.in_(STARTED)).label("started"),
            func.count().filter(is_late()).label("late"),
        )
        .join(Unit, Unit.id == Project.unit_id)
        .where(access.visible_to(actor))
        .group_by(Unit.id, Unit.short_name, Unit.name)
        .order_by(total.desc(), Unit.name)
    )
    return [
        UnitLine(
            row.unit,
            row.signed,
            row.total_wan or Decimal(0),
            row.received_wan or Decimal(0),
            row.started,
            row.late,
        )
        for row in session.execute(statement)
    ]


def get(session: Session, public_id: str, *, actor: Actor) -> Project:
    """One project with all that its page shows. Raises NotFound, also for what is hidden."""
    statement = (
        select(Project)
        .where(Project.public_id == public_id, access.visible_to(actor))
        .options(
            joinedload(Project.unit),
            joinedload(Project.specialist),
            joinedload(Project.deputy),
            joinedload(Project.leader),
            joinedload(Project.investor),
            joinedload(Project.company),
            joinedload(Project.lead),
            joinedload(Project.park),
            joinedload(Project.node).joinedload(ChainNode.chain),
            selectinload(Project.milestones),
            selectinload(Project.plan_rows),
            selectinload(Project.receipts),
            selectinload(Project.stage_log),
        )
    )
    found = session.scalars(statement).unique().one_or_none()
    if found is None:
        raise NotFound()
    return found


def of_lead(session: Session, lead_id: int, *, actor: Actor) -> Project | None:
    """The project that a lead became, if it may be seen."""
    statement = select(Project).where(Project.lead_id == lead_id, access.visible_to(actor))
    return session.scalars(statement).one_or_none()


def of_enterprise(session: Session, enterprise_id: int, *, actor: Actor) -> list[Project]:
    """Projects that an enterprise invests in or that are its own, the newest first."""
    statement = (
        select(Project)
        .where(
            (Project.investor_id == enterprise_id) | (Project.company_id == enterprise_id),
            access.visible_to(actor),
        )
        .order_by(Project.id.desc())
        .limit(20)
    )
    return list(session.scalars(statement))


def on_node(session: Session, node_id: int, *, limit: int, actor: Actor) -> list[Project]:
    """The projects of a node, the latest changed first."""
    statement = (
        select(Project)
        .where(Project.chain_node_id == node_id, access.visible_to(actor))
        .order_by(Project.updated_at.desc(), Project.id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def due_for(session: Session, account_id: int, until: date, *, actor: Actor) -> list[ProjectRow]:
    """A specialist's projects whose next contact or next stage falls due, the earliest first."""
    statement = (
        rows_statement(actor)
        .where(
            Project.specialist_id == account_id,
            Project.stage.in_(STAGES),
            (Project.next_contact_on <= until) | (Project.next_planned_on <= until),
        )
        .order_by(Project.next_contact_on, Project.id)
        .limit(100)
    )
    return [row_of(row) for row in session.execute(statement)]
