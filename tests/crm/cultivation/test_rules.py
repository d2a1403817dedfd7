"""From figures and inputs to an answer: T43, T44, years and missing data. No database."""

from datetime import date
from decimal import Decimal

import pytest

from core.criteria.outcome import Answer, Verdict
from crm.cultivation import rules, standards
from crm.cultivation.rules import Input, YearFigures

TODAY = date(2026, 11, 24)
FIGURES = {
    "revenue_wan": Decimal(10000), "rd_expense_wan": Decimal(450), "employees_end": 100, "tech_staff": 12,
    "total_assets_wan": Decimal(12000), "cost_wan": Decimal(9000),
}  # fmt: skip
INPUTS = [
    Input("ip_tech", 2026, "class2_4", "专利证书"),
    Input("not_restricted", 2026, "true", "自查"),
    Input("clean_record", 2026, "true", "信用报告"),
]


def answer(figures: dict[str, Decimal | int | None], inputs: list[Input], on: date = TODAY) -> Answer:
    years = [YearFigures(2025, "企业年报", figures)]
    values = rules.values_of(standards.library(), years, inputs, on)
    return standards.evaluate(standards.library(), "tech_sme", values, on)


def test_fifty_eight_points_do_not_pass() -> None:
    found = answer(FIGURES, INPUTS)
    assert found.score is not None
    assert found.score.total == 58
    assert found.verdict is Verdict.NOT_MET


def test_too_few_technical_staff_fail_whatever_the_total() -> None:
    found = answer({**FIGURES, "tech_staff": 9, "rd_expense_wan": Decimal(700)}, INPUTS)
    assert found.score is not None and found.score.total == 74
    assert found.verdict is Verdict.NOT_MET


def test_one_point_band_higher_passes() -> None:
    assert answer({**FIGURES, "tech_staff": 15}, INPUTS).verdict is Verdict.MET


def test_missing_data_is_missing_and_not_nought() -> None:
    found = answer({**FIGURES, "tech_staff": None}, INPUTS)
    assert found.verdict is Verdict.MISSING
    assert ("tech_staff", "科技人员") in found.missing
    assert found.score is not None
    assert (found.score.total, found.score.total_high) == (54, 74)


def test_every_line_says_value_year_source_and_distance() -> None:
    line = next(line for line in answer(FIGURES, INPUTS).lines if line.id == "rd")
    assert (line.value, line.year, line.source) == ("4.5%", 2025, "企业年报")
    assert "差 0.5 个百分点" in line.distance
    assert "50 万元" in line.distance


def test_figures_of_one_year_are_not_mixed_with_anothers() -> None:
    years = [
        YearFigures(2024, "年报", {"revenue_wan": Decimal(8000), "tech_staff": 30}),
        YearFigures(2025, "年报", {"revenue_wan": Decimal(10000)}),
    ]
    values = rules.values_of(standards.library(), years, [], TODAY)
    assert values["revenue_wan"].year == 2025
    assert "tech_staff" not in values
    assert values["revenue_prev_wan"].value == Decimal(8000)


def test_the_running_year_is_not_yet_a_base() -> None:
    years = [YearFigures(2026, "月报", {"revenue_wan": Decimal(1)}), YearFigures(2025, "年报", {})]
    assert rules.base_year(years, TODAY) == 2025
    assert rules.base_year([], TODAY) is None


def test_a_later_source_of_the_same_year_wins_figure_by_figure() -> None:
    years = [
        YearFigures(2025, "企业填报", {"revenue_wan": Decimal(1), "tech_staff": 5}),
        YearFigures(2025, "税务", {"revenue_wan": Decimal(2)}),
    ]
    values = rules.values_of(standards.library(), years, [], TODAY)
    assert (values["revenue_wan"].value, values["revenue_wan"].source) == (Decimal(2), "税务")
    assert values["tech_staff"].source == "企业填报"


@pytest.mark.parametrize("code", ["srdi_sme", "innovative_sme", "little_giant"])
def test_from_april_2026_the_standard_waits_to_be_entered(code: str) -> None:
    values = rules.values_of(standards.library(), [YearFigures(2025, "年报", FIGURES)], INPUTS, TODAY)
    after = standards.evaluate(standards.library(), code, values, date(2026, 4, 1))
    assert after.verdict is Verdict.NOT_ENTERED
    assert not after.lines
    if code != "little_giant":
        before = standards.evaluate(standards.library(), code, values, date(2026, 3, 31))
        assert before.version is not None and before.version.code.endswith("2022")


def test_what_is_asked_for_are_plain_numbers_not_ratios() -> None:
    asked = [metric.code for metric in rules.asked_for(standards.library(), "tech_sme", TODAY)]
    assert "tech_staff" in asked
    assert "rd_sales_pct" not in asked
    assert rules.asked_for(standards.library(), "srdi_sme", TODAY) == []


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [
        ("tech_staff", "十二", "not_a_value"),
        ("tech_staff", "-3", "negative"),
        ("tech_staff", "3.5", "whole"),
        ("cost_wan", "99999999999999", "too_large"),
        ("cost_wan", "NaN", "not_a_value"),
        ("ip_tech", "many", "not_a_value"),
        ("unheard_of", "1", "unknown_metric"),
    ],
)
def test_wrong_inputs_are_named(code: str, text: str, fault: str) -> None:
    assert [each.code for each in rules.input_faults(standards.library(), {code: text})] == [fault]


def test_failing_on_points_alone_is_a_line_with_its_distance() -> None:
    low = answer({**FIGURES, "rd_expense_wan": Decimal(210)}, INPUTS)
    total = standards.snapshot(low)["lines"][0]
    assert (total["label"], total["value"], total["threshold"]) == ("评价得分", "38 分", "≥ 60 分")
    assert (total["verdict"], total["distance"]) == ("not_met", "差 22 分")
    assert standards.counts(low)[1] == 1
    empty = standards.snapshot(answer({**FIGURES, "tech_staff": 9, "rd_expense_wan": Decimal(700)}, INPUTS))
    assert empty["lines"][0]["distance"] == "“科技人员”不能为 0 分"
    lacking = standards.snapshot(answer({**FIGURES, "tech_staff": None}, INPUTS))["lines"][0]
    assert (lacking["verdict"], lacking["value"]) == ("missing", "54–74 分")
