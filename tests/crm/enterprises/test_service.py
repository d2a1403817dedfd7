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
from core.fields import uscc
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import Actor
from core.places import Region
from crm.enterprises import bulk, listing, queries, service
from crm.enterprises.models import Enterprise
from tests.support.world import World

ActorOf = Callable[[str], Actor]
USCC = "913303006807061374"
_BODY = "12510700MB123456" + uscc.body_check_letter("MB123456")
HOSPITAL = _BODY + uscc.check_letter(_BODY)


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


def test_a_foreign_number_belongs_to_one_subject_of_its_country(actor: ActorOf) -> None:
    me = actor("office")
    _create(me, name="Mingqi GmbH", country="DE", foreign_reg_no="HRB 1234")
    with pytest.raises(Invalid) as refused:
        _create(me, name="Ming Qi GmbH", country="DE", foreign_reg_no="HRB 1234")
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("foreign_reg_no", "taken")]
    assert "Mingqi GmbH" in str(refused.value.faults[0].message)
    _create(me, name="Mingqi AG", country="AT", foreign_reg_no="HRB 1234")


def test_two_enterprises_may_both_lack_a_code(session: Session, actor: ActorOf) -> None:
    _create(actor("spec_a"))
    _create(actor("spec_a"), name="示例市栖霞微显示有限公司")
    assert reading.page(session, listing.LIST, ListQuery(), actor=actor("leader")).total == 2


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"uscc": "913303006807061373"}, "uscc", "check_digit"),
        ({"uscc": HOSPITAL}, "uscc", "not_enterprise"),
        ({"industry_code": "9999"}, "industry_code", "unknown"),
        ({"industry_extra": ["3974", "0000"]}, "industry_extra", "unknown"),
        ({"region_code": "999999"}, "region_code", "unknown"),
        ({"country": "JP"}, "foreign_reg_no", "required"),
        ({"lng": Decimal("10.5"), "lat": Decimal("31.2")}, "lng", "range"),
        ({"lng": Decimal("104.5"), "lat": None}, "lat", "half"),
        ({"tags": ["很"] * 1 + ["长" * 21]}, "tags", "length"),
        ({"tags": [f"标签{number}" for number in range(21)]}, "tags", "too_many"),
        ({"listed_on": date(2100, 1, 1)}, "listed_on", "future"),
        ({"listed_on": date(2019, 1, 1), "founded_on": date(2020, 1, 1)}, "listed_on", "order"),
        ({"stock_code": "ab?/12"}, "stock_code", "shape"),
        ({"country": "9?", "foreign_reg_no": "HRB 1"}, "country", "unknown"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(
    actor: ActorOf, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _create(actor("spec_a"), **values)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [(field, code)]


def test_a_region_that_has_ended_is_refused_but_may_stay(
    session: Session, world: World, actor: ActorOf
) -> None:
    public_id = _create(actor("spec_a"), region_code="510000")
    with unit_of_work() as writing:
        writing.get_one(Region, "510000").valid_to = clock.today() - timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        _create(actor("spec_a"), name="另一家有限公司", region_code="510000")
    assert refused.value.faults[0].code == "ended"
    with unit_of_work() as writing:
        service.update(
            writing,
            public_id,
            {"region_code": "510000", "legal_rep": "周澜"},
            version=1,
            actor=actor("spec_a"),
        )


def test_a_code_that_fails_its_check_digits_stands_only_by_right_and_reason(
    session: Session, actor: ActorOf
) -> None:
    wrong = {"uscc": "913303006807061373", "uscc_as_printed": True}
    with pytest.raises(NotPermitted):
        _create(actor("head_a"), **wrong)
    office = actor("office")
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.create(writing, {"name": "甲有限公司", "reg_status": "active", **wrong}, actor=office)
    with unit_of_work() as writing:
        made = service.create(
            writing,
            {"name": "甲有限公司", "reg_status": "active", **wrong},
            actor=office,
            reason="原件核对过，登记机关已说明",
        )
    assert made.uscc_as_printed and not made.verified
    assert _audited(session, "enterprises.created")[0].reason == "原件核对过，登记机关已说明"
    with unit_of_work() as writing:  # the right code ends the exception
        service.update(writing, made.public_id, {"uscc": USCC}, version=1, actor=actor("spec_a"))
    session.rollback()
    assert queries.get(session, made.public_id, actor=office).verified


def test_a_group_never_runs_in_a_circle(session: Session, actor: ActorOf) -> None:
    spec = actor("spec_a")
    above, below = _create(spec), _create(spec, name="示例市华澜新材料有限公司")
    ids = {one.public_id: one.id for one in session.scalars(select(Enterprise))}
    session.rollback()
    with unit_of_work() as writing:
        service.update(writing, below, {"group_id": ids[above]}, version=1, actor=spec)
    for mother in (ids[above], ids[below]):
        with pytest.raises(Invalid) as refused, unit_of_work() as writing:
            service.update(writing, above, {"group_id": mother}, version=1, actor=spec)
        assert refused.value.faults[0].code == "circle"
    assert [one.public_id for one in queries.daughters(session, ids[above], actor=spec)] == [below]


def test_readings_can_be_mended_and_follow_a_new_name(session: Session, actor: ActorOf) -> None:
    spec = actor("spec_a")
    public_id = _create(spec)
    with unit_of_work() as writing:
        service.update(writing, public_id, {"pinyin": "shanxian"}, version=1, actor=spec)
    assert queries.get(session, public_id, actor=spec).pinyin == "shanxian"
    with unit_of_work() as writing:
        service.update(writing, public_id, {"name": "示例市新名有限公司"}, version=2, actor=spec)
    session.rollback()
    assert "xinming" in queries.get(session, public_id, actor=spec).pinyin.replace(" ", "")


def test_the_specialist_is_of_the_unit_in_charge(session: Session, world: World, actor: ActorOf) -> None:
    park = world.park("Z1-01").id
    mine, other, leader = (world.account(name).id for name in ("spec_a", "spec_b", "leader"))
    spec = actor("spec_a")
    public_id = _create(spec, park_id=park)
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        service.update(writing, public_id, {"specialist_id": other}, version=1, actor=spec)
    assert refused.value.faults[0].code == "not_of_unit"
    with unit_of_work() as writing:
        service.update(
            writing, public_id, {"specialist_id": mine, "leader_id": leader}, version=1, actor=spec
        )
    assert queries.get(session, public_id, actor=spec).specialist_id == mine


def test_a_unit_that_was_given_charge_keeps_it_when_the_address_changes(
    session: Session, world: World, actor: ActorOf
) -> None:
    office, unit_id = actor("office"), world.unit("JKQ").id
    public_id = _create(office)
    number = queries.get(session, public_id, actor=office).id
    session.rollback()
    with unit_of_work() as writing:
        bulk.assign(writing, number, {"unit_id": unit_id}, office)
    with unit_of_work() as writing:
        values = {"park_id": None, "reg_address": "科技路一号"}
        assert service.update(writing, public_id, values, version=2, actor=office).unit_id == unit_id


def test_with_another_park_another_unit_takes_charge_and_the_specialist_is_let_go(
    session: Session, world: World, actor: ActorOf
) -> None:
    office, park, number = actor("office"), world.park("Z1-01").id, world.account("spec_a").id
    public_id = _create(office, park_id=park)
    with unit_of_work() as writing:
        stands = service.update(writing, public_id, {"specialist_id": number}, version=1, actor=office)
        unit_id = stands.unit_id
    with unit_of_work() as writing:
        values = {"park_id": None, "reg_address": "科技路二号"}
        stands = service.update(writing, public_id, values, version=2, actor=office)
        assert (stands.unit_id, stands.specialist_id) == (None, None)
    changes = select(AuditEntry.changes).where(AuditEntry.action == "enterprises.changed")
    last = session.scalars(changes.order_by(AuditEntry.seq.desc())).first()
    assert last is not None and last["unit_id"] == [unit_id, None] and last["specialist_id"] == [number, None]
    assert last["specialist"] == ["甲区专员", None]


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
