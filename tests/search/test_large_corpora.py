"""Names by the thousand, on both engines: how many are found, where the first of them stands."""

import random
from collections.abc import Callable

import pytest

from core.text import forms, readings
from search.document import Document
from search.engine import Engine
from tests.search.shared import firm, listed, rows

CHANCE = 20261121


def _fill(engine: Engine, documents: list[Document]) -> None:
    for start in range(0, len(documents), 1000):
        assert engine.index([(document, 1) for document in documents[start : start + 1000]]) == {}
    engine.refresh()


def _share(engine: Engine, asked: list[tuple[str, int]], depth: int) -> float:
    """Of the queries, those whose document stands among the first `depth`."""
    good = 0
    for typed, number in asked:
        hits = engine.search(typed, ["pub"], size=depth).hits
        good += number in {hit.card.id for hit in hits}
    return good / len(asked)


def _at(chance: random.Random, text: str, length: int) -> str:
    at = chance.randrange(len(text) - length + 1)
    return text[at : at + length]


WAYS: dict[str, tuple[Callable[[random.Random, str], str], int, float]] = {
    "whole": (lambda chance, core: core, 3, 1.0),
    "six characters": (lambda chance, core: _at(chance, core, 6), 20, 0.97),
    "pinyin": (lambda chance, core: "".join(readings.syllables(core)), 5, 0.99),
    "pinyin with blanks": (lambda chance, core: " ".join(readings.syllables(core)[:5]), 20, 0.97),
    "initials": (lambda chance, core: readings.initials(core)[:10], 10, 0.97),
    "one character missing": (lambda chance, core: core[:3] + core[4:], 10, 0.97),
    "one character wrong": (lambda chance, core: f"{core[:3]}坤{core[4:]}", 10, 0.97),
    "neighbours exchanged": (lambda chance, core: core[:2] + core[3] + core[2] + core[4:], 10, 0.95),
}


def test_listed_companies_are_found_by_every_way_of_typing(engine: Engine) -> None:
    documents = list(listed().values())
    _fill(engine, documents)
    chance = random.Random(CHANCE)
    chosen = [one for one in chance.sample(documents, 400) if len(forms.core(one.title)) >= 7][:60]
    found = {
        way: _share(engine, [(typed(chance, forms.core(one.title)), one.id) for one in chosen], depth)
        for way, (typed, depth, _least) in WAYS.items()
    }
    assert {way: share for way, share in found.items() if share < WAYS[way][2]} == {}


def test_t62_every_renamed_company_is_found_by_its_old_name(engine: Engine) -> None:
    by_code = listed()
    _fill(engine, list(by_code.values()))
    for row in rows("renamed_pairs.csv"):
        if row["stock_code"] not in by_code or row["name_b"] == by_code[row["stock_code"]].title:
            continue
        hits = engine.search(row["name_b"], ["pub"]).hits
        assert row["stock_code"] in hits[0].card.codes, row


def test_t63_t64_t65_brands_stand_in_front_among_all_listed_companies(engine: Engine) -> None:
    _fill(engine, list(listed().values()))

    def titles(typed: str) -> list[str]:
        return [hit.card.title for hit in engine.search(typed, ["pub"], size=50).hits if not hit.near]

    assert titles("京东方")[0] == "京东方科技集团股份有限公司"
    assert all("京东方" in name for name in titles("京东方"))
    front = titles("长虹")[:3]
    assert {name[:4] for name in front} == {"四川长虹", "长虹华意", "长虹美菱"}
    for typed in ("ＴＣＬ", "tcl"):
        assert sum(name.startswith("TCL") for name in titles(typed)[:3]) >= 2
    assert {"四川长虹电器股份有限公司", "四川川环科技股份有限公司"} <= set(titles("scch"))
    assert titles("myfl")[0] == "绵阳富临精工机械股份有限公司"
    assert titles("jdfkj")[0] == "京东方科技集团股份有限公司"
    assert titles("ndsd")[0] == "宁德时代新能源科技股份有限公司"
    assert titles("lehx")[0] == "利尔化学股份有限公司"
    for typed in ("changhong", "sichuan changhong"):
        assert "四川长虹电器股份有限公司" in titles(typed)


def _variants(share: int) -> tuple[list[Document], list[tuple[str, int]]]:
    """The invented register (every dup_of, and one row in `share` of the rest) and its 4,000 variants."""
    everything = rows("synthetic_companies_204k.csv")
    wanted = {row["dup_of"] for row in everything if row["dup_of"]}
    documents = [
        firm(int(row["id"]), row["name"], codes=(row["uscc"],))
        for row in everything
        if not row["dup_of"] and (row["id"] in wanted or int(row["id"]) % share == 0)
    ]
    asked = [(row["name"], int(row["dup_of"])) for row in everything if row["dup_of"]]
    return documents, asked


def test_t68_variants_of_a_name_lead_to_it(engine: Engine) -> None:
    documents, asked = _variants(20)
    _fill(engine, documents)
    assert _share(engine, random.Random(CHANCE).sample(asked, 600), 5) >= 0.99


@pytest.mark.slow
def test_t68_all_four_thousand_variants_among_two_hundred_thousand(engine: Engine) -> None:
    documents, asked = _variants(1)
    _fill(engine, documents)
    assert _share(engine, asked, 5) >= 0.99
