"""From a product to a node: words, traps and Latin letters."""

import csv
import json
from pathlib import Path

import pytest

from chains.matching import Matcher, NodeWords, products

DATA = Path(__file__).resolve().parents[2] / "data" / "chains_deep"


@pytest.fixture(scope="module")
def matcher():
    nodes = []
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        nodes += [
            NodeWords(node["code"], content["chain"], node["level"], node["keywords"], node["exclude"])
            for node in content.get("nodes", [])
        ]
    return Matcher(nodes)


@pytest.mark.parametrize("product", ["电视剧", "电视栏目", "电视剧转播权", "电视节目转播权"])
def test_television_programmes_are_no_television_sets(matcher, product):
    found = matcher.match(product).get("新型显示")
    assert found is None or found.ident != "XXXS-06-01"


def test_television_sets_are(matcher):
    assert matcher.match("液晶电视")["新型显示"].ident == "XXXS-06-01"


def test_the_labelled_set_reaches_what_keywords_can_reach(matcher):
    right = claimed = labelled = 0
    with (DATA / "matching_truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found = matcher.match(row["product"]).get(row["chain"])
            guess = found.ident if found else ""
            claimed += bool(guess)
            labelled += bool(row["node_code"])
            right += bool(guess) and guess == row["node_code"]
    assert right / claimed == 1.0
    assert right / labelled >= 0.84


def small(*nodes):
    return Matcher(NodeWords(code, "c", level, words, traps) for code, level, words, traps in nodes)


def test_latin_keywords_do_not_touch_other_letters():
    matcher = small(("OCA", 3, ["OCA"], []))
    assert matcher.match("OCA光学胶")["c"].word == "OCA"
    assert matcher.match("Ｏｃａ胶")["c"].ident == "OCA"
    assert matcher.match("VOCAL设备") == {}


def test_trap_words_refuse():
    matcher = small(("A", 3, ["偏光片"], ["眼镜"]))
    assert matcher.match("TFT偏光片")["c"].ident == "A"
    assert matcher.match("偏光片眼镜") == {}


def test_below_level_one_then_longer_then_deeper_wins():
    matcher = small(
        ("top", 1, ["显示玻璃基板材料"], []),
        ("short", 2, ["玻璃"], []),
        ("long", 2, ["玻璃基板"], []),
        ("deep", 3, ["显示玻璃"], []),
    )
    assert matcher.match("显示玻璃基板材料")["c"].ident == "deep"
    assert matcher.match("玻璃基板")["c"].ident == "long"


def test_products_of_a_free_text():
    assert products("偏光片、TAC膜；偏光片, 光学胶") == ["偏光片", "TAC膜", "光学胶"]
    assert products("") == []
