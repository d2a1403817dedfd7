"""Spreadsheets for tests: valid credit codes, names, small workbooks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from core.fields import uscc

HEAD = ("企业名称", "统一社会信用代码", "成立日期", "注册资本（万元）", "行业代码")


def code(number: int) -> str:
    """A valid credit code of the invented city; another one for each number."""
    body = "MA" + "".join(uscc.LETTERS[number // 31**place % 31] for place in range(5, -1, -1))
    whole = "91519900" + body + uscc.body_check_letter(body)
    return whole + uscc.check_letter(whole)


def firm(number: int) -> list[Any]:
    """A row under HEAD."""
    return [f"示例市第{number}试制有限公司", code(number), "2019-04-02", 5000.5, "3974"]


def workbook(path: Path, rows: Sequence[Sequence[Any]], name: str = "企业") -> Path:
    """Rows from A1 on; numbers stay numbers."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    page.write(number, column, cell)
    return path
