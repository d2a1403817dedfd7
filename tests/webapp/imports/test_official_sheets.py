"""Sheets as officials send them: titles, merged headers and cells, a line of units, totals and signatures."""

import csv
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import select

from core.db import db
from crm.enterprises.models import Enterprise
from tests.support.imports import ClientAs, confirm, opened, send, work
from tests.support.sheets import code

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

WPS = {
    "docProps/app.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats'
        '.org/officeDocument/2006/extended-properties"><Application>WPS 表格</Application></Properties>'
    ),
    "docProps/custom.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats'
        '.org/officeDocument/2006/custom-properties"><property pid="2" name="KSOProductBuildVer"/></Properties>'
    ),
}
"""Parts that WPS writes into its workbooks."""


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
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(merged())) as book,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in book.namelist():
            if name not in WPS:
                out.writestr(name, book.read(name))
        for name, text in WPS.items():
            out.writestr(name, text)
    return stream.getvalue()


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
