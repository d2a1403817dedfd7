"""The gap analysis against the numbers that officials check by hand (DOMAIN 4, T79)."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from chains import thresholds
from chains.gaps import Action, Node, Placed, Priority, State, analyse
from chains.words import ROLE_OF, STAGE_OF, STATES

DATA = Path(__file__).resolve().parents[2] / "data"
RULES = thresholds.on(date(2026, 11, 24))
CITY = json.loads((DATA / "chains_deep" / "demo_city.json").read_text("utf-8"))
CODES = {"优势": State.STRONG, "潜力": State.EMERGING, "薄弱": State.WEAK, "缺失": State.MISSING}


def map_of(content):
    nodes = [Node(item["code"], item.get("parent"), STAGE_OF[item["stage"]]) for item in content["nodes"]]
    edges = [
        (edge["from"], edge["to"]) for edge in content.get("edges", []) if edge["type"] in ("供应", "配套")
    ]
    return nodes, edges


@pytest.mark.parametrize("chain", list(CITY["chains"]))
def test_the_invented_city_has_the_states_counted_by_hand(chain):
    expected = CITY["chains"][chain]
    nodes, edges = map_of(json.loads((DATA / "chains_deep" / f"{chain}.json").read_text("utf-8")))
    placed = [
        Placed(item["node"], int(item["firm"][1:]), ROLE_OF[item["role"]], "home")
        for item in expected["placements"]
    ]
    report = analyse(nodes, edges, placed, home="home", thresholds=RULES)
    for word, codes in expected["expected_states"].items():
        assert {
            key for key, state in report.nodes.items() if state.end and state.state is CODES[word]
        } == set(codes)
    assert report.end_nodes == expected["end_nodes"]
    assert {word: report.counts[CODES[word]] for word in CODES} == expected["state_counts"]
    assert report.coverage == Decimal(str(round(expected["coverage"] * 100, 2))).quantize(Decimal("0.01"))


@pytest.fixture
def seed():
    return json.loads((DATA / "chains_seed" / "新型显示.json").read_text("utf-8"))


def seed_placed(seed):
    return [
        Placed(
            node["code"],
            int(company["stock_code"]),
            "backbone",
            seed["companies"][company["stock_code"]]["province"] or None,
            listed=True,
        )
        for node in seed["nodes"]
        for company in node["companies"]
    ]


def test_four_of_fourteen_nodes_have_firms_of_sichuan(seed):
    nodes, edges = map_of(seed)
    report = analyse(nodes, edges, seed_placed(seed), home="四川", thresholds=RULES)
    with_firms = {key: state.local_firms for key, state in report.nodes.items() if state.local_firms}
    assert with_firms == {"N02": 1, "N04": 1, "N11": 1, "N12": 2}
    assert report.counts[State.MISSING] == 10
    assert report.coverage == Decimal("28.57")
    assert report.local_firms == 5
    assert report.nodes["N13"].listed_firms == 0
    assert report.nodes["N13"].state is State.MISSING


def test_a_firm_on_two_nodes_counts_once(seed):
    nodes, edges = map_of(seed)
    more = [*seed_placed(seed), Placed("N11", 810, "backbone", "四川", listed=True)]
    report = analyse(nodes, edges, more, home="四川", thresholds=RULES)
    assert report.nodes["N11"].local_firms == 2
    assert report.local_firms == 5


ONE = [Node("A", None, "up")]


def judged(*placed, node=None, edges=()):
    nodes = node or ONE
    return analyse(nodes, edges, placed, home="h", thresholds=RULES).nodes["A"]


def peers(weight_role="anchor", count=2):
    return [Placed("A", 100 + number, weight_role, f"p{number}") for number in range(count)]


@pytest.mark.parametrize(
    ("roles", "state"),
    [
        (["supporting"], State.WEAK),
        (["backbone", "supporting"], State.WEAK),
        (["leading"], State.EMERGING),
        (["leading", "supporting", "supporting"], State.EMERGING),
        (["anchor"], State.STRONG),
        (["leading", "backbone"], State.STRONG),
    ],
)
def test_without_peers_the_weight_decides(roles, state):
    found = judged(*[Placed("A", number, role, "h") for number, role in enumerate(roles)])
    assert found.state is state
    assert found.score is None
    assert found.peers == 0


def test_one_peer_is_too_few_for_a_score():
    found = judged(Placed("A", 1, "supporting", "h"), *peers(count=1))
    assert found.peers == 1
    assert found.score is None
    assert found.state is State.WEAK


@pytest.mark.parametrize(
    ("local", "score", "state"),
    [
        (["supporting"], "12.5", State.WEAK),
        (["supporting", "supporting"], "25.0", State.EMERGING),
        (["leading"], "62.5", State.EMERGING),
        (["leading", "supporting"], "75.0", State.STRONG),
        (["anchor", "anchor"], "100", State.STRONG),
    ],
)
def test_the_score_compares_with_the_strongest_peer(local, score, state):
    found = judged(*[Placed("A", number, role, "h") for number, role in enumerate(local)], *peers())
    assert found.score == Decimal(score)
    assert found.state is state
    assert found.strongest.weight == 8
    assert found.strongest.firms == 1


def test_a_firm_with_two_roles_on_a_node_counts_with_the_weightier():
    found = judged(Placed("A", 1, "supporting", "h"), Placed("A", 1, "anchor", "h"))
    assert (found.local_firms, found.local_weight, dict(found.roles)) == (1, 8, {"anchor": 1})


def test_a_firm_of_unknown_place_is_neither_local_nor_peer():
    found = judged(Placed("A", 1, "anchor", None, listed=True))
    assert found.state is State.MISSING
    assert (found.peers, found.listed_firms) == (0, 1)


def test_answers_follow_state_stage_and_the_local_anchor():
    down = [Node("A", None, "down"), Node("B", None, "mid")]
    found = judged(Placed("B", 1, "anchor", "h"), node=down, edges=[("B", "A")])
    assert (found.action, found.gap_kind, found.priority) == (Action.EXTEND, "downstream", Priority.HIGH)
    assert judged().action is Action.FILL
    assert judged().priority is Priority.MEDIUM
    weak = judged(Placed("A", 1, "supporting", "h"))
    assert (weak.action, weak.priority) == (Action.STRENGTHEN, Priority.LOW)
    assert judged(Placed("A", 1, "anchor", "h")).action is None


def test_a_map_without_local_anchor_asks_for_one():
    assert analyse(ONE, [], [], home="h", thresholds=RULES).action is Action.CREATE
    anchored = analyse(ONE, [], [Placed("A", 1, "anchor", "h")], home="h", thresholds=RULES)
    assert anchored.action is None


def test_a_firm_on_a_node_with_children_covers_no_end_node():
    nodes = [Node("P", None, "up"), Node("P-1", "P", "up"), Node("P-2", "P", "up")]
    report = analyse(nodes, [], [Placed("P", 1, "anchor", "h")], home="h", thresholds=RULES)
    assert (report.end_nodes, report.covered, report.local_firms) == (2, 0, 0)
    assert report.below("P")[State.MISSING] == 2


def test_thresholds_have_a_version_and_a_day():
    assert RULES.version == "2026-1"
    assert RULES.effective_from == date(2026, 1, 1)
    assert set(STATES) == {state.value for state in State}
