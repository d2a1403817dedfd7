"""Assessment and roster on the real database."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.dirty import SearchDoc
from core.errors import Invalid, NotFound, NotPermitted
from core.lists import reading
from core.lists.query import ListQuery
from crm.cultivation import listing, queries, roster, service
from crm.cultivation.models import AssessmentInput, CultivationPool, CultivationStep, Evaluation, RosterEntry
from crm.enterprises import service as enterprises
from crm.enterprises.models import EnterpriseYear
from tests.support.world import World

YEAR = clock.today().year - 1
FIGURES = {
    "revenue_wan": "10000", "rd_expense_wan": "450", "employees_end": "100", "tech_staff": "15",
    "total_assets_wan": "12000", "ip_tech": "class2_4", "not_restricted": "true", "clean_record": "true",
}  # fmt: skip
ENTRY = {"pool_code": "L1", "step_code": "S1", "standard": "tech_sme", "leader_text": "顾维桢 副市长"}


@pytest.fixture
def firm(session: Session, world: World) -> str:
    """A company of zone A."""
    actor, unit_id = world.actor("head_a"), world.unit("GXQ").id
    with unit_of_work() as writing:
        made = enterprises.create(writing, {"name": "示例市北屿光学薄膜有限公司"}, actor=actor)
        made.unit_id = unit_id
        return made.public_id


def enter(world: World, firm: str, values: dict[str, str], by: str = "desk_a") -> int:
    actor = world.actor(by)
    with unit_of_work() as writing:
        return service.record_inputs(writing, firm, values, year=YEAR, source="企业填报", actor=actor)


def evaluate(world: World, firm: str, by: str = "desk_a", standard: str = "tech_sme") -> str:
    actor = world.actor(by)
    with unit_of_work() as writing:
        return service.evaluate(writing, firm, standard, actor=actor).verdict


def enrol(world: World, firm: str, by: str = "desk_a", **more: object) -> str:
    actor = world.actor(by)
    with unit_of_work() as writing:
        return roster.enrol(writing, firm, {**ENTRY, **more}, actor=actor).public_id


def test_four_pools_and_three_steps_stand_as_rows(session: Session) -> None:
    assert [pool.code for pool in queries.pools(session)] == ["L1", "L2", "L3", "L4"]
    assert [(step.from_pool, step.to_pool) for step in queries.steps(session)] == [
        ("L1", "L2"), ("L2", "L3"), ("L3", "L4"),
    ]  # fmt: skip
    assert session.get(CultivationPool, "L4") is not None
    assert session.get(CultivationStep, "S3") is not None


def test_data_missing_then_entered_then_met_and_both_answers_kept(
    world: World, firm: str, session: Session
) -> None:
    assert evaluate(world, firm) == "missing"
    assert enter(world, firm, FIGURES) == 8
    assert evaluate(world, firm) == "met"
    first, second = session.scalars(select(Evaluation).order_by(Evaluation.id)).all()
    assert (first.verdict, first.total) == ("missing", Decimal(0))
    assert (second.verdict, second.total, second.version_code) == ("met", Decimal(62), "tech_sme_2017")
    assert second.base_year == YEAR
    line = next(line for line in second.snapshot["lines"] if line["id"] == "tech_staff")
    assert (line["value"], line["year"], line["source"]) == ("15%", YEAR, "企业填报")


def test_yearly_figures_go_into_the_register_and_the_rest_beside(
    world: World, firm: str, session: Session
) -> None:
    enter(world, firm, FIGURES)
    year = session.scalars(select(EnterpriseYear)).one()
    assert (year.year, year.tech_staff, year.revenue_wan) == (YEAR, 15, Decimal(10000))
    inputs = {item.metric for item in session.scalars(select(AssessmentInput))}
    assert inputs == {"ip_tech", "not_restricted", "clean_record"}


def test_a_later_correction_replaces_the_input(world: World, firm: str, session: Session) -> None:
    enter(world, firm, {"ip_tech": "class2_1"})
    enter(world, firm, {"ip_tech": "class1_1"})
    assert session.scalars(select(AssessmentInput)).one().value == "class1_1"


def test_wrong_values_come_back_at_their_fields_and_nothing_is_kept(
    world: World, firm: str, session: Session
) -> None:
    with pytest.raises(Invalid) as refusal:
        enter(world, firm, {"tech_staff": "-1", "ip_tech": "lots", "revenue_wan": "100"})
    assert {fault.field for fault in refusal.value.faults} == {"tech_staff", "ip_tech"}
    assert session.scalars(select(EnterpriseYear)).all() == []


def test_after_april_2026_the_old_srdi_thresholds_judge_nobody(
    world: World, firm: str, session: Session
) -> None:
    assert evaluate(world, firm, standard="srdi_sme") == "not_entered"
    assert session.scalars(select(Evaluation)).one().snapshot["lines"] == []


def test_another_zone_and_mere_readers_are_kept_out(world: World, firm: str, session: Session) -> None:
    for username in ("desk_b", "head_b", "spec_b"):
        with pytest.raises(NotFound):
            evaluate(world, firm, by=username)
        with pytest.raises(NotFound):
            queries.enterprise(session, firm, actor=world.actor(username))
    with pytest.raises(NotPermitted):
        evaluate(world, firm, by="leader")
    assert queries.enterprise(session, firm, actor=world.actor("leader")).public_id == firm


def test_on_the_roster_once_with_its_step(world: World, firm: str, session: Session) -> None:
    enrol(world, firm)
    with pytest.raises(Invalid) as refusal:
        enrol(world, firm)
    assert refusal.value.faults[0].code == "enrolled"
    rows = reading.page(session, listing.LIST, ListQuery(), actor=world.actor("desk_a")).rows
    assert [(row.pool, row.step) for row in rows] == [("升规培育企业库", "升规模")]
    assert reading.page(session, listing.LIST, ListQuery(), actor=world.actor("desk_b")).rows == []
    assert session.scalar(select(SearchDoc.version).where(SearchDoc.kind == "cultivation")) == 1


def test_a_step_belongs_to_its_pool(world: World, firm: str) -> None:
    with pytest.raises(Invalid) as refusal:
        enrol(world, firm, step_code="S3")
    assert refusal.value.faults[0].code == "not_of_pool"


def test_the_specialist_judges_and_does_not_lead_the_roster(world: World, firm: str) -> None:
    assert evaluate(world, firm, by="spec_a") == "missing"
    with pytest.raises(NotPermitted):
        enrol(world, firm, by="spec_a")


def test_targets_are_measured_against_the_register(world: World, firm: str, session: Session) -> None:
    pid, actor = enrol(world, firm), world.actor("desk_a")
    with unit_of_work() as writing:
        entry = writing.scalars(select(RosterEntry)).one()
        entry.entered_on = entry.entered_on.replace(year=YEAR)
    enter(world, firm, {"revenue_wan": "2500"})
    with unit_of_work() as writing:
        roster.set_target(writing, pid, year=YEAR, metric="revenue_wan", value=Decimal(10000), actor=actor)
    entry = session.scalars(select(RosterEntry)).one()
    line = queries.target_lines(session, entry.enterprise_id, entry.targets)[0]
    assert (line.actual, line.share) == (Decimal(2500), Decimal("0.25"))


def test_moving_and_leaving_need_a_reason_and_a_left_entry_is_locked(
    world: World, firm: str, session: Session
) -> None:
    pid, actor = enrol(world, firm), world.actor("desk_a")
    with pytest.raises(Invalid) as refusal, unit_of_work() as writing:
        roster.change(writing, pid, {**ENTRY, "pool_code": "L2", "step_code": "S2"}, version=1, actor=actor)
    assert refusal.value.faults[0].field == "reason"
    with unit_of_work() as writing:
        moved = roster.change(
            writing,
            pid,
            {**ENTRY, "pool_code": "L2", "step_code": "S2"},
            version=1,
            reason="已入统",
            actor=actor,
        )
        version = moved.version
    with unit_of_work() as writing:
        roster.leave(writing, pid, version=version, exit_kind="withdrawn", reason="企业申请", actor=actor)
    with pytest.raises(Invalid) as refusal, unit_of_work() as writing:
        roster.set_target(writing, pid, year=YEAR + 1, metric="revenue_wan", value=Decimal(1), actor=actor)
    assert refusal.value.faults[0].code == "left"
    assert enrol(world, firm)
