"""From a product to a node: words, traps and Latin letters."""

import csv
import json
from pathlib import Path

import pytest

from chains.matching import Matcher, NodeWords, products
from crm.enterprises.trades import trade_of

DATA = Path(__file__).resolve().parents[2] / "data" / "chains_deep"


@pytest.fixture(scope="module")
def matcher():
    nodes = []
    for path in sorted(DATA.glob("*.json")):
        content = json.loads(path.read_text("utf-8"))
        nodes += [
            NodeWords(
                node["code"],
                content["chain"],
                node["level"],
                node["keywords"],
                node["exclude"],
                node.get("trade_words", ()),
                node["gbt4754"],
            )
            for node in content.get("nodes", [])
        ]
    return Matcher(nodes)


@pytest.mark.parametrize("product", ["电视剧", "电视栏目", "电视剧转播权", "电视节目转播权"])
def test_television_programmes_are_no_television_sets(matcher, product):
    found = matcher.match(product).get("新型显示")
    assert found is None or found.ident != "XXXS-06-01"


def test_television_sets_are(matcher):
    assert matcher.match("液晶电视")["新型显示"].ident == "XXXS-06-01"


def test_the_labelled_set_is_matched_with_the_firms_trade(matcher):
    """Precision at least .97 at recall at least .90; words alone, without the register, reach less."""
    trades = listed_trades()
    right = claimed = labelled = 0
    with (DATA / "matching_truth.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            trade = trades.get(row["stock_code"], ())
            found = matcher.match(row["product"], trade).get(row["chain"])
            guess = found.ident if found else ""
            claimed += bool(guess)
            labelled += bool(row["node_code"])
            right += bool(guess) and guess == row["node_code"]
    assert right / claimed >= 0.97
    assert right / labelled >= 0.90


def listed_trades():
    with (DATA.parent / "companies" / "stock_basic_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["symbol"]: trade_of(None, row["industry"]) for row in csv.DictReader(file)}


CARS, MEDICINE, POWER = (trade_of(None, word) for word in ("汽车配件", "中成药", "电气设备"))


@pytest.mark.parametrize(
    ("product", "trade", "chain", "node"),
    [
        ("盘式制动器", CARS, "新能源汽车零部件", "QCLJ-04-01"),
        ("橡胶密封条", CARS, "新能源汽车零部件", "QCLJ-05-07"),
        ("复方丹参胶囊", MEDICINE, "生物医药与医疗器械", "SWYY-05-03"),
    ],
)
def test_a_word_of_the_trade_counts_for_firms_of_the_trade(matcher, product, trade, chain, node):
    found = matcher.match(product, trade)[chain]
    assert (found.ident, found.by_trade) == (node, True)


@pytest.mark.parametrize("trade", [(), POWER, trade_of("3546", ""), trade_of(None, "医疗保健")])
def test_a_word_of_the_trade_is_mute_for_others(matcher, trade):
    assert "新能源汽车零部件" not in matcher.match("盘式制动器", trade)
    assert "生物医药与医疗器械" not in matcher.match("复方丹参胶囊", trade)


def test_a_keyword_wins_over_a_word_of_the_trade():
    node = ("c", 3)
    matcher = Matcher(
        [
            NodeWords("long", *node, [], [], ["制动器总成"], ["3670"]),
            NodeWords("key", *node, ["制动"], [], [], ["3670"]),
        ]
    )
    assert matcher.match("制动器总成", CARS)["c"].ident == "key"


def test_traps_refuse_words_of_the_trade_too():
    matcher = Matcher([NodeWords("n", "c", 3, [], ["农机"], ["变速器"], ["3670"])])
    assert matcher.match("变速器", CARS)["c"].by_trade
    assert matcher.match("农机变速器", CARS) == {}


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
