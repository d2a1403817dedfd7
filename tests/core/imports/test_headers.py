"""Headers as officials' sheets have them."""

from typing import Any

import pytest

from core.fields import numbers, texts
from core.imports import headers
from core.imports.columns import Column, Place, letter
from core.imports.sheets import Row

COLUMNS = (
    Column("name", "企业名称", texts.text, ("单位名称",), required=True),
    Column("uscc", "统一社会信用代码", texts.text, ("信用代码",)),
    Column("revenue", "营业收入", numbers.money_wan, unit="万元", kind="decimal"),
    Column("tax", "入库税金", numbers.money_wan, unit="万元", kind="decimal"),
)


def rows(*lines: list[Any]) -> list[Row]:
    return [(number, line) for number, line in enumerate(lines, 1)]


def test_the_header_is_found_below_title_rows() -> None:
    found = headers.find(
        rows(
            ["高新区规上企业名单（2025年）"],
            ["填报单位：甲区管委会", None, "截止日期：2025-12-31"],
            ["序号", "企业名称", "统一社会\n信用代码"],
            [1, "某某有限公司", "91…"],
        ),
        COLUMNS,
    )
    assert found is not None
    assert (found.first_row, found.last_row) == (3, 3)
    assert found.mapped == {"name": Place(1), "uscc": Place(2)}


def test_a_header_of_two_rows_is_read_as_one() -> None:
    found = headers.find(
        rows(
            ["名单"],
            ["企业名称", "统一社会信用代码", "经营情况", "经营情况"],
            ["企业名称", "统一社会信用代码", "营业收入", "入库税金"],
            ["某某有限公司", "91…", 1, 2],
        ),
        COLUMNS,
    )
    assert found is not None
    assert (found.first_row, found.last_row) == (2, 3)
    assert set(found.mapped) == {"name", "uscc", "revenue", "tax"}
    assert found.texts[2] == "经营情况 / 营业收入"


def test_a_header_of_two_rows_without_merged_cells_is_read_too() -> None:
    found = headers.find(
        rows(["企业名称", "经营情况", None], [None, "营业收入", "入库税金"], ["某某有限公司", 1, 2]), COLUMNS
    )
    assert found is not None and found.last_row == 2
    assert set(found.mapped) == {"name", "revenue", "tax"}


def test_units_come_from_brackets_or_from_a_line_above() -> None:
    found = headers.find(
        rows(["单位：亿元"], ["单位名称", "营业收入", "入库税金（万元）"], ["某某", 1, 2]), COLUMNS
    )
    assert found is not None
    assert found.mapped["revenue"] == Place(1, "亿元")
    assert found.mapped["tax"] == Place(2, "万元")
    assert found.unit_line == "亿元"


def test_the_reporting_unit_is_no_unit_of_measure() -> None:
    found = headers.find(rows(["填报单位：高新区"], ["企业名称", "营业收入"], ["某某", 1]), COLUMNS)
    assert found is not None and found.unit_line == "" and found.mapped["revenue"].unit == ""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("单位名称（全称）", "name"),
        ("*企业名称", "name"),
        ("企业统一社会信用代码", "uscc"),
        ("统一社会信用代码（18位）", "uscc"),
        ("上级单位名称", None),
        ("企业名称拼音", None),
    ],
)
def test_words_are_recognised_whole_never_by_a_part(text: str, key: str | None) -> None:
    found = headers.find(rows([text, "入库税金", "营业收入"], ["甲", 1, 2]), COLUMNS)
    assert found is not None
    assert (set(found.mapped) - {"tax", "revenue"}) == ({key} if key else set())


def test_data_without_a_header_are_not_taken_by_position() -> None:
    assert headers.find(rows(["某某有限公司", "913303006807061374", 1200]), COLUMNS) is None


def test_two_columns_with_the_same_words_are_reported() -> None:
    found = headers.find(rows(["企业名称", "信用代码", "企业名称"], ["甲", "1", "乙"]), COLUMNS)
    assert found is not None and found.doubled == ("name",)


def test_the_signature_knows_the_same_sheet_again() -> None:
    first = headers.find(rows(["企业名称", "营业收入（万元）"], ["甲", 1]), COLUMNS)
    again = headers.find(rows(["名单"], ["企业名称 ", "营业收入(万元)"], ["乙", 2]), COLUMNS)
    other = headers.find(rows(["营业收入", "企业名称"], [1, "甲"]), COLUMNS)
    assert first and again and other
    assert first.signature == again.signature != other.signature


@pytest.mark.parametrize(
    "cells",
    [
        ["合计"], ["总 计"], ["填表人：张三"], ["审核人："], ["注：以上为快报数"], ["单位负责人签字："],
        ["　合　计　", 5],
        [3, "合  计", None, 10], [None, "小计（2家）", 10], ["甲区", "小计", 10], [None, "合计：2家"], ["共12户"],
        ["填报人：", "张三", "审核人：", "李四", "填报日期：", "2026-11-01"], [None, "企业负责人（签章）：", "张三"],
        ["经办人：张三", None, "日期：2026.11.1"], ["单位（盖章）：甲区管委会"], ["数据来源：统计局"],
        ["附注：由甲区提供"],
        ["填报时间：2026年11月", None], ["注1：含分公司"],
    ],
)  # fmt: skip
def test_foot_rows_are_no_data(cells: list[Any]) -> None:
    assert headers.is_foot(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["合计科技有限公司", "91…"], ["注册会计师事务所有限公司", "91…"], ["说明书印刷有限公司", "91…"],
        ["备注文化有限公司", "91…"], [1, "共享单车有限公司", 5], ["单位食堂管理有限公司", "91…"],
        ["时间光影文化有限公司"],
        ["联系人", "张三", "甲有限公司", "91…", 5], ["电话通信有限公司"], ["甲有限公司", "91…", "合计"], [None], [1, 2],
    ],
)  # fmt: skip
def test_what_only_looks_like_a_foot_row_is_data(cells: list[Any]) -> None:
    assert not headers.is_foot(cells)


def test_a_header_repeated_on_every_page_is_no_data() -> None:
    words = {"name": "企业名称", "revenue": "营业收入"}
    assert headers.is_header_again({"name": "企业名称", "revenue": "营业收入"}, words)
    assert not headers.is_header_again({"name": "企业名称研究有限公司", "revenue": None}, words)


def test_columns_are_named_as_in_the_sheet() -> None:
    assert [letter(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_header_of_three_rows_a_row_of_units_and_one_that_numbers_the_columns() -> None:
    found = headers.find(
        rows(
            ["2024 年度规上企业情况表"],
            ["企业名称", "统一社会信用代码", "主要指标", None],
            [None, None, "经营情况", None],
            [None, None, "营业收入", "入库税金"],
            [None, None, "（亿元）", "万元"],
            ["甲", "乙", 1, 2],
            ["某某有限公司", "91…", 1.2, 30],
        ),
        COLUMNS,
    )
    assert found is not None
    assert (found.first_row, found.last_row) == (2, 6)
    assert found.mapped["revenue"] == Place(2, "亿元") and found.mapped["tax"] == Place(3, "万元")
    assert found.mapped["name"].index == 0


def test_a_row_of_numbers_is_data_where_it_does_not_count_the_columns() -> None:
    found = headers.find(
        rows(["企业名称", "营业收入", "入库税金"], ["甲公司", 1, 2], ["乙公司", 3, 4]), COLUMNS
    )
    assert found is not None and found.last_row == 1
