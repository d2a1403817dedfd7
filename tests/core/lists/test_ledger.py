"""A list as officials file it: heading, units, exact cells, sums, no formula; read back cell by cell."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask

from core.lists.ledger import Heading, neutral, write_csv, write_xlsx
from core.lists.spec import Column

HEADING = Heading(
    "签约项目台账", "示例市经济合作局", date(2026, 11, 20), "园区 甲区，且 阶段 签约", maker="周予安",
    watermark="导出：周予安（specialist） 2026-11-20 09:00",
)  # fmt: skip
COLUMNS = (
    Column("name", "项目名称"),
    Column("amount", "总投资", "yi", unit="亿元", total=True),
    Column("received", "到位", "wan", unit="万元", total=True),
    Column("signed_on", "签约日", "day"),
    Column("note", "备注"),
)


@dataclass(frozen=True)
class Deal:
    name: str
    amount: Decimal | None
    received: Decimal | None
    signed_on: date | None
    note: str


DEALS = [
    Deal("=cmd|' /C calc'!A0", Decimal("10050"), Decimal("1.005"), date(2026, 3, 5), "+86 138 1234 1234"),
    Deal("＝1+1", Decimal("10050"), Decimal("1.005"), None, "-12.5"),
    Deal("北屿光学", Decimal("333.333333"), None, date(2026, 1, 2), "@SUM(A1)"),
]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("＝1", "'＝1"), ("＋1a", "'＋1a"),
        ("－x", "'－x"), ("＠x", "'＠x"), (" =1", "' =1"), ("+86 138 1234 1234", "+86 138 1234 1234"),
        ("-12.5", "-12.5"),
        ("+3.5%", "+3.5%"), ("正常", "正常"), ("a=b", "a=b"), ("", ""),
    ],
)  # fmt: skip
def test_what_looks_like_a_formula_gets_an_apostrophe_and_numbers_stay(text: str, safe: str) -> None:
    assert neutral(text) == safe


def _lines(path: Path) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_workbook_reads_back_cell_by_cell(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_xlsx(path, HEADING, COLUMNS, iter(DEALS), "个") == 3
    lines = _lines(path)
    assert lines[0][0] == "签约项目台账"
    assert "填报单位：示例市经济合作局" in lines[1][0] and "截止日期：2026-11-20" in lines[1][0]
    assert "计量单位：亿元、万元" in lines[1][0]
    assert lines[2][0] == "筛选条件：园区 甲区，且 阶段 签约"
    assert "填表人：周予安" in lines[3][0] and "审核人：" in lines[3][0] and "签发人：" in lines[3][0]
    assert lines[4] == ["项目名称", "总投资（亿元）", "到位（万元）", "签约日", "备注"]
    assert lines[5] == ["'=cmd|' /C calc'!A0", 1.005, 1.005, "2026-03-05", "+86 138 1234 1234"]
    assert lines[6] == ["'＝1+1", 1.005, 1.005, None, "-12.5"]
    assert lines[7] == ["北屿光学", 0.0333333333, None, "2026-01-02", "'@SUM(A1)"]
    exact = sum((deal.amount or 0) for deal in DEALS) / Decimal(10000)
    assert exact == Decimal("2.0433333333")
    assert lines[8][:3] == ["合计 3 个", 2.04, 2.01]  # the rounded details would give 2.02 for the second sum
    assert "四舍五入" in lines[9][0] and "specialist" in lines[9][0]


def test_no_cell_of_the_workbook_is_a_formula_and_every_page_is_marked(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, HEADING, COLUMNS, iter(DEALS), "个")
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert "specialist" in str(sheet.oddHeader.right.text)
    assert "第 &[Page] 页，共 &N 页" in str(sheet.oddFooter.center.text).replace("&P", "&[Page]")
    assert sheet.print_title_rows == "$5:$5"


def test_the_text_file_reads_back_and_keeps_every_decimal(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert write_csv(path, HEADING, COLUMNS, iter(DEALS), "个") == 3
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[5] == ["'=cmd|' /C calc'!A0", "1.005", "1.005", "2026-03-05", "+86 138 1234 1234"]
    assert lines[7] == ["北屿光学", "0.0333333333", "", "2026-01-02", "'@SUM(A1)"]
    assert lines[8][:3] == ["合计 3 个", "2.04", "2.01"]
