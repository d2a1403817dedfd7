"""Two enterprises in two zones, each with a user who has set a password, and requests on their way."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import calendar, clock, workdays
from core.accounts.models import Account
from core.db import unit_of_work
from core.permissions import SYSTEM, Actor
from crm.enterprises import invitations
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise
from crm.service_requests import handling, service
from crm.service_requests.models import ServiceRequest
from tests.support.world import PASSWORD, World

TABLE = Path(__file__).parents[2] / "data" / "calendar" / "cn_holidays.csv"
VALUES: dict[str, Any] = {
    "title": "110 kV 接入方案久未答复",
    "category": "utility",
    "nature": "help",
    "content": "我司偏光片基地 110 kV 接入方案报供电公司，至今没有书面答复，请协调。",
    "contact_person": "邵庭",
    "contact_phone": "13800001234",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


@dataclass
class Scene:
    """The cast: `actor("user_a")` is the user of the enterprise in zone A, and so on."""

    world: World
    firms: dict[str, str]

    def actor(self, username: str) -> Actor:
        return self.world.actor(username)

    def unit_id(self, code: str) -> int:
        found = self.world.unit(code).id
        self.world.session.rollback()
        return found

    def submit(self, zone: str = "a", **other: Any) -> str:
        with unit_of_work() as session:
            return service.submit(session, {**VALUES, **other}, actor=self.actor(f"user_{zone}")).public_id

    def accept(self, pid: str, nature: str = "help", actor: str = "desk_a") -> None:
        with unit_of_work() as session:
            service.accept(
                session, pid, version=None, category="utility", nature=nature, urgency="normal",
                actor=self.actor(actor),
            )  # fmt: skip

    def hand_over(self, pid: str, unit: str = "GXQ-QF", signer: str = "desk_a") -> None:
        """Dispatch to a unit and sign there."""
        unit_id, desk, handler = self.unit_id(unit), self.actor("desk_a"), self.actor(signer)
        with unit_of_work() as session:
            service.dispatch(session, pid, version=None, host_unit_id=unit_id, actor=desk)
        with unit_of_work() as session:
            service.sign(session, pid, version=None, actor=handler)

    def handling(self, nature: str = "help") -> str:
        pid = self.submit()
        self.accept(pid, nature)
        self.hand_over(pid)
        return pid

    def completed(self) -> str:
        pid = self.handling()
        desk, head = self.actor("desk_a"), self.actor("head_a")
        with unit_of_work() as session:
            handling.reply(session, pid, version=None, text="已协调供电公司出具方案。", actor=desk)
        with unit_of_work() as session:
            handling.complete(
                session, pid, version=None, result_kind="solved", result_text="方案已出具。", actor=desk
            )
        with unit_of_work() as session:
            handling.pass_review(session, pid, version=None, actor=head)
        return pid

    def request(self, pid: str) -> ServiceRequest:
        session = self.world.session
        session.rollback()
        session.expire_all()
        return session.scalars(select(ServiceRequest).where(ServiceRequest.public_id == pid)).one()


@pytest.fixture
def scene(session: Session) -> Scene:
    world = World(session)
    password_hash = world.account("desk_a").password_hash
    firms = {}
    session.rollback()
    with unit_of_work() as writing:
        calendar.add(writing, workdays.read_days(TABLE), "test")
        for zone, park in (("a", "Z1-01"), ("b", "Z2-01")):
            firm = enterprises.create(
                writing,
                {
                    "name": f"示例市{zone.upper()}光学薄膜有限公司",
                    "reg_status": "active",
                    "park_id": world.park(park).id,
                },
                actor=SYSTEM,
            )
            invited = invitations.invite(
                writing, firm.public_id, username=f"user_{zone}", name=f"何{zone}", actor=SYSTEM
            )
            writing.get_one(Account, invited.account.id).password_hash = password_hash
            firms[zone] = firm.public_id
    return Scene(world, firms)


__all__ = ["PASSWORD", "VALUES", "Enterprise", "Scene", "at", "scene"]
