"""Projects on a real database: one specialist, one plan, gates, money (DOMAIN 7, 8; T30, T31, T35)."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from core.permissions import Actor
from crm.enterprises import service as enterprises
from crm.enterprises.models import Enterprise
from crm.leads.models import Lead
from crm.projects import plan, review, service, stages
from crm.projects.models import Project
from crm.projects.review import ReviewInput
from crm.projects.stages import StepInput

Make = Callable[..., Project]
Acting = Callable[[str], Actor]
TODAY = clock.today()


def row(**other: Any) -> dict[str, Any]:
    return {
        "promise": "标准厂房租金三免两减半", "basis": "市招商政策第 8 条", "trigger": "签订租约后",
        "amount_wan": Decimal(120), "owner": "园区管委会", "due_on": TODAY + timedelta(days=60), **other,
    }  # fmt: skip


def test_a_project_cannot_exist_without_its_specialist(
    make_lead: Callable[..., str], actor: Acting, session: Session
) -> None:
    lead, spec = make_lead(), actor("spec_a")
    with pytest.raises(Invalid) as refused, unit_of_work() as writing:
        service.create_from_lead(
            writing, lead, {"name": "某基地项目"}, specialist_id=None, lead_version=None, actor=spec
        )
    assert refused.value.faults[0].field == "specialist_id"
    assert session.scalar(select(Lead.status).where(Lead.public_id == lead)) == "negotiating"


def test_the_database_itself_refuses_a_project_without_specialist(make_project: Make) -> None:
    project = make_project()
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(text("UPDATE project SET specialist_id = NULL WHERE id = :id"), {"id": project.id})


def test_a_lead_becomes_a_project_and_hands_over_its_history(
    make_lead: Callable[..., str], actor: Acting, world: Any, session: Session
) -> None:
    lead, spec = make_lead(), actor("spec_a")
    specialist_id = world.account("spec_a").id
    with unit_of_work() as writing:
        project = service.create_from_lead(
            writing,
            lead,
            {"name": "偏光片基地项目"},
            specialist_id=specialist_id,
            lead_version=None,
            actor=spec,
        )
    assert project.project_no == f"XM-GXQ-{TODAY.year}-0001"
    assert (project.stage, project.admission_tier, project.total_investment_wan) == (
        "negotiating", "filing", Decimal(50000),
    )  # fmt: skip
    assert session.scalar(select(Lead.status).where(Lead.public_id == lead)) == "converted"
    with pytest.raises(Refused), unit_of_work() as writing:
        service.create_from_lead(
            writing,
            lead,
            {"name": "再来一次项目"},
            specialist_id=specialist_id,
            lead_version=None,
            actor=spec,
        )


def test_a_name_that_is_only_the_company_is_refused(
    make_lead: Callable[..., str], actor: Acting, world: Any
) -> None:
    lead, spec, specialist_id = make_lead(), actor("spec_a"), world.account("spec_a").id
    values = {"name": "示例市华澜光电科技有限公司a"}
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        service.create_from_lead(
            session, lead, values, specialist_id=specialist_id, lead_version=None, actor=spec
        )
    assert refused.value.faults[0].code == "only_company"


def test_the_step_to_admission_names_everything_at_once(make_project: Make, actor: Acting) -> None:
    project, spec = make_project(land_mode="sold"), actor("spec_a")
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        stages.take(session, project.public_id, "admit", StepInput(), version=None, actor=spec)
    assert {gap.field for gap in refused.value.missing} == {
        "plan_rows", "admission_doc_no", "report_no", "fairness_no", "admission_state", "actual_on",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("total", "land", "special", "tier"),
    [("999", "none", False, "self"), ("1000", "none", False, "filing"), ("1000", "sold", False, "group"),
     ("1000", "sold", True, "special")],
)  # fmt: skip
def test_the_tier_follows_the_figures(
    make_project: Make, actor: Acting, total: str, land: str, special: bool, tier: str
) -> None:
    project = make_project(
        total_investment_wan=Decimal(total),
        fixed_investment_wan=Decimal(500),
        land_mode=land,
        case_by_case=special,
    )
    assert project.admission_tier == tier


def admitted(make_project: Make, actor: Acting, **values: Any) -> str:
    project, spec, office = make_project(**values), actor("spec_a"), actor("office")
    with unit_of_work() as session:
        service.update(session, project.public_id, {"fairness_no": "GP-2026-11"}, version=None, actor=spec)
        plan.add_row(session, project.public_id, row(), actor=spec)
        given = ReviewInput(admission_doc_no="备〔2026〕7号", admission_decided_on=TODAY)
        review.take(session, project.public_id, "file", given, version=None, actor=office)
        stages.take(session, project.public_id, "admit", StepInput(actual_on=TODAY), version=None, actor=spec)
    return project.public_id


CONTRACT = {
    "agreement_kind": "contract", "contract_no": "HT-2026-08", "tax_per_mu_wan": Decimal(20),
    "agreed_start_on": TODAY + timedelta(days=30), "agreed_complete_on": TODAY + timedelta(days=300),
    "agreed_produce_on": TODAY + timedelta(days=400), "agreed_capacity_on": TODAY + timedelta(days=800),
    "breach_terms": "逾期未动工按合同第 9 条",
}  # fmt: skip
WAIVED = {"files": "扫描件下周补传，原件在办公室"}


def signed(make_project: Make, actor: Acting, **values: Any) -> str:
    pid, spec = admitted(make_project, actor, **values), actor("spec_a")
    with unit_of_work() as session:
        service.update(session, pid, CONTRACT, version=None, actor=spec)
        stages.take(session, pid, "sign", StepInput(TODAY, waivers=WAIVED), version=None, actor=spec)
    return pid


def test_what_the_leading_group_refused_cannot_be_signed(make_project: Make, actor: Acting) -> None:
    project, spec, office = make_project(land_mode="sold"), actor("spec_a"), actor("office")
    facts = {"fairness_no": "GP-1", "report_no": "YP-1"}
    decided = ReviewInput("纪要〔2026〕3号", TODAY, reason="能耗指标不足")
    with unit_of_work() as session:
        service.update(session, project.public_id, facts, version=None, actor=spec)
        plan.add_row(session, project.public_id, row(), actor=spec)
        for verb, who in (("submit", spec), ("schedule", office), ("reject", office)):
            given = decided if verb == "reject" else ReviewInput()
            review.take(session, project.public_id, verb, given, version=None, actor=who)
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        stages.take(session, project.public_id, "admit", StepInput(TODAY), version=None, actor=spec)
    assert {gap.code for gap in refused.value.missing} == {"admission_open"}


def test_a_specialist_and_his_head_do_not_decide_on_filing(make_project: Make, actor: Acting) -> None:
    project = make_project()
    given = ReviewInput("备〔2026〕7号", TODAY)
    for name in ("spec_a", "head_a", "leader"):
        who = actor(name)
        with pytest.raises(NotPermitted), unit_of_work() as session:
            review.take(session, project.public_id, "file", given, version=None, actor=who)


def test_another_amount_after_admission_demands_a_new_round(make_project: Make, actor: Acting) -> None:
    project, spec, office = make_project(), actor("spec_a"), actor("office")
    with unit_of_work() as session:
        service.update(
            session, project.public_id, {"fairness_no": "GP-1", "report_no": "Y"}, version=None, actor=spec
        )
        plan.add_row(session, project.public_id, row(), actor=spec)
        given = ReviewInput("备〔2026〕7号", TODAY)
        review.take(session, project.public_id, "file", given, version=None, actor=office)
        service.update(session, project.public_id, {"land_mode": "sold"}, version=None, actor=spec)
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        stages.take(session, project.public_id, "admit", StepInput(TODAY), version=None, actor=spec)
    assert {gap.code for gap in refused.value.missing} == {"tier_changed"}


def test_signing_a_contract_without_its_terms_names_them_all(make_project: Make, actor: Acting) -> None:
    pid, spec = admitted(make_project, actor), actor("spec_a")
    with unit_of_work() as session:
        service.update(session, pid, {"agreement_kind": "contract"}, version=None, actor=spec)
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        stages.take(session, pid, "sign", StepInput(TODAY), version=None, actor=spec)
    assert {"contract_no", "agreed_start_on", "breach_terms", "files"} <= {
        gap.field for gap in refused.value.missing
    }


def test_from_signing_to_registration_the_company_enters_the_register(
    make_project: Make, actor: Acting, session: Session
) -> None:
    pid, spec = signed(make_project, actor), actor("spec_a")
    company = {
        "company_name": "示例市华澜新材料有限公司", "company_uscc": "913303006807061374",
        "company_region_code": "519900", "company_registered_on": TODAY,
    }  # fmt: skip
    with unit_of_work() as writing:
        service.update(writing, pid, company, version=None, actor=spec)
        project = stages.take(writing, pid, "register_company", StepInput(TODAY), version=None, actor=spec)
        assert (project.stage, project.signed_on) == ("registered", TODAY)
    found = session.scalars(select(Enterprise).where(Enterprise.uscc == "913303006807061374")).one()
    assert found.name == "示例市华澜新材料有限公司"
    with pytest.raises(Refused) as refused, unit_of_work() as writing:
        service.update(writing, pid, {"contract_no": ""}, version=None, actor=spec)
    assert refused.value.missing[0].field == "contract_no"


def test_a_company_that_no_park_had_taken_comes_under_the_park_of_its_project(
    make_project: Make, actor: Acting, session: Session, world: Any
) -> None:
    """Otherwise what it asks for would wait at the city, where no desk looks."""
    park, spec = world.park("Z1"), actor("spec_a")
    park_id, unit_id = park.id, park.unit_id
    pid = signed(make_project, actor, park_id=park_id)
    company = {
        "company_name": "示例市华澜新材料有限公司", "company_uscc": "913303006807061374",
        "company_region_code": "519900", "company_registered_on": TODAY,
    }  # fmt: skip
    with unit_of_work() as writing:
        enterprises.create(
            writing, {"name": "示例市华澜新材料有限公司", "uscc": "913303006807061374"}, actor=spec
        )
        service.update(writing, pid, company, version=None, actor=spec)
        stages.take(writing, pid, "register_company", StepInput(TODAY), version=None, actor=spec)
    found = session.scalars(select(Enterprise).where(Enterprise.uscc == "913303006807061374")).one()
    assert (found.park_id, found.unit_id) == (park_id, unit_id)


def test_a_leap_over_stages_is_refused(make_project: Make, actor: Acting) -> None:
    pid, spec = signed(make_project, actor), actor("spec_a")
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        stages.move(session, pid, "producing", StepInput(TODAY), version=None, actor=spec)
    assert refused.value.missing[0].code == "not_from_here"
    assert "注册" in str(refused.value.missing[0].message)


def test_two_zones_do_not_meet(make_project: Make, actor: Acting) -> None:
    project = make_project()
    for name in ("spec_b", "head_b", "desk_b", "admin"):
        who = actor(name)
        with pytest.raises(NotFound), unit_of_work() as session:
            service.update(session, project.public_id, {"content": "改"}, version=None, actor=who)


def test_a_stale_version_is_a_conflict(make_project: Make, actor: Acting) -> None:
    project, spec = make_project(), actor("spec_a")
    with pytest.raises(Conflict), unit_of_work() as session:
        service.update(session, project.public_id, {"content": "改"}, version=project.version - 1, actor=spec)


def test_changing_the_specialist_needs_a_handover(make_project: Make, actor: Acting, world: Any) -> None:
    project, head, other = make_project(), actor("head_a"), world.account("spec_a2").id
    with pytest.raises(Invalid) as refused, unit_of_work() as session:
        service.change_specialist(session, project.public_id, other, "", version=None, actor=head)
    assert refused.value.faults[0].field == "handover"
    with unit_of_work() as session:
        changed = service.change_specialist(
            session, project.public_id, other, "材料与联系人已交接", version=None, actor=head
        )
        assert changed.specialist_id == other


def test_an_eighth_project_for_one_specialist_is_refused(make_project: Make, node_id: int) -> None:
    for number in range(7):
        make_project(lead={"investor_name": f"投资方{number}有限公司"}, name=f"基地项目{number}期")
    with pytest.raises(Invalid) as refused:
        make_project(lead={"investor_name": "投资方八有限公司"}, name="基地项目八期")
    assert refused.value.faults[0].code == "too_many"


def test_an_actual_day_neither_ahead_nor_before_the_last_stage(make_project: Make, actor: Acting) -> None:
    pid, spec = admitted(make_project, actor), actor("spec_a")
    for day, code in ((TODAY + timedelta(days=1), "day_ahead"), (date(2020, 1, 1), "day_before_previous")):
        with pytest.raises(Refused) as refused, unit_of_work() as session:
            stages.take(session, pid, "sign", StepInput(day), version=None, actor=spec)
        assert code in {gap.code for gap in refused.value.missing}
