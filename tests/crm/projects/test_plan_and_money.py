"""The plan in rows, planned days, and money that counts by its voucher."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid
from crm.projects import plan, stages
from crm.projects.models import Project
from tests.crm.projects.test_service import TODAY, Acting, Make, row, signed


def test_money_needs_a_voucher_and_sums_exactly(make_project: Make, actor: Acting, session: Session) -> None:
    pid, spec = signed(make_project, actor), actor("spec_a")
    money = {"amount_wan": Decimal("1200.33"), "received_on": TODAY, "nature": "fixed", "voucher_no": ""}
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        plan.receive(writing, pid, money, actor=spec)
    assert [fault.field for fault in refused.value.faults] == ["voucher_no"]
    with unit_of_work() as writing:
        plan.receive(writing, pid, {**money, "voucher_no": "HD-1"}, actor=spec)
        plan.receive(writing, pid, {**money, "amount_wan": Decimal("0.67"), "voucher_no": "HD-2"}, actor=spec)
    assert session.scalar(select(Project.received_wan).where(Project.public_id == pid)) == Decimal(1201)
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        plan.receive(writing, pid, {**money, "voucher_no": "HD-1"}, actor=spec)
    assert refused.value.faults[0].code == "taken"


def test_before_signing_no_money_counts(make_project: Make, actor: Acting) -> None:
    project, spec = make_project(), actor("spec_a")
    money = {"amount_wan": Decimal(1), "received_on": TODAY, "nature": "fixed", "voucher_no": "HD-1"}
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        plan.receive(session, project.public_id, money, actor=spec)
    assert refused.value.faults[0].code == "not_signed"


def test_planned_days_are_kept_and_moved_only_with_a_reason(make_project: Make, actor: Acting) -> None:
    project, spec = make_project(), actor("spec_a")
    first = {"admitted": TODAY + timedelta(days=10), "signed": TODAY + timedelta(days=30)}
    with unit_of_work() as session:
        made = stages.plan_days(session, project.public_id, first, "", version=None, actor=spec)
        assert made.next_planned_on == TODAY + timedelta(days=10)
    moved = {"admitted": TODAY + timedelta(days=20)}
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        stages.plan_days(session, project.public_id, moved, "", version=None, actor=spec)
    assert refused.value.faults[0].field == "reason"
    with unit_of_work() as session:
        stages.plan_days(session, project.public_id, moved, "评审会改期", version=None, actor=spec)
    with unit_of_work() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "projects.planned").order_by(AuditEntry.seq.desc())
        ).first()
        assert entry is not None
        assert entry.reason == "评审会改期"
        assert entry.changes["planned_admitted"] == [
            (TODAY + timedelta(days=10)).isoformat(), (TODAY + timedelta(days=20)).isoformat(),
        ]  # fmt: skip


def test_a_plan_row_needs_all_its_parts(make_project: Make, actor: Acting) -> None:
    project, spec = make_project(), actor("spec_a")
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        plan.add_row(session, project.public_id, row(basis="", owner=" ", due_on=None), actor=spec)
    assert {fault.field for fault in refused.value.faults} == {"basis", "owner", "due_on"}
    with unit_of_work() as session:
        made = plan.add_row(session, project.public_id, row(), actor=spec)
        done = plan.fulfil_row(
            session,
            project.public_id,
            made.public_id,
            done_on=TODAY,
            outcome="已减免",
            version=None,
            actor=spec,
        )
        assert done.done_on == TODAY
