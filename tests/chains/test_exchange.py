"""Maps come in as JSON: every fault is named, rings and nodes without stage are refused."""

import json
from datetime import date
from pathlib import Path

import pytest

from chains import exchange
from chains.rings import rings

DATA = Path(__file__).resolve().parents[2] / "data"
MAPS = [path for path in sorted((DATA / "chains_deep").glob("*.json")) if path.stem != "demo_city"]


def content(*edges, nodes=("A", "B", "C")):
    return {
        "chain": "试验链",
        "nodes": [{"code": code, "name": code, "stage": "上游"} for code in nodes],
        "edges": [{"from": source, "to": target, "type": "供应"} for source, target in edges],
    }


def codes(report):
    return [fault.code for fault in report.faults]


@pytest.mark.parametrize("path", MAPS, ids=lambda path: path.stem)
def test_the_drafted_maps_are_sound_and_come_back_the_same(path):
    original = json.loads(path.read_text("utf-8"))
    draft, report = exchange.read(original)
    assert report.sound
    assert report.nodes == len(original["nodes"])
    assert report.edges == len(original["edges"])
    again = exchange.write(draft)
    assert again["nodes"] == original["nodes"]
    assert again["edges"] == original["edges"]


def test_a_flat_map_with_companies_is_taken():
    draft, report = exchange.read(json.loads((DATA / "chains_seed" / "新型显示.json").read_text("utf-8")))
    assert report.sound
    assert (report.nodes, report.end_nodes) == (14, 14)
    assert draft.code == ""
    found = next(item for item in draft.placements if item.stock_code == "300088")
    assert (found.share, found.evidence_on) == ("1.0", date(2021, 12, 31))


def test_a_ring_of_supply_is_named():
    _, report = exchange.read(content(("A", "B"), ("B", "C"), ("C", "A")))
    assert codes(report) == ["ring"]
    assert report.rings == [["A", "B", "C", "A"]]


def test_a_ring_of_other_kinds_is_allowed():
    raw = content(("A", "B"), ("B", "A"))
    raw["edges"][1]["type"] = "替代"
    assert exchange.read(raw)[1].sound


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda raw: raw["nodes"][0].pop("stage"), "no_stage"),
        (lambda raw: raw["nodes"][0].update(stage="中上游"), "no_stage"),
        (lambda raw: raw["nodes"][0].update(parent="X"), "no_parent"),
        (lambda raw: raw["nodes"][0].update(parent="A"), "parent_ring"),
        (lambda raw: raw["nodes"][0].update(name=""), "nameless"),
        (lambda raw: raw["nodes"].append(dict(raw["nodes"][0])), "twice"),
        (lambda raw: raw["edges"].append({"from": "A", "to": "Z", "type": "供应"}), "unknown_node"),
        (lambda raw: raw["edges"].append({"from": "A", "to": "B", "type": "？"}), "no_kind"),
        (lambda raw: raw.pop("chain"), "required"),
        (lambda raw: raw["nodes"][0].update(companies=[{"stock_code": "1"}]), "no_evidence_date"),
    ],
)
def test_faults_are_named(change, code):
    raw = content(("A", "B"))
    change(raw)
    assert code in codes(exchange.read(raw)[1])


def test_a_fifth_level_is_refused():
    raw = content(nodes=("A", "B", "C", "D", "E"))
    for child, parent in zip(raw["nodes"][1:], raw["nodes"], strict=False):
        child["parent"] = parent["code"]
    assert codes(exchange.read(raw)[1]) == ["too_deep"]


def test_content_that_is_no_map_is_refused():
    draft, report = exchange.read({"chain": "x", "nodes": "none"})
    assert draft is None
    assert codes(report) == ["required"]


def test_rings_in_long_chains_do_not_exhaust_the_stack():
    edges = [(str(number), str(number + 1)) for number in range(20_000)]
    assert rings(edges) == []
    assert len(rings([*edges, ("20000", "0")])[0]) == 20_002
