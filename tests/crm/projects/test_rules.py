"""Tiers of admission, gates and money of projects, without a database (T30, T31, T35)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core import lifecycle as lc
from core.errors import Refused
from core.permissions import SYSTEM
from crm.projects import rules, standards
from crm.projects.admission import ADMISSION, tier_of
from crm.projects.lifecycle import PROJECT, STAGES

STANDARDS = standards.on(date(2026, 11, 24))
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("total", "land", "special", "expected"),
    [
        ("999", False, False, "self"),
        ("999.99", False, False, "self"),
        ("1000", False, False, "filing"),
        ("300", True, False, "group"),
        ("300", True, True, "special"),
        ("50000", False, True, "special"),
    ],
)
def test_tiers_of_admission(total: str, land: bool, special: bool, expected: str) -> None:
    found = tier_of(land_supplied=land, case_by_case=special, total_wan=Decimal(total), standards=STANDARDS)
    assert found.tier == expected
    assert str(found.because)


def ready_to_sign(**other: Any) -> dict[str, Any]:
    return {
        "agreement_kind": "contract",
        "contract_no": "HT-2026-08",
        "total_investment_wan": Decimal(50000),
        "fixed_investment_wan": Decimal(30000),
        "tax_per_mu_wan": Decimal(20),
        "land_mode": "sold",
        "land_sqm": Decimal("66666.67"),
        "agreed_start_on": date(2027, 1, 1),
        "agreed_complete_on": date(2027, 12, 1),
        "agreed_produce_on": date(2028, 3, 1),
        "agreed_capacity_on": date(2029, 3, 1),
        "breach_terms": "逾期未动工按合同第 9 条",
        "files": [1],
        "actual_on": TODAY,
        "today": TODAY,
        "previous_on": date(2026, 10, 1),
        **other,
    }


def refusal(stage: str, verb: str, facts: dict[str, Any], **options: Any) -> set[tuple[str | None, str]]:
    with pytest.raises(Refused) as refused:
        lc.check(PROJECT, stage, verb, facts, actor=SYSTEM, **options)
    return {(gap.field, gap.code) for gap in refused.value.missing}


def test_a_formal_contract_without_its_start_day_is_refused_at_that_field() -> None:
    assert refusal("admitted", "sign", ready_to_sign(agreed_start_on=None)) == {
        ("agreed_start_on", "field_missing")
    }


def test_a_framework_agreement_needs_no_contract_terms() -> None:
    facts = ready_to_sign(
        agreement_kind="framework", agreed_start_on=None, breach_terms="", tax_per_mu_wan=None
    )
    assert lc.check(PROJECT, "admitted", "sign", facts, actor=SYSTEM).target == "signed"


def test_everything_missing_is_named_at_once() -> None:
    found = refusal("admitted", "sign", {"agreement_kind": "contract", "land_mode": "sold", "today": TODAY})
    assert {
        "contract_no", "total_investment_wan", "fixed_investment_wan", "tax_per_mu_wan", "agreed_start_on",
        "agreed_complete_on", "agreed_produce_on", "agreed_capacity_on", "breach_terms", "land_sqm", "files",
        "actual_on",
    } == {field for field, _code in found}  # fmt: skip


@pytest.mark.parametrize("verb", ["produce", "start", "reach_capacity", "register"])
def test_a_step_out_of_turn_is_refused(verb: str) -> None:
    assert {code for _field, code in refusal("signed", verb, {})} == {"not_from_here"}


def company(**other: Any) -> dict[str, Any]:
    return {
        "company_name": "示例市华澜新材料有限公司", "company_uscc": "913303006807061374",
        "company_region_code": "519900", "company_in_city": True, "company_registered_on": TODAY,
        "signed_on": date(2026, 10, 1), "company_days": 365, "actual_on": TODAY, "today": TODAY, "kind": "new",
        **other,
    }  # fmt: skip


def test_a_wrong_credit_code_stops_registration() -> None:
    assert refusal("signed", "register_company", company(company_uscc="91310000735470911B")) == {
        ("company_uscc", "uscc_wrong")
    }


def test_a_company_outside_the_city_or_too_old_is_refused() -> None:
    assert ("company_region_code", "not_in_city") in refusal(
        "signed", "register_company", company(company_in_city=False)
    )
    old = company(company_registered_on=date(2025, 9, 30))
    assert refusal("signed", "register_company", old) == {("company_registered_on", "company_too_old")}
    assert lc.check(PROJECT, "signed", "register_company", {**old, "kind": "expand"}, actor=SYSTEM)


def test_start_needs_the_permit_and_an_earlier_start_a_reason() -> None:
    facts = {"permit_no": "", "permit_on": TODAY, "files": [1], "actual_on": TODAY, "today": TODAY}
    assert refusal("landed", "start", facts) == {("permit_no", "field_missing")}
    early = {**facts, "permit_no": "SGXK-2026-0118", "actual_on": date(2026, 11, 1)}
    assert refusal("landed", "start", early) == {("permit_on", "started_before_permit")}
    waiver = {"started_before_permit": "经住建局同意先行平场"}
    assert lc.check(PROJECT, "landed", "start", early, actor=SYSTEM, waivers=waiver).waived == waiver


def test_a_lease_needs_its_number_and_no_land() -> None:
    facts = {"land_mode": "factory", "factory_sqm": Decimal(3000), "actual_on": TODAY, "today": TODAY}
    assert refusal("registered", "land", facts) == {("lease_no", "field_missing")}
    assert lc.check(PROJECT, "registered", "land", {**facts, "lease_no": "ZL-01"}, actor=SYSTEM)


@pytest.mark.parametrize(
    "state", ["drafting", "collecting", "group_review", "rejected", "conditional", "deferred"]
)
def test_what_was_not_admitted_cannot_move_towards_signing(state: str) -> None:
    facts = {
        "plan_rows": [1], "specialist_id": 1, "admission_doc_no": "纪要〔2026〕3号", "fairness_no": "G-1",
        "admission_state": state, "admission_tier": "group", "tier_now": "group", "actual_on": TODAY, "today": TODAY,
    }  # fmt: skip
    assert ("admission_state", "admission_open") in refusal("negotiating", "admit", facts)


def test_a_special_project_needs_the_executive_meeting() -> None:
    facts = {
        "admission_tier": "special", "admission_doc_no": "纪要〔2026〕3号", "admission_decided_on": TODAY,
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        lc.check(ADMISSION, "group_review", "approve", facts, actor=SYSTEM)
    assert refused.value.missing[0].code == "needs_executive_meeting"
    assert lc.check(ADMISSION, "group_review", "to_executive", facts, actor=SYSTEM).target == "exec_meeting"


def test_a_fixed_investment_above_the_total_is_refused() -> None:
    values = {"total_investment_wan": Decimal(5000), "fixed_investment_wan": Decimal(6000)}
    assert [fault.field for fault in rules.amount_faults(values, list(values))] == ["fixed_investment_wan"]


def test_a_letter_of_intent_is_no_money_received() -> None:
    faults = rules.receipt_faults(
        amount_wan=Decimal(100), received_on=TODAY, voucher_no=" ", signed_on=TODAY, today=TODAY
    )
    assert [fault.field for fault in faults] == ["voucher_no"]
    unsigned = rules.receipt_faults(
        amount_wan=Decimal(100), received_on=TODAY, voucher_no="HD-1", signed_on=None, today=TODAY
    )
    assert [fault.code for fault in unsigned] == ["not_signed"]


def test_lateness_counts_from_the_plan_and_early_is_negative() -> None:
    assert rules.days_late(date(2026, 3, 5), date(2026, 3, 28), TODAY) == 23
    assert rules.days_late(date(2026, 3, 5), date(2026, 3, 1), TODAY) == -4
    assert rules.days_late(date(2026, 11, 20), None, TODAY) == 4
    assert rules.days_late(None, None, TODAY) is None


def test_the_row_of_stages_marks_what_is_done_and_where_it_stands() -> None:
    days = {"signed": (date(2026, 9, 30), date(2026, 9, 28)), "registered": (date(2026, 10, 31), None)}
    lines = rules.stage_lines("signed", days, TODAY)
    assert [line.state for line in lines[:4]] == ["done", "done", "now", ""]
    assert [line.number for line in lines] == list(range(2, 11))
    assert (lines[2].days_late, lines[3].days_late, lines[4].days_late) == (-2, 24, None)


def test_intensity_and_shares_without_a_base_are_unknown() -> None:
    assert rules.intensity_wan_per_mu(Decimal(6000), Decimal("26666.67")) == Decimal("150.00")
    assert rules.intensity_wan_per_mu(Decimal(6000), None) is None
    assert rules.share(Decimal(5), Decimal(0)) is None


def test_planned_days_go_forward() -> None:
    days = dict.fromkeys(STAGES) | {"signed": date(2026, 9, 1), "registered": date(2026, 8, 1)}
    assert [fault.field for fault in rules.planned_day_faults(days)] == ["planned_registered"]
