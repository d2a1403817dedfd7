"""A signed project in each zone, and a card carried through its levels."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account, Unit
from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise
from crm.greencards import service
from crm.greencards.models import GreenCard
from crm.projects.models import Milestone, Project
from tests.support.world import World

USCC = {"a": "91510799707120643T", "b": "915107997649771293"}


def firm(session: Session, zone: str, actor: Actor) -> Enterprise:
    """An invented company of a zone."""
    made = enterprises.create(session, {"name": f"示例市{zone}区偏光片有限公司"}, actor=actor)
    unit = "GXQ" if zone == "a" else "JKQ"
    made.unit_id = session.scalars(select(Unit.id).where(Unit.code == unit)).one()
    return made


def project(session: Session, zone: str, company: Enterprise, **more: Any) -> Project:
    """A project of 6 亿元 with a formal contract of sixty days ago, registered, not started."""
    unit = session.scalars(select(Unit).where(Unit.code == ("GXQ" if zone == "a" else "JKQ"))).one()
    specialist = session.scalars(select(Account).where(Account.username == f"spec_{zone}")).one()
    leader = session.scalars(select(Account).where(Account.username == "leader")).one()
    today = clock.today()
    values: dict[str, Any] = {
        "project_no": f"XM-{unit.code}-2026-9001",
        "name": f"{zone}区偏光片基地",
        "unit_id": unit.id,
        "specialist_id": specialist.id,
        "leader_id": leader.id,
        "investor_name": "示例投资集团",
        "company_id": company.id,
        "content": "新建偏光片生产线",
        "total_investment_wan": Decimal(60000),
        "admission_tier": "filing",
        "stage": "registered",
        "stage_entered_on": today,
        "agreement_kind": "contract",
        "signed_on": today - timedelta(days=60),
    }
    made = Project(**{**values, **more})
    made.milestones = [
        Milestone(stage="signed", actual_on=made.signed_on),
        Milestone(stage="registered", actual_on=today - timedelta(days=30)),
        Milestone(stage="started", actual_on=None),
        Milestone(stage="producing", planned_on=today + timedelta(days=400)),
    ]
    session.add(made)
    session.flush()
    return made


@dataclass
class Desk:
    """Applies and reviews, so that a test says only what it is about."""

    session: Session
    world: World
    projects: dict[str, str] = field(default_factory=dict)
    firms: dict[str, str] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        return self.world.actor(username)

    def card(self, pid: str) -> GreenCard:
        self.session.rollback()
        return self.session.scalars(
            select(GreenCard).where(GreenCard.public_id == pid).execution_options(populate_existing=True)
        ).one()

    def apply(self, zone: str = "a", by: str = "", **more: Any) -> str:
        values = {"kind": "project", "industry_group": "electronics", "grade": "municipal", **more}
        actor = self.actor(by or f"spec_{zone}")
        with unit_of_work() as session:
            return service.apply(session, self.projects[zone], values, actor=actor).public_id

    def passed(self, pid: str, by: str, **more: Any) -> str:
        version, actor = self.card(pid).version, self.actor(by)
        with unit_of_work() as session:
            return service.pass_level(session, pid, version=version, actor=actor, **more).status

    def issued(self, zone: str = "a") -> str:
        pid = self.apply(zone)
        self.passed(pid, f"head_{zone}")
        self.passed(pid, "office")
        self.passed(pid, "gov", doc_no="示府绿卡〔2026〕3号", valid_to=clock.today() + timedelta(days=500))
        return pid


@pytest.fixture
def desk(session: Session, world: World) -> Desk:
    """Both zones with a project each."""
    made = Desk(session, world)
    creators = {zone: world.actor(f"head_{zone}") for zone in "ab"}
    with unit_of_work() as writing:
        for zone, actor in creators.items():
            company = firm(writing, zone, actor)
            made.projects[zone] = project(writing, zone, company).public_id
            made.firms[zone] = company.public_id
    return made


@pytest.fixture
def edit_project(desk: Desk) -> Callable[..., None]:
    """Change columns of a zone's project; `started_on` sets the day of 开工."""

    def edit(zone: str, started_on: date | None = None, **columns: Any) -> None:
        with unit_of_work() as session:
            found = session.scalars(select(Project).where(Project.public_id == desk.projects[zone])).one()
            for name, value in columns.items():
                setattr(found, name, value)
            for milestone in found.milestones:
                if milestone.stage == "started" and started_on is not None:
                    milestone.actual_on = started_on

    return edit
