"""Laws of three-valued judging against brute force, and what an explanation lists."""

import itertools
import json
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.criteria import evaluation
from core.criteria.compare import differences
from core.criteria.model import Library, parts
from core.criteria.outcome import Verdict
from core.criteria.store import body_of, plain
from core.criteria.values import Value

ON = date(2026, 1, 1)
METRICS = "abcdef"
THREE = (Verdict.NOT_MET, Verdict.MISSING, Verdict.MET)


def _library(rule: dict[str, Any]) -> Library:
    metrics = [{"code": code, "label": code.upper()} for code in METRICS]
    version = {"code": "v", "effective_from": "2020-01-01", "rule": rule}
    text = json.dumps({"metrics": metrics, "standards": [{"code": "s", "name": "s", "versions": [version]}]})
    return Library.model_validate(json.loads(text, parse_float=Decimal, parse_int=Decimal))


def _leaf(number: int, metric: str, value: int) -> dict[str, Any]:
    return {
        "kind": "compare",
        "id": f"c{number}",
        "metric": metric,
        "op": ">=",
        "value": value,
        "source": "V",
    }


@st.composite
def rules(draw: Any, depth: int = 3) -> dict[str, Any]:
    """A tree of conditions and groups; ids follow the order of the leaves."""
    counter = itertools.count()

    def grow(level: int) -> dict[str, Any]:
        if level == 0 or draw(st.booleans()):
            return _leaf(next(counter), draw(st.sampled_from(METRICS)), draw(st.integers(0, 9)))
        children = [grow(level - 1) for _number in range(draw(st.integers(1, 3)))]
        kind = draw(st.sampled_from(("all", "any", "at_least")))
        return {"kind": kind, "n": draw(st.integers(1, len(children))), "of": children}

    return grow(depth)


def _truth(node: dict[str, Any], known: dict[str, int]) -> bool:
    """Two-valued, by the plain meaning of the words."""
    if node["kind"] == "compare":
        return known[node["metric"]] >= node["value"]
    met = sum(_truth(child, known) for child in node["of"])
    return met >= {"all": len(node["of"]), "any": 1}.get(node["kind"], node["n"])


figures = st.dictionaries(st.sampled_from(METRICS), st.integers(0, 9))


def _judge(rule: dict[str, Any], known: dict[str, int]) -> Verdict:
    values = {code: Value(Decimal(number)) for code, number in known.items()}
    return evaluation.evaluate(_library(rule), "s", values, ON).verdict


@given(rules(), figures)
def test_with_everything_known_it_is_plain_logic(rule: dict[str, Any], some: dict[str, int]) -> None:
    known = {code: some.get(code, 0) for code in METRICS}
    assert _judge(rule, known) is (Verdict.MET if _truth(rule, known) else Verdict.NOT_MET)


@given(rules(), figures, figures)
def test_learning_more_never_takes_an_answer_back(
    rule: dict[str, Any], known: dict[str, int], more: dict[str, int]
) -> None:
    before, after = _judge(rule, known), _judge(rule, {**more, **known})
    assert before is Verdict.MISSING or before is after


@given(rules(), figures, st.sampled_from(METRICS), st.integers(1, 9))
def test_where_more_is_better_more_is_never_worse(
    rule: dict[str, Any], known: dict[str, int], code: str, added: int
) -> None:
    raised = {**known, code: known[code] + added} if code in known else known
    assert THREE.index(_judge(rule, raised)) >= THREE.index(_judge(rule, known))


@given(st.lists(st.sampled_from(THREE), min_size=1, max_size=6), st.data())
def test_at_least_n_against_every_completion(found: list[Verdict], data: Any) -> None:
    n = data.draw(st.integers(1, len(found)))
    rule = {"kind": "at_least", "n": n, "of": [_leaf(i, METRICS[i], 5) for i in range(len(found))]}
    known = {
        METRICS[i]: 9 if each is Verdict.MET else 0
        for i, each in enumerate(found)
        if each is not Verdict.MISSING
    }
    open_ones = [METRICS[i] for i, each in enumerate(found) if each is Verdict.MISSING]
    ends = {
        _truth(rule, {**known, **dict(zip(open_ones, filled, strict=True))})
        for filled in itertools.product((0, 9), repeat=len(open_ones))
    }
    expected = Verdict.MISSING if len(ends) == 2 else (Verdict.MET if ends == {True} else Verdict.NOT_MET)
    assert _judge(rule, known) is expected


@given(rules(), figures)
def test_the_explanation_lists_exactly_the_lines_of_the_rule(
    rule: dict[str, Any], known: dict[str, int]
) -> None:
    library = _library(rule)
    version = library.standard("s").versions[0]
    assert version.rule is not None
    values = {code: Value(Decimal(number)) for code, number in known.items()}
    answer = evaluation.evaluate(library, "s", values, ON)
    assert [line.id for line in answer.lines] == [part.id for part in parts(version.rule)]
    for line in answer.lines:
        assert (line.verdict is Verdict.MISSING) == (line.metric not in known)
    named = {code for code, _label in answer.missing}
    assert bool(named) == (answer.verdict is Verdict.MISSING)
    assert named.isdisjoint(known)


@given(rules())
def test_a_version_is_the_same_as_itself_and_survives_being_kept(rule: dict[str, Any]) -> None:
    library = _library(rule)
    version = library.standard("s").versions[0]
    assert differences(library, version, version) == []
    kept = json.loads(json.dumps(body_of(version)), parse_float=Decimal, parse_int=Decimal)
    days = {"code": version.code, "effective_from": version.effective_from}
    assert type(version).model_validate({**kept, **days}) == version


@given(st.decimals(-(10**9), 10**9, places=4))
def test_numbers_are_kept_exactly(number: Decimal) -> None:
    assert json.loads(json.dumps(plain(number)), parse_float=Decimal, parse_int=Decimal) == number
