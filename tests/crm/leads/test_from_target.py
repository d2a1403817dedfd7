"""A target that becomes a lead: the history comes along, the target ends with the registration."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.clock import SHANGHAI
from core.db import unit_of_work
from core.permissions import Actor
from crm.activity.models import FollowUp
from crm.activity.rules import FollowUpValues
from crm.enterprises import service as enterprises
from crm.leads import service
from crm.leads.models import Lead
from crm.targets import service as targets
from crm.targets.models import Target, TargetList


def test_a_target_hands_its_history_to_the_lead_and_ends(
    complete: Callable[..., dict[str, Any]],
    nodes: list[int],
    actor: Callable[[str], Actor],
    world: Any,
    session: Session,
) -> None:
    spec, unit_id = actor("spec_a"), world.unit("GXQ").id
    with unit_of_work() as writing:
        firm = enterprises.create(writing, {"name": "示例澄观电子材料有限公司"}, actor=spec)
        target_list = TargetList(name="补链名单", unit_id=unit_id)
        writing.add(target_list)
        writing.flush()
        target = Target(
            list_id=target_list.id, enterprise_id=firm.id, node_id=nodes[0], unit_id=unit_id,
            specialist_id=spec.account_id, assigned_on=clock.today(),
        )  # fmt: skip
        writing.add(target)
        writing.flush()
        said = FollowUpValues(
            datetime(2026, 3, 2, 9, tzinfo=SHANGHAI),
            "call",
            ["甲区专员"],
            ["江听澜"],
            "有扩产计划",
            "约拜访",
            None,
        )
        targets.follow_up(writing, target.public_id, said, actor=spec)
        target_pid = target.public_id
    with unit_of_work() as writing:
        drafted = service.draft(writing, complete(investor_name=firm.name), target_pid=target_pid, actor=spec)
        assert writing.scalars(select(Target.contact_status)).one() == "none"
        lead = service.register(writing, drafted.public_id, version=None, actor=spec).lead
    assert session.scalars(select(Target.contact_status)).one() == "converted"
    assert session.scalars(select(Target.lead_id)).one() == lead.id
    kept = session.scalars(select(FollowUp).where(FollowUp.kind == "lead")).one()
    assert (kept.record_id, kept.summary) == (lead.id, "有扩产计划")
    assert session.scalars(select(Lead.last_contact_on)).one() == datetime(2026, 3, 2).date()
    assert session.scalars(select(Lead.investor_id)).one() == firm.id
