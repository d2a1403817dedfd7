"""Walks the demonstration's leads and projects through the verbs, on past days, by those who would do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from chains.models import ChainNode
from core import clock
from core.clock import SHANGHAI
from core.permissions import Actor
from crm.activity.rules import FollowUpValues
from crm.leads import progress
from crm.leads import service as leads
from crm.leads.models import Lead
from webapp.cli.demo.world import DemoWorld

T = TypeVar("T")
CREW: Mapping[str, tuple[str, str]] = {"GXQ": ("specialist", "head"), "JKQ": ("specialist2", "head2")}
OPINION = "补本市链条的缺口，值得跟进。"


@dataclass(frozen=True)
class Walker:
    """One zone's specialist and head, and the promotion office."""

    session: Session
    world: DemoWorld
    specialist: Actor
    head: Actor
    office: Actor

    @classmethod
    def of(cls, session: Session, world: DemoWorld, unit: str) -> "Walker":
        specialist, head = CREW[unit]
        return cls(session, world, world.actor(specialist), world.actor(head), world.actor("office"))

    def on(self, ago: int, deed: Callable[[], T], hour: int = 10) -> T:
        """Do something as if it were `ago` days before the day of loading; never in the future."""
        moment = min(datetime.combine(self.day(ago), time(hour), SHANGHAI), clock.now())
        with clock.frozen(moment):
            return deed()

    def day(self, ago: int) -> date:
        return self.world.today - timedelta(days=ago)

    def node(self, code: str) -> int:
        return self.session.scalars(select(ChainNode.id).where(ChainNode.code == code)).one()

    def registered(self, ago: int, values: Mapping[str, Any], *, hour: int = 10) -> Lead:
        """A lead that was registered some days ago."""

        def deed() -> Lead:
            lead = leads.draft(self.session, values, actor=self.specialist)
            return leads.register(self.session, lead.public_id, version=None, actor=self.specialist).lead

        return self.on(ago, deed, hour)

    def negotiating(self, ago: int, values: Mapping[str, Any]) -> Lead:
        """A lead in negotiation: answered, studied and assigned within three days of its registration."""
        lead = self.registered(ago, values)
        pid, who = lead.public_id, self.specialist.account_id
        self.on(ago, lambda: progress.respond(self.session, pid, who, version=None, actor=self.head), hour=15)
        self.on(
            ago - 2,
            lambda: progress.study(self.session, pid, "study_follow", OPINION, version=None, actor=self.head),
        )
        return self.on(
            ago - 3, lambda: progress.assign(self.session, pid, who, version=None, actor=self.head)
        )

    def said(self, ago: int, how: str, them: str, summary: str, next_step: str, ahead: int) -> FollowUpValues:
        """A follow-up `ago` days back, with the next step `ahead` days from the day of loading."""
        return FollowUpValues(
            at=min(datetime.combine(self.day(ago), time(9, 30), SHANGHAI), clock.now()),
            how=how,
            our_people=[self.specialist.name],
            their_people=[them],
            summary=summary,
            next_step=next_step,
            next_on=max(self.world.day(ahead), self.day(ago)),
        )


def lead_values(walker: Walker, firm: str, node: str, content: str, total: int, fixed: int) -> dict[str, Any]:
    """What a lead of an invented firm says; amounts in 万元."""
    found = walker.world.firm(firm)
    return {
        "source": "enterprise",
        "investor_id": found.id,
        "investor_name": found.name,
        "content": content,
        "chain_node_id": walker.node(node),
        "total_investment_wan": Decimal(total),
        "fixed_investment_wan": Decimal(fixed),
        "est_output_wan": Decimal(total),
        "est_tax_wan": Decimal(total) / 20,
        "est_jobs": total // 500 + 40,
        "contact_person": "邵庭",
        "contact_title": "投资部部长",
        "contact_mobile": "13800001234",
    }
