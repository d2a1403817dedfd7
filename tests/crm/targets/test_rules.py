"""The fit score: what has no data is left out of the total, never counted as nought (DOMAIN 5)."""

from datetime import date
from decimal import Decimal

import pytest

from core.lifecycle import offers
from core.permissions import SYSTEM
from crm.targets import rules, terms
from crm.targets.lifecycle import TARGET
from crm.targets.rules import Evidence, Facts, Gap, Yields

RULE = terms.on(date(2026, 11, 24))
ENERGY = {"equivalent": Decimal(12)}
MISSING = Gap("missing", "偏光片")
PLACED = Evidence("placement", "TFT偏光片", role="leading", share=Decimal("0.948"), on=date(2021, 12, 31))


def test_parts_add_up_to_a_hundred() -> None:
    assert sum(RULE.parts.values()) == 100
    assert tuple(RULE.parts) == rules.PARTS


def test_a_listed_firm_without_figures_is_scored_out_of_what_is_known() -> None:
    fit = rules.fit(Facts(PLACED), MISSING, RULE)
    assert (fit.points, fit.known) == (42, 45)
    assert [part.name for part in fit.parts if part.points is None] == ["anchor", "expansion", "factors"]


def test_everything_that_is_known_counts() -> None:
    facts = Facts(PLACED, [(2024, Decimal(100)), (2025, Decimal(125))], Decimal(300000), 2025)
    fit = rules.fit(facts, Gap("missing", "偏光片", "澜谷显示", "面板"), RULE)
    assert {part.name: part.points for part in fit.parts} == {
        "gap": 30, "anchor": 14, "expansion": 20, "strength": 15, "factors": None,
    }  # fmt: skip
    assert (fit.points, fit.known) == (79, 85)


@pytest.mark.parametrize(
    ("revenue", "points"),
    [
        ([(2024, 100), (2025, 120)], 20),
        ([(2024, 100), (2025, 110)], 14),
        ([(2024, 100), (2025, 100)], 8),
        ([(2024, 100), (2025, 90)], 2),
        ([(2023, 100), (2025, 200)], None),
        ([(2025, 100)], None),
        ([(2024, 0), (2025, 100)], None),
        ([], None),
    ],
)
def test_growth_needs_two_years_that_follow_each_other(
    revenue: list[tuple[int, int]], points: int | None
) -> None:
    facts = Facts(PLACED, [(year, Decimal(value)) for year, value in revenue])
    part = next(part for part in rules.fit(facts, MISSING, RULE).parts if part.name == "expansion")
    assert part.points == points


@pytest.mark.parametrize(
    ("kind", "state", "points"),
    [
        ("placement", "missing", 30), ("near_placement", "missing", 24), ("product", "missing", 24),
        ("industry", "missing", 12), ("placement", "weak", 22), ("industry", "weak", 9),
    ],
)  # fmt: skip
def test_the_gap_part_falls_with_the_certainty_of_the_evidence(kind: str, state: str, points: int) -> None:
    fit = rules.fit(Facts(Evidence(kind)), Gap(state, "偏光片"), RULE)
    assert fit.parts[0].points == points


def test_strength_is_the_better_of_role_and_revenue() -> None:
    def strength(evidence: Evidence, revenue: int | None) -> rules.Part:
        facts = Facts(
            evidence, latest_revenue_wan=None if revenue is None else Decimal(revenue), latest_year=2025
        )
        return next(part for part in rules.fit(facts, MISSING, RULE).parts if part.name == "strength")

    assert (strength(PLACED, 3000).points, strength(PLACED, 3000).code) == (12, "role_share")
    assert (strength(PLACED, 200000).points, strength(PLACED, 200000).code) == (15, "revenue")
    assert strength(Evidence("product"), 3000).points == 7
    assert strength(Evidence("product"), None).points is None


@pytest.mark.parametrize(
    ("mine", "local", "points", "code"),
    [
        (Yields(Decimal(300)), Yields(Decimal(200)), 15, "factors"),
        (Yields(Decimal(100)), Yields(Decimal(200)), 8, "factors"),  # half of 15, half up
        (Yields(Decimal(100), ENERGY), Yields(Decimal(200), ENERGY), 11, "factors"),  # (½ + 1) / 2
        (Yields(None, ENERGY), Yields(Decimal(200), ENERGY), 15, "factors"),
        (Yields(None, ENERGY), Yields(None, {"calorific": Decimal(9)}), None, "no_local_factors"),
        (Yields(Decimal(100)), Yields(None, ENERGY), None, "no_local_factors"),
        (Yields(), Yields(Decimal(200), ENERGY), None, "no_factors"),
        (Yields(Decimal(-5)), Yields(Decimal(200)), 0, "factors"),
    ],
)
def test_land_and_energy_are_compared_with_those_at_home(
    mine: Yields, local: Yields, points: int | None, code: str
) -> None:
    """Energy only where both count it on one basis; what is not told is left out, on either side."""
    fit = rules.fit(Facts(PLACED, yields=mine), Gap("missing", "偏光片", yields=local), RULE)
    part = fit.parts[-1]
    assert (part.name, part.points, part.code) == ("factors", points, code)
    assert rules.part_of(part.plain()) == part


def test_a_part_survives_being_kept() -> None:
    for part in rules.fit(Facts(PLACED), MISSING, RULE).parts:
        assert rules.part_of(part.plain()) == part


def test_surer_evidence_replaces_weaker() -> None:
    weak = Evidence("industry")
    assert rules.better(PLACED, weak, RULE)
    assert not rules.better(weak, PLACED, RULE)
    assert rules.better(Evidence("placement", role="anchor"), PLACED, RULE)


@pytest.mark.parametrize(
    ("last", "assigned", "found"),
    [
        (None, date(2026, 11, 1), "quiet"),
        (None, date(2026, 10, 25), "remind"),
        (None, date(2026, 9, 25), "release"),
        (date(2026, 11, 20), date(2026, 1, 1), "quiet"),
        (date(2026, 10, 25), date(2026, 1, 1), "remind"),
        (date(2026, 1, 1), date(2026, 11, 20), "quiet"),
    ],
)
def test_silence_counts_from_the_last_contact_or_the_assignment(
    last: date | None, assigned: date, found: str
) -> None:
    assert rules.silence(last, assigned, date(2026, 11, 24), RULE) == found


def test_ended_targets_offer_no_step_but_reopening() -> None:
    assert [offer.step.verb for offer in offers(TARGET, "converted", {}, actor=SYSTEM)] == []
    assert [offer.step.verb for offer in offers(TARGET, "dropped", {}, actor=SYSTEM)] == ["reopen"]
