"""Names that are one, names that are suspected to be one, and names that are not (ACCEPTANCE T59, T60)."""

import pytest

from core.text import forms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海港湾基础建设（集团）股份有限公司", "上海港湾基础建设(集团)股份有限公司"),
        ("　运城小吉祥汽车零部件有限公司 ", "运城小吉祥汽车零部件有限公司"),
        ("贡嘎体态美化工有限 公司", "贡嘎体态美化工有限公司"),
        ("秦岭印象智能装备（大庆）有限公司。", "秦岭印象智能装备（大庆）有限公司"),
        ("ＴＣＬ科技\u200b集团", "tcl科技集团"),
        ("寧德時代新能源科技", "宁德时代新能源科技"),
        ("特斯拉【上海】有限公司", "特斯拉（上海）有限公司"),
    ],
)
def test_spellings_of_one_name_have_one_normal_form(one: str, other: str) -> None:
    assert forms.normal_form(one) == forms.normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("裕民瑾家精密机械股份公司", "裕民瑾家精密机械股份有限公司"),
        ("嘉兴斯芬克司显示科技有限责任公司", "嘉兴斯芬克司显示科技有限公司"),
        ("邵阳市广博文具建材有限责任公司", "邵阳广博文具建材有限责任公司"),
    ],
)
def test_like_names_are_suspected_and_never_equal(one: str, other: str) -> None:
    assert forms.normal_form(one) != forms.normal_form(other)
    assert forms.loose_form(one) == forms.loose_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("绵阳示例材料股份有限公司", "绵阳示例材料有限公司"),
        ("绵阳示例材料有限公司江油分公司", "绵阳示例材料有限公司"),
        ("北京中科（上海）有限公司", "北京中科有限公司"),
    ],
)
def test_different_subjects_are_not_even_suspected(one: str, other: str) -> None:
    assert forms.loose_form(one) != forms.loose_form(other)


def test_a_name_that_is_right_is_left_alone() -> None:
    assert forms.normal_form("秦川机床工具集团股份公司") == "秦川机床工具集团股份公司"


def test_normal_form_keeps_what_stands_in_brackets() -> None:
    assert forms.normal_form("灵动传媒科技(绍兴)有限公司") == "灵动传媒科技（绍兴）有限公司"


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("宁德时代新能源科技股份有限公司", "宁德时代新能源科技"),
        ("中芯国际集成电路制造(上海)有限公司", "中芯国际集成电路制造上海"),
        ("浙江吉利控股集团有限公司", "浙江吉利控股集团"),
        ("示例材料江油分公司", "示例材料江油分公司"),
        ("有限公司", ""),
    ],
)
def test_core_is_the_name_without_its_legal_form(name: str, core: str) -> None:
    assert forms.core(name) == core


def test_words_of_a_query_are_split_at_blanks_and_punctuation() -> None:
    assert forms.words("　集成电路，上海/ＴＣＬ ") == ["集成电路", "上海", "tcl"]
