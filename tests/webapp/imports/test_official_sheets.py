"""Sheets as officials send them: titles, merged headers and cells, a line of units, totals and signatures."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.imports.models import Import
from crm.enterprises.import_columns import COLUMNS
from crm.enterprises.models import Enterprise
from tests.support import wps
from tests.support.imports import ClientAs, confirm, opened, send, work
from tests.support.sheets import code

OLD_WORKBOOK = Path(__file__).resolve().parents[2] / "data" / "enterprises_97.xls"
TITLE = "甲区规上工业企业名录（2026年11月）"
UNITS = ["填报单位：甲区管委会", None, None, None, "单位：亿元"]
HEAD = (
    ["企业名称", "统一社会信用代码", "园区", "登记情况", None],
    [None, None, None, "成立日期", "注册资本"],
)
FIRMS: list[list[Any]] = [
    ["示例市栖霞微显示有限公司", code(1), "甲区产业园", "2019-04-02", 1.25],
    ["示例市禾序半导体有限公司", code(2), "甲区产业园", "2018.11.20", 0.4],
]
FOOT = [["合计", None, None, None, 1.65], ["填表人：张三", None, None, "审核人：李四", None]]


def merged() -> bytes:
    """The header over two rows, groups and the park in merged cells."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("名录")
        page.merge_range("A1:E1", TITLE)
        page.write_row("A2", UNITS)
        for column, words in zip("ABC", HEAD[0], strict=False):
            page.merge_range(f"{column}3:{column}4", words)
        page.merge_range("D3:E3", HEAD[0][3])
        page.write_row("D4", HEAD[1][3:])
        for number, row in enumerate(FIRMS, 4):
            page.write_row(number, 0, row)
        page.merge_range("C5:C6", FIRMS[0][2])
        for number, row in enumerate(FOOT, 6):
            page.write_row(number, 0, row)
    return stream.getvalue()


def by_wps() -> bytes:
    """The same sheet as WPS saves it; see `tests.support.wps` for what it stands for."""
    rows: list[list[wps.Written]] = [[TITLE], UNITS, *HEAD]
    for (name, uscc, park, _day, amount), day in zip(FIRMS, (43557, 43424), strict=True):
        rows.append([name, uscc, park, wps.number(day, wps.DAY), wps.number(amount, wps.AMOUNT)])
    foot = ["合计", None, None, None, wps.Cell("1.65", formula="SUM(E5:E6)")]
    return wps.workbook([*rows, foot, FOOT[1]], merged=["A1:E1", "A3:A4", "B3:B4", "C3:C4", "D3:E3", "C5:C6"])


def in_gbk() -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[TITLE], UNITS, *HEAD, *FIRMS, *FOOT])
    return text.getvalue().encode("gbk")


@pytest.mark.parametrize(
    ("name", "data"), [("名录.xlsx", merged), ("名录（WPS）.xlsx", by_wps), ("名录.csv", in_gbk)]
)
def test_a_sheet_comes_in_as_it_was_sent(app: Flask, client_as: ClientAs, name: str, data: Any) -> None:
    client = client_as("spec_a")
    url, page = opened(client, send(client, data(), name))
    assert "预检结果" in page and "没有发现错误" in page and "导入 2 行" in page
    assert "另有 2 行合计、签字或重复表头，已略过" in page
    assert "注册资本按亿元读，1 亿元 = 10,000 万元" in page
    if name.endswith(".csv"):
        assert "GB18030" in page
    confirm(client, url)
    work(app)
    firms = db.session().scalars(select(Enterprise).order_by(Enterprise.uscc)).all()
    assert [(firm.name, firm.uscc) for firm in firms] == [(row[0], row[1]) for row in FIRMS]
    assert [(str(firm.founded_on), firm.reg_capital_wan) for firm in firms] == [
        ("2019-04-02", 12500), ("2018-11-20", 4000),
    ]  # fmt: skip
    assert [firm.park.name if firm.park else "" for firm in firms] == ["甲区产业园"] * 2


def test_the_file_of_another_program_is_refused_with_what_to_do(client_as: ClientAs) -> None:
    """WPS has a format of its own."""
    answer = send(client_as("spec_a"), merged(), "名录.et")
    assert answer.status_code == 422 and "请另存为其中一种再传" in answer.get_data(as_text=True)


def test_what_wps_puts_into_cells_is_read(app: Flask, client_as: ClientAs) -> None:
    """Days in the formats of zh-CN, a name over two lines, a picture, a formula's value, a formula that failed."""
    head = ["企业名称", "统一社会信用代码", "成立日期", "注册资本（万元）", "法定代表人", "照片", "园区"]
    days = [
        wps.number(43557, wps.DAY), wps.number(43557, wps.SHORT_DAY), wps.number(43557, wps.IN_WORDS),
        wps.number(43557, wps.WRITTEN_OUT), wps.number(43557.5, wps.DAY), "二〇一九年四月二日",
    ]  # fmt: skip
    rows: list[list[wps.Written]] = [
        [
            f"示例市第{place}_x000D_\n试制有限公司", code(place), day,
            wps.Cell("5000.5", formula="B2*1", style=wps.AMOUNT), "闻亦川", wps.picture("ID_1"), None,
        ]
        for place, day in enumerate(days, 1)
    ]  # fmt: skip
    failed: list[wps.Written] = [
        "示例市第9试制有限公司",
        code(9),
        None,
        None,
        wps.error("VLOOKUP(A9,x!A:B,2,0)"),
        None,
        None,
    ]
    client = client_as("spec_a")
    url, page = opened(client, send(client, wps.workbook([head, *rows, failed], hidden=[3]), "名录.xlsx"))
    assert "第 8 行 E 列：这一格的公式出错（#N/A），请改成它该有的值。" in page
    assert "先导入 6 行好的" in page and "表里有 1 行是隐藏" in page and "hidden_1" not in page
    confirm(client, url, only_correct="1")
    work(app)
    firms = db.session().scalars(select(Enterprise).order_by(Enterprise.uscc)).all()
    assert [firm.name for firm in firms] == [f"示例市第{place}试制有限公司" for place in range(1, 7)]
    assert [str(firm.founded_on) for firm in firms] == ["2019-04-02"] * 6
    assert [firm.reg_capital_wan for firm in firms] == [Decimal("5000.5")] * 6
    assert [firm.legal_rep for firm in firms] == ["闻亦川"] * 6


def test_an_old_workbook_with_the_ending_of_the_new_ones_is_read(client_as: ClientAs) -> None:
    """Renamed by hand, or saved so by a program that asks for no ending."""
    _url, page = opened(
        client_as("spec_a"), send(client_as("spec_a"), OLD_WORKBOOK.read_bytes(), "名录.xlsx")
    )
    assert "预检结果" in page and "导入 " in page


@pytest.mark.parametrize(("spoken", "written"), [("en", "zh"), ("zh", "en"), ("zh", "zh"), ("en", "en")])
def test_the_template_of_each_language_is_read_in_each(
    client_as: ClientAs, spoken: str, written: str
) -> None:
    """Whoever reads the pages in English is sent Chinese sheets all the same."""
    client = client_as("spec_a")
    client.set_cookie("lang", written)
    book = openpyxl.load_workbook(io.BytesIO(client.get("/imports/template/enterprises.xlsx").data))
    book.worksheets[0].append(["试制有限公司", code(1)])
    stream = io.BytesIO()
    book.save(stream)
    client.set_cookie("lang", spoken)
    opened(client, send(client, stream.getvalue(), "a.xlsx"))
    record = db.session().scalars(select(Import)).one()
    assert record.mapping.keys() == {column.key for column in COLUMNS}


def test_a_chinese_sheet_is_read_for_whoever_reads_english(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    client.set_cookie("lang", "en")
    _url, page = opened(client, send(client, merged(), "名录.xlsx"))
    assert "No faults found" in page
    record = db.session().scalars(select(Import)).one()
    assert set(record.mapping) == {"name", "uscc", "park", "founded_on", "reg_capital_wan"}
