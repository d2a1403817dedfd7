"""Names as people write them, on both engines: the acceptance cases T59–T69 by their numbers."""

import pytest

from search.engine import Engine
from tests.search.shared import firm

HARBOUR = "上海港湾基础建设（集团）股份有限公司"


def load(engine: Engine, *names: str) -> None:
    engine.index([(firm(number, name), 1) for number, name in enumerate(names, start=1)])
    engine.refresh()


def found(engine: Engine, typed: str) -> list[str]:
    return [hit.card.title for hit in engine.search(typed, ["pub"]).hits if not hit.near]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("上海港湾基础建设(集团)股份有限公司", HARBOUR),
        ("上海港湾基础建设〔集团〕股份有限公司", HARBOUR),
        ("上海港灣基礎建設（集團）股份有限公司", HARBOUR),
        ("　运城小吉祥汽车零部件有限公司 ", "运城小吉祥汽车零部件有限公司"),
        ("贡嘎体态美化工有限 公司", "贡嘎体态美化工有限公司"),
        ("秦岭印象智能装备（大庆）有限公司。", "秦岭印象智能装备（大庆）有限公司"),
    ],
)
def test_t59_a_name_is_found_however_it_is_set(engine: Engine, typed: str, name: str) -> None:
    load(
        engine,
        HARBOUR, "运城小吉祥汽车零部件有限公司", "贡嘎体态美化工有限公司", "秦岭印象智能装备（大庆）有限公司",
        "上海港湾物业有限公司",
    )  # fmt: skip
    assert found(engine, typed)[0] == name
    assert engine.search(typed, ["pub"]).total == 1


def test_t60_another_legal_form_is_another_firm_and_a_right_name_is_not_mended(engine: Engine) -> None:
    twins = ("裕民瑾家精密机械股份有限公司", "嘉兴斯芬克司显示科技有限公司", "秦川机床工具集团股份公司")
    load(engine, *twins)
    assert found(engine, "裕民瑾家精密机械股份公司") == [twins[0]]
    assert found(engine, "嘉兴斯芬克司显示科技有限责任公司") == [twins[1]]
    hit = engine.search("秦川机床工具集团股份公司", ["pub"]).hits[0]
    assert (hit.card.title, hit.near) == (twins[2], False)


@pytest.mark.parametrize(
    ("typed", "name", "code"),
    [
        ("大冶特殊钢股份有限公司", "中信泰富特钢集团股份有限公司", "000708"),
        ("大冶特殊钢", "中信泰富特钢集团股份有限公司", "000708"),
        ("dayeteshugang", "中信泰富特钢集团股份有限公司", "000708"),
        ("兰州三毛实业", "甘肃工程咨询集团股份有限公司", "000779"),
    ],
)
def test_t62_the_old_name_finds_the_new_one_and_says_so(
    engine: Engine, typed: str, name: str, code: str
) -> None:
    engine.index(
        [
            (
                firm(
                    1, "中信泰富特钢集团股份有限公司", former=("大冶特殊钢股份有限公司",), codes=("000708",)
                ),
                1,
            ),
            (
                firm(
                    2, "甘肃工程咨询集团股份有限公司", former=("兰州三毛实业股份有限公司",), codes=("000779",)
                ),
                1,
            ),
        ]
    )
    engine.refresh()
    hit = engine.search(typed, ["pub"]).hits[0]
    assert (hit.card.title, hit.card.codes, hit.matched_as) == (name, (code,), "former")


def test_t67_a_whole_code_stands_alone_and_in_front(engine: Engine) -> None:
    codes = ("91330300MA2AXXXX17", "91330300MA2BXXXX25", "91330100913303004K", "91330100MA2CXXXX33")
    engine.index(
        [(firm(number, f"示例{number}有限公司", codes=(code,)), 1) for number, code in enumerate(codes, 1)]
    )
    engine.refresh()
    begins = engine.search("91330300", ["pub"])
    assert ({hit.card.id for hit in begins.hits}, begins.total) == ({1, 2}, 2)
    whole = engine.search(codes[0].lower(), ["pub"])
    assert ([hit.card.id for hit in whole.hits if not hit.near], whole.total) == ([1], 1)


@pytest.mark.parametrize(
    "typed",
    [
        "91330300MA2AXXXX18",
        "91330300MB2AXXXX17",
        "81330300MA2AXXXX17",
        "91330300MA2AXXX17",
        "XXXX17",
        "MA2AXXXX17",
    ],
)
def test_a_code_with_one_wrong_character_or_its_end_suggests_and_counts_nothing(
    engine: Engine, typed: str
) -> None:
    engine.index([(firm(1, "示例甲有限公司", codes=("91330300MA2AXXXX17",)), 1)])
    engine.refresh()
    results = engine.search(typed, ["pub"])
    assert [(hit.card.id, hit.near, hit.matched_as) for hit in results.hits] == [(1, True, "code")]
    assert (results.total, results.facets["kind"]) == (0, {})


def test_t69_a_short_term_equals_its_long_one_and_no_other(engine: Engine) -> None:
    engine.index(
        [
            (firm(1, "示例甲有限公司", body="高新技术企业"), 1),
            (firm(2, "示例乙有限公司", body="创新型中小企业"), 1),
            (firm(3, "示例丙有限公司", body="专精特新中小企业"), 1),
        ]
    )
    engine.refresh()
    assert found(engine, "高企") == ["示例甲有限公司"]
    assert found(engine, "高新技术企业") == ["示例甲有限公司"]
    assert [hit.card.id for hit in engine.search("专精特新", ["pub"]).hits] == [3]
    (hit,) = engine.search("高企", ["pub"]).hits
    assert hit.snippet_spans


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("shanxian", "单县华澜光电有限公司"),
        ("hunchun", "珲春松江药业有限公司"),
        ("hongtong", "洪洞县精铸有限公司"),
        ("kuaiji", "绍兴会稽山酒业有限公司"),
        ("luan", "六安市江淮电机有限公司"),
        ("chongqing", "重庆三峡油漆股份有限公司"),
        ("zhongqijituan", "中国重汽集团有限公司"),
        ("changhong", "四川长虹电器股份有限公司"),
        ("bufeng", "卜蜂饲料有限公司"),
        ("mujianguo", "牟建国"),
        ("zengguoqiang", "曾国强"),
        ("linghuchong", "令狐冲"),
    ],
)
def test_places_words_and_surnames_are_read_as_people_read_them(
    engine: Engine, typed: str, name: str
) -> None:
    load(
        engine,
        "单县华澜光电有限公司", "珲春松江药业有限公司", "洪洞县精铸有限公司", "绍兴会稽山酒业有限公司",
        "六安市江淮电机有限公司", "重庆三峡油漆股份有限公司", "中国重汽集团有限公司", "四川长虹电器股份有限公司",
        "卜蜂饲料有限公司", "牟建国", "曾国强", "令狐冲",
    )  # fmt: skip
    assert found(engine, typed) == [name]


@pytest.mark.parametrize(
    "typed", ["huaweijishu", "huaweijs", "hwjs", "huaweijishuyouxiangongsi", "hua wei ji shu"]
)
def test_whole_part_and_first_letters_of_pinyin_lead_to_one_name(engine: Engine, typed: str) -> None:
    load(engine, "华为技术有限公司", "海尔智家股份有限公司")
    assert [hit.card.title for hit in engine.search(typed, ["pub"]).hits] == ["华为技术有限公司"]


@pytest.mark.parametrize("typed", ["年产5万", "5万吨", "12英寸晶圆", "12英", "40gw", "40GWh电池"])
def test_numbers_within_a_text_are_found_with_what_follows(engine: Engine, typed: str) -> None:
    engine.index([(firm(1, "示例项目", body="年产5万吨磷酸铁锂、12英寸晶圆和40GWh电池"), 1)])
    engine.refresh()
    assert engine.search(typed, ["pub"]).total == 1


def test_beside_what_was_meant_names_with_some_of_its_words_are_left_out(engine: Engine) -> None:
    put = [(1, "成都川坤泰智能装备有限公司"), (2, "成都川泰重工机械智能装备有限公司")]
    engine.index([(firm(number, name), 1) for number, name in put])
    engine.refresh()
    one_wrong = engine.search("成都川昆泰智能装备", ["pub"])
    assert [(hit.card.id, hit.near) for hit in one_wrong.hits] == [(1, True)]
    nothing_closer = engine.search("成都智能装备机械川泰", ["pub"])
    assert [(hit.card.id, hit.near) for hit in nothing_closer.hits] == [(2, True)]
