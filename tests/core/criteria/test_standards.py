"""The standards that ship, against the cases of the acceptance list (T36–T44)."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.criteria import evaluation, loader
from core.criteria.model import Bands, Library, Score, parts
from core.criteria.outcome import Answer, Verdict
from core.criteria.values import Plain, Value

RULES = Path(__file__).parents[3] / "data" / "rules"
CULTIVATION = loader.load(RULES / "cultivation_standards.json")
GREENCARD = loader.load(RULES / "greencard_criteria.json")
IN_2025 = date(2025, 9, 1)


def known(**values: Any) -> dict[str, Value]:
    def exact(value: Any) -> Plain:
        return (
            Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
        )

    return {name: Value(exact(value), 2024, "企业年报") for name, value in values.items()}


def judge(
    code: str, on: date = IN_2025, library: Library = CULTIVATION, confirmed: Any = (), **values: Any
) -> Answer:
    return evaluation.evaluate(library, code, known(**values), on, confirmed=confirmed)


TECH: dict[str, Any] = {
    "employees_end": 100, "tech_staff": 12, "revenue_wan": 10000, "rd_expense_wan": 450, "cost_wan": 2000,
    "total_assets_wan": 9000, "not_restricted": True, "clean_record": True, "ip_tech": "class2_4",
}  # fmt: skip
INNOVATIVE: dict[str, Any] = {
    "ip_grade": "class1_own", "rd_sales_pct": 4.2, "main_growth_pct": 12, "debt_ratio_pct": 48,
    "product_field": "strategic", "main_ratio_pct": 82,
}  # fmt: skip
SRDI: dict[str, Any] = {
    "main_ratio_pct": 85, "main_growth_2y_avg_pct": 9.5, "niche_years": 7, "product_role": "base",
    "digital_level": "level2", "quality_items": 2, "net_margin_pct": 8.2, "debt_ratio_pct": 52,
    "local_feature_points": 9, "ip_grade": "class1_own", "rd_expense_wan": 350, "rd_sales_pct": 3.5,
    "rd_staff_pct": 15, "rd_institute": "municipal", "revenue_wan": 10000,
}  # fmt: skip
M_INDICATORS = ("ip", "rd", "rd_staff", "institute")


def points(answer: Answer) -> dict[str, Decimal]:
    return {line.id: line.points for line in answer.lines if line.points is not None}


# T43: technology-based SMEs


def test_fifty_eight_points_are_not_enough() -> None:
    answer = judge("tech_sme", **TECH)
    assert points(answer) == {"tech_staff": 4, "rd": 30, "ip": 24}
    assert answer.score is not None
    assert (answer.score.total, answer.verdict) == (58, Verdict.NOT_MET)


def test_the_better_of_two_research_shares_counts() -> None:
    answer = judge("tech_sme", **{**TECH, "cost_wan": 1500})
    assert points(answer)["rd"] == 50
    assert answer.verdict is Verdict.MET


def test_nought_points_for_staff_bars_whatever_the_rest() -> None:
    answer = judge("tech_sme", **{**TECH, "tech_staff": 9, "rd_expense_wan": 900, "ip_tech": "class1_1"})
    assert answer.score is not None
    assert (points(answer)["tech_staff"], answer.score.total) == (0, 80)
    assert answer.verdict is Verdict.NOT_MET


def test_a_hard_condition_bars_too_and_shows_its_distance() -> None:
    answer = judge("tech_sme", **{**TECH, "cost_wan": 1500, "employees_end": 520, "tech_staff": 200})
    line = next(line for line in answer.lines if line.id == "employees")
    assert (answer.verdict, line.verdict) == (Verdict.NOT_MET, Verdict.NOT_MET)
    assert (line.value, line.threshold, line.distance) == ("520 人", "≤ 500 人", "差 20 人")
    assert (line.year, line.source) == (2024, "企业年报")


def test_missing_figures_leave_it_open_and_are_named() -> None:
    values = {name: value for name, value in TECH.items() if name not in ("cost_wan", "clean_record")}
    answer = judge("tech_sme", **values)
    assert answer.verdict is Verdict.MISSING
    assert [label for _code, label in answer.missing] == [
        "上一年及当年无重大安全、质量事故和严重环境违法、科研失信，未列入经营异常和严重失信名单",
        "成本费用支出总额",
    ]
    assert answer.score is not None
    assert (answer.score.total, answer.score.total_high) == (58, 78)


def test_a_share_says_how_far_and_roughly_how_much() -> None:
    answer = judge("tech_sme", **{**TECH, "revenue_wan": 21500, "rd_expense_wan": 774, "cost_wan": 21000})
    line = next(line for line in answer.lines if line.id == "rd")
    assert (line.value, line.points) == ("3.6%", 20)
    assert line.distance == "离下一档（多 10 分）差 0.4 个百分点，研发费用约需增 86 万元"
    assert line.threshold == "3% 至不足 4%：20 分"


def test_our_bands_are_those_of_the_checked_source() -> None:
    source = json.loads((RULES / "cultivation_criteria.json").read_text(encoding="utf-8"))
    written = {standard["code"]: standard for standard in source["standards"]}
    for code in ("tech_sme", "innovative_sme", "srdi_sme"):
        theirs = [
            sorted(
                (str(band["min_inclusive"]), str(band["max_exclusive"]), band["points"])
                for band in row["bands"]
            )
            for row in written[code]["indicators"]
            if "bands" in row
        ]
        rule = CULTIVATION.standard(code).versions[0].rule
        assert rule is not None
        ours = [
            sorted((str(band.min), str(band.max), int(band.points)) for band in way.bands)
            for part in parts(rule)
            for way in getattr(part, "ways", ())
            if isinstance(way, Bands)
        ]
        assert all(bands in ours for bands in theirs), code


# T38, T40: innovative SMEs of 2022


def test_eighty_five_points_pass() -> None:
    answer = judge("innovative_sme", **INNOVATIVE)
    assert list(points(answer).values()) == [15, 15, 15, 10, 10, 20]
    assert answer.score is not None
    assert (answer.score.total, answer.verdict) == (85, Verdict.MET)


@pytest.mark.parametrize(
    ("metric", "value", "line", "expected"),
    [
        ("rd_sales_pct", "5.0", "rd", 20),
        ("debt_ratio_pct", "75.0", "debt", 0),
        ("debt_ratio_pct", "74.99", "debt", 5),
        ("main_growth_pct", "0", "growth", 5),
        ("main_growth_pct", "-0.01", "growth", 0),
        ("main_ratio_pct", "50", "main", 5),
        ("main_ratio_pct", "49.99", "main", 0),
    ],
)
def test_lower_bounds_are_included_and_upper_ones_are_not(
    metric: str, value: str, line: str, expected: int
) -> None:
    assert points(judge("innovative_sme", **{**INNOVATIVE, metric: Decimal(value)}))[line] == expected


def test_a_category_below_its_minimum_bars_unless_a_direct_way_opens() -> None:
    weak = {**INNOVATIVE, "debt_ratio_pct": 80, "main_growth_pct": 6}
    closed = dict.fromkeys(("science_award_3y", "valid_recognition", "provincial_institute"), False)
    assert judge("innovative_sme", **weak, **closed, equity_financing_3y_wan=0).verdict is Verdict.NOT_MET
    assert judge("innovative_sme", **weak, **closed, equity_financing_3y_wan=500).verdict is Verdict.MET
    assert judge("innovative_sme", **weak, **closed).verdict is Verdict.MISSING


# T41: SRDI of 2022, four indicators from memory only


def test_sixty_eight_points_once_the_unchecked_bands_are_confirmed() -> None:
    answer = judge("srdi_sme", confirmed=M_INDICATORS, **SRDI)
    assert answer.score is not None
    assert (answer.score.total, answer.verdict) == (68, Verdict.MET)
    assert points(answer)["quality"] == 5


def test_a_hard_condition_bars_sixty_eight_points() -> None:
    answer = judge("srdi_sme", confirmed=M_INDICATORS, **{**SRDI, "rd_sales_pct": 2.9})
    assert answer.score is not None
    assert (answer.score.total, answer.verdict) == (68, Verdict.NOT_MET)


def test_unchecked_bands_are_shown_but_carry_no_sure_point() -> None:
    answer = judge("srdi_sme", **SRDI)
    assert answer.score is not None
    assert (answer.score.total, answer.score.total_high) == (47, 82)
    assert answer.verdict is Verdict.MISSING
    assert [line.id for line in answer.unconfirmed] == list(M_INDICATORS)
    assert points(answer)["ip"] == 8


# T44: versions


def test_the_new_measures_are_not_judged_by_the_old_thresholds() -> None:
    assert judge("innovative_sme", date(2026, 3, 31), **INNOVATIVE).verdict is Verdict.MET
    later = judge("innovative_sme", date(2026, 4, 1), **INNOVATIVE)
    assert later.verdict is Verdict.NOT_ENTERED
    assert later.version is not None
    assert "新标准待录入" in later.version.note
    assert later.lines == ()
    assert judge("innovative_sme", date(2022, 7, 31), **INNOVATIVE).version is None


@pytest.mark.parametrize(("ip", "verdict"), [("20", Verdict.NOT_MET), ("20.01", Verdict.MET)])
def test_seventy_points_exactly_do_not_make_a_high_tech_enterprise(ip: str, verdict: Verdict) -> None:
    answer = judge(
        "hte",
        hte_ip_points=Decimal(ip),
        hte_results_points=20,
        hte_management_points=15,
        hte_growth_points=15,
    )
    assert answer.verdict is verdict
    assert all(not line.enforced for line in answer.lines if line.points is None)


def test_confirmed_conditions_bind() -> None:
    values = {
        "hte_ip_points": 30, "hte_results_points": 20, "hte_management_points": 15, "hte_growth_points": 15,
        "registered_years": Decimal("0.5"),
    }  # fmt: skip
    assert judge("hte", **values).verdict is Verdict.MET
    assert judge("hte", confirmed=("years",), **values).verdict is Verdict.NOT_MET


# T36: green cards

SIGNED: dict[str, Any] = {"formal_contract": True, "signed_on": date(2026, 5, 6), "foreign_invested": False}


@pytest.mark.parametrize(
    ("group", "wan", "verdict"),
    [
        ("equipment", 49999, Verdict.NOT_MET),
        ("equipment", 50000, Verdict.MET),
        ("e_commerce", 30000, Verdict.MET),
        ("culture_tourism", 190000, Verdict.NOT_MET),
        ("agriculture", 10000, Verdict.MET),
        ("other_industry", 900000, Verdict.NOT_MET),
    ],
)
def test_a_card_by_industry_and_investment(group: str, wan: int, verdict: Verdict) -> None:
    answer = judge(
        "project_card",
        date(2026, 6, 1),
        GREENCARD,
        industry_group=group,
        contract_investment_wan=wan,
        **SIGNED,
    )
    assert answer.verdict is verdict


@pytest.mark.parametrize(("usd", "verdict"), [(4999, Verdict.NOT_MET), (5000, Verdict.MET)])
def test_a_card_by_foreign_investment(usd: int, verdict: Verdict) -> None:
    values = {**SIGNED, "foreign_invested": True, "foreign_direct_wan_usd": usd}
    values |= {"industry_group": "equipment", "contract_investment_wan": 40000}
    assert judge("project_card", date(2026, 6, 1), GREENCARD, **values).verdict is verdict


def test_a_contract_before_the_measures_is_not_newly_signed() -> None:
    values = {**SIGNED, "signed_on": date(2019, 5, 6)}
    answer = judge(
        "project_card",
        date(2026, 6, 1),
        GREENCARD,
        industry_group="equipment",
        contract_investment_wan=90000,
        **values,
    )
    assert answer.verdict is Verdict.NOT_MET
    line = next(line for line in answer.lines if line.id == "signed")
    assert (line.verdict, line.value, line.threshold) == (Verdict.NOT_MET, "2019-05-06", "≥ 2023-03-28")


def test_a_living_card_waits_for_the_start_of_construction() -> None:
    values = {**SIGNED, "industry_group": "equipment", "contract_investment_wan": 90000}
    on = date(2026, 6, 1)
    assert judge("living_card", on, GREENCARD, **values).verdict is Verdict.MISSING
    assert (
        judge("living_card", on, GREENCARD, **values, construction_started=False).verdict is Verdict.NOT_MET
    )
    assert judge("living_card", on, GREENCARD, **values, construction_started=True).verdict is Verdict.MET


def test_an_unknown_investment_is_missing_and_not_too_little() -> None:
    answer = judge("project_card", date(2026, 6, 1), GREENCARD, industry_group="equipment", **SIGNED)
    assert answer.verdict is Verdict.MISSING
    assert answer.missing == (("contract_investment_wan", "新签约投资额"),)


def test_every_score_sheet_can_be_reached() -> None:
    for standard in CULTIVATION.standards:
        for version in standard.versions:
            sheets = [version.rule] if isinstance(version.rule, Score) else []
            assert all(sum(indicator.max for indicator in sheet.indicators) >= 60 for sheet in sheets)
