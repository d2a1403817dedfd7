"""Verbs of the register on a real database: rights, faults, audit, dirty marks, versions."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Conflict, Invalid, NotPermitted
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.enterprises import listing, queries, service
from crm.enterprises.models import Enterprise
from tests.support.world import World

ActorOf = Callable[[str], Actor]
USCC = "913303006807061374"


def _create(actor: Actor, **values: Any) -> str:
    with unit_of_work() as session:
        return service.create(
            session, {"name": "示例市华澜光电科技有限公司", "reg_status": "active", **values}, actor=actor
        ).public_id


def _audited(session: Session, action: str) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_new_enterprise_is_audited_marked_and_sorted_by_pinyin(session: Session, actor: ActorOf) -> None:
    public_id = _create(actor("spec_a"), uscc=USCC)
    enterprise = session.scalars(select(Enterprise).where(Enterprise.public_id == public_id)).one()
    assert enterprise.sort_key.startswith("shi")
    assert enterprise.verified
    assert _audited(session, "enterprises.created")[0].record_id == enterprise.id
    assert session.get_one(SearchDoc, ("enterprise", enterprise.id)).version == 1


def test_a_credit_code_belongs_to_one_enterprise(actor: ActorOf) -> None:
    _create(actor("spec_a"), uscc=USCC)
    with pytest.raises(Invalid) as refused:
        _create(actor("spec_b"), uscc=USCC, name="另一家有限公司")
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("uscc", "taken")]


def test_two_enterprises_may_both_lack_a_code(session: Session, actor: ActorOf) -> None:
    _create(actor("spec_a"))
    _create(actor("spec_a"), name="示例市栖霞微显示有限公司")
    assert reading.page(session, listing.LIST, ListQuery(), actor=actor("leader")).total == 2


def test_every_fault_is_named_at_once(actor: ActorOf) -> None:
    with pytest.raises(Invalid) as refused:
        _create(actor("spec_a"), reg_capital_wan=Decimal(-1), founded_on=clock.today() + timedelta(days=1))
    assert {fault.code for fault in refused.value.faults} == {"negative", "future"}


def test_a_leader_reads_and_changes_nothing(session: Session, actor: ActorOf) -> None:
    public_id = _create(actor("spec_a"))
    assert queries.get(session, public_id, actor=actor("leader")).public_id == public_id
    with pytest.raises(NotPermitted):
        _create(actor("leader"))
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        service.update(writing, public_id, {"name": "改名有限公司"}, version=1, actor=actor("leader"))


def test_another_zone_s_enterprise_cannot_be_changed(world: World, actor: ActorOf) -> None:
    park_id = world.park("Z1-01").id
    public_id = _create(actor("spec_a"), park_id=park_id)
    other = actor("spec_b")
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        service.update(writing, public_id, {"name": "改名有限公司"}, version=1, actor=other)


def test_a_new_name_keeps_the_old_one_and_its_difference(session: Session, actor: ActorOf) -> None:
    spec = actor("spec_a")
    public_id = _create(spec)
    with unit_of_work() as writing:
        service.update(writing, public_id, {"name": "示例市华澜显示股份有限公司"}, version=1, actor=spec)
    enterprise = queries.get(session, public_id, actor=spec)
    assert [former.name for former in enterprise.former_names] == ["示例市华澜光电科技有限公司"]
    assert _audited(session, "enterprises.changed")[0].changes == {
        "name": ["示例市华澜光电科技有限公司", "示例市华澜显示股份有限公司"]
    }


def test_a_stale_form_is_a_conflict(actor: ActorOf) -> None:
    spec = actor("spec_a")
    public_id = _create(spec)
    with unit_of_work() as writing:
        service.update(writing, public_id, {"legal_rep": "周澜"}, version=1, actor=spec)
    with pytest.raises(Conflict), unit_of_work() as writing:
        service.update(writing, public_id, {"legal_rep": "白溪"}, version=1, actor=spec)


def test_figures_of_a_year_are_replaced_and_the_old_ones_audited(session: Session, actor: ActorOf) -> None:
    spec = actor("spec_a")
    public_id = _create(spec)
    for revenue in (Decimal("4000.5"), Decimal(5000)):
        with unit_of_work() as writing:
            service.record_year(
                writing,
                public_id,
                2025,
                "企业年报",
                {"revenue_wan": revenue, "employees_end": 320},
                actor=spec,
            )
    enterprise = queries.get(session, public_id, actor=spec)
    assert [row.revenue_wan for row in enterprise.years] == [Decimal(5000)]
    assert (enterprise.latest_revenue_wan, enterprise.size_class) == (Decimal(5000), "medium")
    assert _audited(session, "enterprises.year_recorded")[1].changes == {"revenue_wan": ["4000.5", "5000"]}


def test_negative_figures_are_refused_but_a_loss_is_not(actor: ActorOf) -> None:
    spec = actor("spec_a")
    public_id = _create(spec)
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.record_year(writing, public_id, 2025, "年报", {"revenue_wan": Decimal(-1)}, actor=spec)
    with unit_of_work() as writing:
        service.record_year(writing, public_id, 2025, "年报", {"net_profit_wan": Decimal(-1)}, actor=spec)


def test_opening_a_number_needs_a_purpose_and_is_one_audit_row(session: Session, actor: ActorOf) -> None:
    spec = actor("spec_a")
    public_id = _create(spec)
    with unit_of_work() as writing:
        contact = service.add_contact(
            writing, public_id, person="邵庭", title="部长", mobile="13812341234", actor=spec
        ).public_id
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.reveal_mobile(writing, contact, reason=" ", actor=spec)
    with unit_of_work() as writing:
        assert service.reveal_mobile(writing, contact, reason="约谈", actor=spec) == "13812341234"
    rows = _audited(session, "enterprises.mobile_revealed")
    assert [(row.label, row.reason) for row in rows] == [("邵庭", "约谈")]


def test_filters_narrow_the_list(session: Session, world: World, actor: ActorOf) -> None:
    spec = actor("spec_a")
    _create(
        spec,
        park_id=world.park("Z1-01").id,
        industry_code="3974",
        region_code="519900",
        founded_on=date(2020, 1, 1),
    )
    _create(spec, name="深圳无园区有限公司", region_code="440000", stock_code="000001")

    def names(**filters: str) -> list[str]:
        query = ListQuery(filters={name: (value,) for name, value in filters.items()})
        return [row.name for row in reading.page(session, listing.LIST, query, actor=spec).rows]

    local, other = "示例市华澜光电科技有限公司", "深圳无园区有限公司"
    assert names(park=str(world.park("Z1").id)) == [local]
    assert names(region="510000") == [local]
    assert names(industry="C") == [local]
    assert names(industry="39") == [local]
    assert names(listed="yes") == [other]
    assert names(verified="no") == [other, local]
