"""The judged set, on both engines: every required query passes."""

import json
from pathlib import Path

from search import judging
from search.document import Document
from search.engine import Engine

CONTENT = json.loads(
    (Path(__file__).parents[1] / "data" / "search_relevance.json").read_text(encoding="utf-8")
)


def test_every_judged_query_passes(engine: Engine) -> None:
    verdicts = list(judging.judge(engine, CONTENT))
    failed = [verdict for verdict in verdicts if not verdict.passed and not verdict.optional]
    assert len(verdicts) > 40
    assert failed == []


LISTED = (
    ("京东方科技集团股份有限公司", "京东方"),
    ("北京东方雨虹防水技术股份有限公司", "东方雨虹"),
    ("北京东方园林环境股份有限公司", "东方园林"),
    ("北京东方中科集成科技股份有限公司", "东方中科"),
    ("四川长虹电器股份有限公司", "四川长虹"),
    ("长虹华意压缩机股份有限公司", "长虹华意"),
    ("长虹美菱股份有限公司", "长虹美菱"),
    ("四川川环科技股份有限公司", "川环科技"),
    ("绵阳富临精工机械股份有限公司", "富临精工"),
    ("利尔化学股份有限公司", "利尔化学"),
    ("TCL集团股份有限公司", "TCL集团"),
    ("TCL通讯设备股份有限公司", "TCL通讯"),
    ("宁德时代新能源科技股份有限公司", "宁德时代"),
)


def _load(engine: Engine) -> None:
    engine.index(
        [
            (Document("enterprise", number, f"P{number}", "/", name, ("pub",), aliases=(short,)), 1)
            for number, (name, short) in enumerate(LISTED, start=1)
        ]
    )
    engine.refresh()


def _titles(engine: Engine, typed: str) -> list[str]:
    return [hit.card.title for hit in engine.search(typed, ["pub"]).hits if not hit.near]


def test_a_brand_comes_before_a_match_across_a_place_name(engine: Engine) -> None:
    """ACCEPTANCE T63: 京东方 first, then 北|京东方|雨虹."""
    _load(engine)
    found = _titles(engine, "京东方")
    assert found[0] == "京东方科技集团股份有限公司"
    assert set(found[1:]) == {name for name, _short in LISTED[1:4]}


def test_all_of_one_brand_are_in_front(engine: Engine) -> None:
    """T64."""
    _load(engine)
    assert set(_titles(engine, "长虹")[:3]) == {name for name, _short in LISTED[4:7]}
    for typed in ("ＴＣＬ", "tcl"):
        assert set(_titles(engine, typed)) == {"TCL集团股份有限公司", "TCL通讯设备股份有限公司"}


def test_initials_and_pinyin(engine: Engine) -> None:
    """T65."""
    _load(engine)
    assert set(_titles(engine, "scch")) == {"四川长虹电器股份有限公司", "四川川环科技股份有限公司"}
    assert _titles(engine, "myfl") == ["绵阳富临精工机械股份有限公司"]
    assert _titles(engine, "jdfkj") == ["京东方科技集团股份有限公司"]
    assert _titles(engine, "ndsd") == ["宁德时代新能源科技股份有限公司"]
    assert _titles(engine, "lehx") == ["利尔化学股份有限公司"]
    assert "四川长虹电器股份有限公司" in _titles(engine, "changhong")
    assert _titles(engine, "sichuan changhong")[0] == "四川长虹电器股份有限公司"


def test_the_beginning_of_a_credit_code_finds_that_office_only(engine: Engine) -> None:
    """T67."""
    codes = ("91330300MA2AXXXX17", "91330300MA2BXXXX25", "91330100MA2CXXXX33")
    engine.index(
        [
            (
                Document(
                    "enterprise", number, f"P{number}", "/", f"示例{number}公司", ("pub",), codes=(code,)
                ),
                1,
            )
            for number, code in enumerate(codes, start=1)
        ]
    )
    engine.refresh()
    assert {hit.card.id for hit in engine.search("91330300", ["pub"]).hits} == {1, 2}
    assert [hit.card.id for hit in engine.search(codes[2], ["pub"]).hits] == [3]


def test_a_word_of_honour_is_not_found_in_a_like_one(engine: Engine) -> None:
    """T69: 专精特新 does not mean 创新型."""
    engine.index(
        [
            (Document("enterprise", 1, "P1", "/", "示例甲有限公司", ("pub",), body="创新型中小企业"), 1),
            (Document("enterprise", 2, "P2", "/", "示例乙有限公司", ("pub",), body="专精特新中小企业"), 1),
        ]
    )
    engine.refresh()
    assert [hit.card.id for hit in engine.search("专精特新", ["pub"]).hits] == [2]
