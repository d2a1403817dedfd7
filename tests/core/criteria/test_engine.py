"""Laws that hold for every standard: three values, monotone bands, files that contradict themselves."""

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.criteria import evaluation, loader, scoring
from core.criteria.model import Bands, Group, Library
from core.criteria.outcome import Verdict
from core.criteria.values import Value

ON = date(2026, 1, 1)
verdicts = st.lists(
    st.sampled_from([Verdict.MET, Verdict.NOT_MET, Verdict.MISSING, Verdict.UNCONFIRMED]),
    min_size=1,
    max_size=6,
)


def library(rule: dict[str, Any], **more: Any) -> Library:
    metrics = [
        {"code": "a", "label": "甲", "unit": "万元"},
        {"code": "b", "label": "乙", "unit": "万元"},
        {"code": "share", "label": "占比", "unit": "%", "ratio": {"kind": "share", "of": "a", "to": "b"}},
        {"code": "rise", "label": "增长率", "unit": "%", "ratio": {"kind": "growth", "of": "a", "to": "b"}},
        {"code": "yes", "label": "是否", "kind": "flag"},
        {"code": "pick", "label": "选项", "kind": "choice", "choices": {"x": "X", "y": "Y"}},
    ]
    version = {"code": "v", "effective_from": "2020-01-01", "rule": rule, **more}
    text = json.dumps(
        {"metrics": metrics, "standards": [{"code": "s", "name": "标准", "versions": [version]}]}
    )
    return Library.model_validate(json.loads(text, parse_float=Decimal, parse_int=Decimal))


def compare(metric: str, op: str, value: Any, identity: str = "c", source: str = "V") -> dict[str, Any]:
    return {"kind": "compare", "id": identity, "metric": metric, "op": op, "value": value, "source": source}


def verdict(rule: dict[str, Any], **values: Any) -> Verdict:
    known = {name: Value(value) for name, value in values.items()}
    return evaluation.evaluate(library(rule), "s", known, ON).verdict


def group(kind: str, n: int = 1, size: int = 2) -> Group:
    rule = {"kind": kind, "n": n, "of": [compare("a", ">=", 1, f"c{i}") for i in range(size)]}
    node = library(rule).standards[0].versions[0].rule
    assert isinstance(node, Group)
    return node


@given(verdicts, st.integers(1, 6))
def test_what_is_missing_never_decides(given_verdicts: list[Verdict], n: int) -> None:
    """Whatever the missing parts turn out to be, a verdict that was already given stays."""
    for kind in ("all", "any", "at_least"):
        node = group(kind, min(n, len(given_verdicts)), len(given_verdicts))
        now = evaluation.combined(node, given_verdicts)
        best = [Verdict.MET if found is Verdict.MISSING else found for found in given_verdicts]
        worst = [Verdict.NOT_MET if found is Verdict.MISSING else found for found in given_verdicts]
        ends = {evaluation.combined(node, best), evaluation.combined(node, worst)}
        assert now in ends if now is not Verdict.MISSING else ends == {Verdict.MET, Verdict.NOT_MET}
        if now in (Verdict.MET, Verdict.NOT_MET):
            assert ends == {now}


@given(verdicts)
def test_unconfirmed_parts_change_nothing(given_verdicts: list[Verdict]) -> None:
    binding = [found for found in given_verdicts if found is not Verdict.UNCONFIRMED]
    for kind in ("all", "any"):
        expected = evaluation.combined(group(kind), binding) if binding else Verdict.UNCONFIRMED
        assert evaluation.combined(group(kind), given_verdicts) is expected


numbers = st.decimals(min_value=-(10**6), max_value=10**6, places=3)


@given(st.lists(numbers, min_size=1, max_size=6, unique=True), numbers, numbers)
def test_more_never_earns_fewer_points_where_bands_rise(
    cuts: list[Decimal], one: Decimal, other: Decimal
) -> None:
    cuts.sort()
    edges = [None, *cuts, None]
    bands = [
        {"min": low, "max": high, "points": points} for points, (low, high) in enumerate(pairwise(edges))
    ]
    way = Bands.model_validate({"metric": "a", "bands": bands})
    low, high = sorted((one, other))
    assert scoring.band_of(way, low).points <= scoring.band_of(way, high).points


@given(st.decimals(0, 100, places=2), st.integers(1, 10**6))
def test_a_share_exactly_at_the_threshold_is_met(share: Decimal, base: int) -> None:
    rule = compare("share", ">=", float(share))
    assert verdict(rule, a=share * base / 100, b=Decimal(base)) is Verdict.MET


def test_a_ratio_without_a_base_is_missing_and_never_infinite() -> None:
    rule = compare("share", ">=", 5)
    assert verdict(rule, a=Decimal(5)) is Verdict.MISSING
    assert verdict(rule, a=Decimal(5), b=Decimal(0)) is Verdict.MISSING
    assert verdict(rule, a=Decimal(5), b=Decimal(-3)) is Verdict.MISSING
    assert verdict(compare("rise", ">=", 10), a=Decimal(110), b=Decimal(100)) is Verdict.MET


def test_distances_tell_the_way_back_too() -> None:
    rule = compare("share", "<=", 70)
    known = {"a": Value(Decimal(750)), "b": Value(Decimal(1000))}
    line = evaluation.evaluate(library(rule), "s", known, ON).lines[0]
    assert line.distance == "超出 5 个百分点，甲约需减 50 万元"
    rule = compare("rise", ">=", 15)
    line = evaluation.evaluate(
        library(rule), "s", {"a": Value(Decimal(112)), "b": Value(Decimal(100))}, ON
    ).lines[0]
    assert line.distance == "差 3 个百分点，甲约需增 3 万元"


def test_choices_and_flags() -> None:
    assert verdict(compare("pick", "in", ["x"]), pick="x") is Verdict.MET
    assert verdict(compare("pick", "in", ["x"]), pick="y") is Verdict.NOT_MET
    assert verdict(compare("yes", "==", True), yes=False) is Verdict.NOT_MET
    assert verdict(compare("yes", "==", True)) is Verdict.MISSING


def test_an_unconfirmed_condition_is_judged_and_shown_but_binds_nobody() -> None:
    rule = {"kind": "all", "of": [compare("a", ">=", 1, "sure"), compare("b", ">=", 9, "memory", "M")]}
    known = {"a": Value(Decimal(1)), "b": Value(Decimal(1))}
    answer = evaluation.evaluate(library(rule), "s", known, ON)
    assert answer.verdict is Verdict.MET
    line = answer.unconfirmed[0]
    assert (line.id, line.verdict, line.enforced) == ("memory", Verdict.NOT_MET, False)
    confirmed = evaluation.evaluate(library(rule), "s", known, ON, confirmed={"memory"})
    assert confirmed.verdict is Verdict.NOT_MET


def test_questions_of_a_way_that_does_not_matter_are_not_asked() -> None:
    rule = {"kind": "any", "of": [compare("a", ">=", 1, "one"), compare("b", ">=", 1, "two")]}
    assert evaluation.evaluate(library(rule), "s", {"a": Value(Decimal(5))}, ON).missing == ()
    answer = evaluation.evaluate(library(rule), "s", {"a": Value(Decimal(0))}, ON)
    assert answer.missing == (("b", "乙"),)


SHEET: dict[str, Any] = {
    "kind": "score", "id": "s", "total_min": 10,
    "indicators": [
        {
            "id": "i", "label": "i", "category": "k", "max": 5, "source": "V",
            "ways": [{"kind": "steps", "metric": "a", "every": 2, "per": 1}],
        },
        {
            "id": "j", "label": "j", "category": "k", "max": 5, "source": "V",
            "ways": [{"kind": "options", "metric": "pick", "points": {"x": 5, "y": 0}}],
        },
    ],
}  # fmt: skip


def test_steps_and_options_and_the_ranges_of_a_sheet() -> None:
    assert verdict(SHEET, a=Decimal(11), pick="x") is Verdict.MET
    assert verdict(SHEET, a=Decimal(9), pick="x") is Verdict.NOT_MET
    assert verdict(SHEET, pick="x") is Verdict.MISSING
    assert verdict(SHEET, pick="y") is Verdict.NOT_MET
    assert verdict(SHEET, a=Decimal(11), pick="z") is Verdict.MISSING


@pytest.mark.parametrize(
    "rule",
    [
        compare("nothing", ">=", 1),
        compare("a", "==", True),
        compare("yes", ">=", 1),
        compare("pick", "in", ["z"]),
        {"kind": "at_least", "n": 3, "of": [compare("a", ">=", 1)]},
        {"kind": "all", "of": []},
        {"kind": "all", "of": [compare("a", ">=", 1), compare("b", ">=", 1)]},
        {**SHEET, "total_above": 5},
        {**SHEET, "category_min": {"other": 1}},
        {**compare("a", ">=", 1), "surprise": 1},
    ],
)
def test_a_rule_that_contradicts_itself_does_not_load(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        library(rule)


@pytest.mark.parametrize(
    "bands",
    [
        [{"min": 0, "points": 1}],
        [{"max": 1, "points": 0}, {"min": 2, "points": 1}],
        [{"max": 2, "points": 0}, {"min": 1, "points": 1}],
    ],
)
def test_bands_with_a_gap_or_an_overlap_do_not_load(bands: list[dict[str, int]]) -> None:
    with pytest.raises(ValidationError):
        Bands.model_validate({"metric": "a", "bands": bands})


def test_versions_may_not_overlap_and_a_bad_file_is_named(tmp_path: Path) -> None:
    version = {"code": "v", "effective_from": "2020-01-01", "rule": None}
    path = tmp_path / "broken.json"
    path.write_text(
        json.dumps({"metrics": [], "standards": [{"code": "s", "name": "s", "versions": [version, version]}]})
    )
    with pytest.raises(ValueError, match=r"broken\.json"):
        loader.load(path)
    path.write_text("{")
    with pytest.raises(ValueError, match=r"broken\.json"):
        loader.load(path)
