"""T36: who may have a card, and why. No database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.criteria.outcome import Verdict
from crm.greencards import eligibility
from crm.greencards.eligibility import ProjectFacts

TODAY = date(2026, 11, 24)
PLANT = ProjectFacts(
    industry_group="electronics",
    contract_investment_wan=Decimal("50000"),
    agreement_kind="contract",
    signed_on=date(2026, 3, 1),
    started_on=None,
)


def verdict(facts: ProjectFacts, kind: str = "project", on: date = TODAY) -> Verdict:
    return eligibility.judge(kind, facts, on).verdict


@pytest.mark.parametrize(
    ("industry", "investment", "expected"),
    [
        ("electronics", "49999", Verdict.NOT_MET),
        ("electronics", "50000", Verdict.MET),
        ("e_commerce", "30000", Verdict.MET),
        ("culture_tourism", "190000", Verdict.NOT_MET),
        ("agriculture", "10000", Verdict.MET),
        ("other_industry", "900000", Verdict.NOT_MET),
    ],
)
def test_threshold_of_each_industry(industry: str, investment: str, expected: Verdict) -> None:
    facts = replace(PLANT, industry_group=industry, contract_investment_wan=Decimal(investment))
    assert verdict(facts) is expected


@pytest.mark.parametrize(("usd", "expected"), [("4999", Verdict.NOT_MET), ("5000", Verdict.MET)])
def test_foreign_direct_investment_opens_a_door_of_its_own(usd: str, expected: Verdict) -> None:
    facts = replace(PLANT, industry_group="other", foreign_usd_wan=Decimal(usd))
    assert verdict(facts) is expected


def test_a_contract_signed_before_the_rule_is_not_newly_signed() -> None:
    assert verdict(replace(PLANT, signed_on=date(2019, 6, 1))) is Verdict.NOT_MET
    assert verdict(replace(PLANT, signed_on=date(2023, 3, 27))) is Verdict.NOT_MET
    assert verdict(replace(PLANT, signed_on=date(2023, 3, 28))) is Verdict.MET


def test_a_framework_agreement_is_not_a_contract() -> None:
    assert verdict(replace(PLANT, agreement_kind="framework")) is Verdict.NOT_MET


def test_a_living_card_needs_the_works_to_have_started() -> None:
    assert verdict(PLANT, "living") is Verdict.NOT_MET
    assert verdict(replace(PLANT, started_on=date(2026, 9, 1)), "living") is Verdict.MET


def test_before_the_rule_nothing_is_judged_by_it() -> None:
    assert verdict(PLANT, on=date(2023, 1, 1)) is Verdict.NOT_ENTERED


def test_a_missing_investment_is_missing_and_not_failed() -> None:
    assert verdict(replace(PLANT, contract_investment_wan=None)) is Verdict.MISSING


def test_the_snapshot_explains_each_line_and_leaves_other_doors_out() -> None:
    kept = eligibility.snapshot(
        eligibility.judge("project", replace(PLANT, contract_investment_wan=Decimal("49999")), TODAY)
    )
    lines = {line["id"]: line for group in kept["groups"] for line in group["lines"]}
    assert kept["version"] == "project_card_2023"
    assert lines["industry_investment"]["verdict"] == "not_met"
    assert lines["industry_investment"]["value"] == "49,999 万元"
    assert lines["industry_investment"]["threshold"] == "≥ 50,000 万元"
    assert lines["industry_investment"]["distance"] == "差 1 万元"
    assert lines["service_investment"]["verdict"] == eligibility.OTHER_DOOR
    assert lines["signed"]["verdict"] == "met"
    assert "工业：5 亿元以上" in eligibility.words(kept)
