"""Pinyin as people read names: polyphones by word, place and surname (ACCEPTANCE T65, docs/domain.md §21)."""

import pytest

from core.text import readings


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单县", "shan xian"),
        ("会稽", "kuai ji"),
        ("洪洞", "hong tong"),
        ("六安", "lu an"),
        ("厦门", "xia men"),
        ("四川长虹", "si chuan chang hong"),
        ("重庆银行", "chong qing yin hang"),
        ("三一重工", "san yi zhong gong"),
        ("东阿", "dong e"),
        ("成都", "cheng du"),
        ("漯河", "luo he"),
        ("西藏药业", "xi zang yao ye"),
        ("绿能", "lv neng"),
    ],
)
def test_names_are_read_as_people_read_them(name: str, pinyin: str) -> None:
    assert readings.pinyin(name) == pinyin


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("四川长虹", "scch"),
        ("绵阳富临精工机械", "myfljgjx"),
        ("京东方科技集团", "jdfkjjt"),
        ("宁德时代", "ndsd"),
        ("利尔化学", "lehx"),
        ("TCL科技", "tclkj"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert readings.initials(name) == initials


def test_a_polyphone_is_found_under_each_of_its_readings() -> None:
    assert ("zeng", "guo", "qiang") in readings.variants("曾国强")
    assert ("ceng", "guo", "qiang") in readings.variants("曾国强")
    assert ("dan", "xian") in readings.variants("单县")


def test_a_name_without_polyphones_has_one_reading() -> None:
    assert readings.variants("宁德时代") == [("ning", "de", "shi", "dai")]


def test_names_sort_by_pinyin_and_not_by_code_point() -> None:
    names = ["重庆", "安徽", "北京", "长沙", "阿坝", "成都"]
    assert sorted(names, key=readings.sort_key) == ["阿坝", "安徽", "北京", "长沙", "成都", "重庆"]


def test_numbers_sort_by_value_and_shorter_names_first() -> None:
    names = ["示例10厂", "示例9厂", "示例"]
    assert sorted(names, key=readings.sort_key) == ["示例", "示例9厂", "示例10厂"]


def test_sort_key_is_ascii_and_bounded() -> None:
    key = readings.sort_key("重庆长安" * 60)
    assert key.isascii() and len(key) <= 200
