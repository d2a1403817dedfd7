"""Officials' sheets with awkward forms, through the browser: what is read, what is left out, what is named as wrong."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.imports import queries
from core.imports.models import Import
from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.support.imports import ClientAs, confirm, opened, send, work
from tests.support.sheets import code

Rows = Sequence[Sequence[Any]]
CAPITAL = ["企业名称", "信用代码", "注册资本（万元）"]
FOUNDED = ["企业名称", "信用代码", "成立日期"]


def firm(number: int, *more: Any) -> list[Any]:
    return [f"示例市第{number}试制有限公司", code(number), *more]


def book(rows: Rows, *, hidden: Sequence[int] = (), columns: str = "", merged: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet; `hidden` rows (from 0) and `columns`, ranges `merged` with their first value."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_urls": False}) as made:
        page = made.add_worksheet("名录")
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell is not None:
                    page.write(number, column, cell)
        for place in merged:
            row, column = xlsxwriter.utility.xl_cell_to_rowcol(place.partition(":")[0])
            page.merge_range(place, rows[row][column])
        for number in hidden:
            page.set_row(number, None, None, {"hidden": True})
        if columns:
            page.set_column(columns, None, None, {"hidden": True})
            page.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    return stream.getvalue()


def taken(
    app: Flask, client_as: ClientAs, data: bytes, field: str
) -> tuple[list[tuple[str, Any]], int, list[str]]:
    """(name and field of every firm that came in, foot rows left out, faults as row and code)."""
    client = client_as("spec_a")
    url, page = opened(client, send(client, data, "名录.xlsx"))
    assert "预检结果" in page, page
    record = db.session().scalars(select(Import)).one()
    faults = [f"{each.row}{each.column} {each.code}" for each in queries.faults(db.session(), record)]
    if 'id="confirm"' in page:
        confirm(client, url, only_correct="1")
        work(app)
    firms = db.session().scalars(select(Enterprise).order_by(Enterprise.uscc, Enterprise.name)).all()
    return [(each.name, getattr(each, field)) for each in firms], record.left_out, faults


@pytest.mark.parametrize(
    ("rows", "merged", "money"),
    [
        ([["甲区名录"], ["填报单位：甲区", None, "计量单位：亿元"], [],
          ["序号", "企业名称", "统一社会信用代码", "登记情况", None], [None, None, None, "成立日期", "注册资本"],
          [None, None, None, None, "（亿元）"], [1, *firm(1, "2019-04-02", 1.25)], ["合计", None, None, None, 1.25]],
         ["A4:A5", "B4:B5", "C4:C5", "D4:E4"], 12500),
        ([["名录"], ["金额单位：人民币万元"], ["企业名称", "信用代码", "注册资本"], firm(1, 100),
          ["合计", None, 100]], [], 100),
        ([["名录"], ["计量单位：亿元", "面积单位：亩"], ["企业名称", "信用代码", "注册资本"], firm(1, 1.5),
          ["总计", None, 1.5]], [], 15000),
        ([["单位：（万元）"], ["企业名称", "信用代码", "注册资本"], firm(1, 7), ["小计", None, 7]], [], 7),
        ([["企业名称", "信用代码", "注册资本（人民币，亿元）"], firm(1, 2), ["累计", None, 2]], [], 20000),
        ([["序号", "企业全称\n（与执照一致）", "统一社会信用代码\n（18位）", "注册 资本\n（千元）"], [1, *firm(1, 30)],
          [None, "合计", None, 30]], [], 3),
    ],
)  # fmt: skip
def test_units_and_headers_wherever_they_stand(
    app: Flask, client_as: ClientAs, rows: Rows, merged: Sequence[str], money: int
) -> None:
    firms, left_out, faults = taken(app, client_as, book(rows, merged=merged), "reg_capital_wan")
    assert (firms, left_out, faults) == ([(firm(1)[0], Decimal(money))], 1, [])


def test_totals_beside_a_number_of_the_row_are_no_firms(app: Flask, client_as: ClientAs) -> None:
    rows = [
        ["序号", *CAPITAL], [1, *firm(1, 5)], [2, *firm(2, 5)], [None, "合计", None, 10], [3, "合  计", None, 10],
        [4, "小计（2家）", None, 10], [None, "合计：2家", None, 10], [None, "共2家", None, None],
    ]  # fmt: skip
    firms, left_out, faults = taken(app, client_as, book(rows), "reg_capital_wan")
    assert (firms, left_out, faults) == ([(firm(1)[0], 5), (firm(2)[0], 5)], 5, [])


def test_a_block_of_signatures_is_no_firm_in_one_cell_or_in_many(app: Flask, client_as: ClientAs) -> None:
    rows = [
        ["序号", *CAPITAL, "成立日期", "园区"], [1, *firm(1, 5)],
        ["填报人：", "张三", "审核人：", "李四", "填报日期：", "2026-11-01"],
        ["单位负责人：王五　统计负责人：赵六　填表人：张三　联系电话：0816-2212345　报出日期：2026年11月1日"],
        [None, "填报人：张三", None, "审核：李四", None, "2026-11-01"], ["经办人：张三", None, "日期：2026.11.1"],
        ["单位（盖章）：甲区管委会"], ["数据来源：统计局"], ["填报时间：2026年11月"],
        [None, "企业负责人（签章）：", "张三"],
    ]  # fmt: skip
    firms, left_out, faults = taken(app, client_as, book(rows), "reg_capital_wan")
    assert (firms, left_out, faults) == ([(firm(1)[0], 5)], 8, [])


def test_hidden_rows_and_columns_and_filtered_ones_come_in_like_the_others(
    app: Flask, client_as: ClientAs
) -> None:
    rows = [CAPITAL, *(firm(number, number) for number in range(1, 5))]
    data = book(rows, hidden=(2, 4), columns="C:C")
    firms, left_out, faults = taken(app, client_as, data, "reg_capital_wan")
    assert (firms, left_out, faults) == ([(firm(number)[0], number) for number in range(1, 5)], 0, [])


@pytest.mark.parametrize(
    ("written", "money"),
    [
        ("１，２００．５０", "1200.50"), ("1,200.50", "1200.50"), (" 1 200.5 ", "1200.5"), ("￥1,200.50", "1200.5"),
        ("1200.50万元", "1200.5"), ("人民币1200.5万元", "1200.5"), ("1200.5万人民币", "1200.5"), ("0.12亿", "1200"),
        ("1,200.50万元人民币", "1200.5"), ("1200.50（万元）", "1200.5"), (1200.5, "1200.5"), ("12000000元", "1200"),
        ("500万美元", "unit"), ("约1200", "not_a_number"), ("1 2 3", "not_a_number"), ("12.5%", "unit"),
    ],
)  # fmt: skip
def test_amounts_as_they_are_typed(app: Flask, client_as: ClientAs, written: Any, money: str) -> None:
    found = taken(app, client_as, book([CAPITAL, firm(1, written)]), "reg_capital_wan")
    good = ([(firm(1)[0], Decimal(money))], 0, []) if money[0].isdigit() else None
    assert found == (good or ([], 0, [f"2C {money}"]))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (2023.5, "no_day"), ("2023.5", "no_day"), ("2023年5月", "no_day"), ("202305", "no_day"), (202305, "no_day"),
        (44927, date(2023, 1, 1)), ("44927", date(2023, 1, 1)), (20230501, date(2023, 5, 1)),
        ("20230501", date(2023, 5, 1)), ("2023.05.01", date(2023, 5, 1)), ("2023-5-1 00:00:00", date(2023, 5, 1)),
        ("2023年5月1日 ", date(2023, 5, 1)), ("2023.5.1.", date(2023, 5, 1)), ("2023、5、1", date(2023, 5, 1)),
        ("二〇二三年五月一日", date(2023, 5, 1)), ("二零二三年十二月三十一日", date(2023, 12, 31)),
        ("二○二三年十月二十日", date(2023, 10, 20)), ("2023-05-01T00:00:00", date(2023, 5, 1)),
        ("2023／5／1", date(2023, 5, 1)), ("2023. 5. 1", date(2023, 5, 1)), ("2023年05月01号", date(2023, 5, 1)),
        ("长期", "bad_day"), ("2023年2月30日", "bad_day"), ("23.5.1", "short_year"), ("2023", "bad_day"),
    ],
)  # fmt: skip
def test_days_as_they_are_typed(app: Flask, client_as: ClientAs, written: Any, day: Any) -> None:
    found = taken(app, client_as, book([FOUNDED, firm(1, written)]), "founded_on")
    assert found == (([], 0, [f"2C {day}"]) if isinstance(day, str) else ([(firm(1)[0], day)], 0, []))


def test_words_for_nothing_here_say_nothing(app: Flask, client_as: ClientAs) -> None:
    nothing = ["无", "-", "/", "—", "暂无", "－", "／", "--", "不详", "未知", "待定", "未填", "空", "N/A", ""]
    rows = [[*FOUNDED, "注册资本（万元）", "法定代表人", "园区", "登记状态"]]
    rows += [[firm(number)[0], word, word, word, word, word, word] for number, word in enumerate(nothing, 1)]
    firms, left_out, faults = taken(app, client_as, book(rows), "legal_rep")
    assert (sorted(firms), left_out, faults) == (
        sorted((firm(number)[0], "") for number in range(1, len(nothing) + 1)), 0, [],
    )  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        code(1) + "  ", code(1).lower(), "\u00a0" + code(1), code(1) + "\u200b", "'" + code(1), "’" + code(1),
        code(1)[:8] + " " + code(1)[8:], "\t" + code(1), code(1) + "\n", "".join(chr(ord(c) + 0xFEE0) for c in code(1)),
    ],
)  # fmt: skip
def test_codes_as_they_are_pasted(app: Flask, client_as: ClientAs, written: str) -> None:
    found = taken(app, client_as, book([FOUNDED[:2], [firm(1)[0], written]]), "uscc")
    assert found == ([(firm(1)[0], code(1))], 0, [])


def test_a_code_that_became_a_number_is_named_with_the_cure(app: Flask, client_as: ClientAs) -> None:
    found = taken(app, client_as, book([FOUNDED[:2], [firm(1)[0], 915107997649771293.0]]), "uscc")
    assert found == ([], 0, ["2B as_number"])


def test_a_name_broken_over_two_lines_is_one_name(app: Flask, client_as: ClientAs) -> None:
    """Alt and Enter inside a cell; what some programs write for it as _x000D_."""
    rows = [
        FOUNDED[:2],
        ["示例市栖霞\n微显示有限公司", code(1)],
        ["示例市禾序_x000D_\n半导体有限公司", code(2)],
    ]
    firms, _left_out, faults = taken(app, client_as, book(rows), "uscc")
    assert faults == []
    assert firms == [("示例市栖霞微显示有限公司", code(1)), ("示例市禾序半导体有限公司", code(2))]


def test_the_page_says_how_many_rows_are_hidden(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    for hidden in ((2, 4), ()):
        data = book([CAPITAL, *(firm(number, number) for number in range(1, 5))], hidden=hidden)
        _url, page = opened(client, send(client, data, "名录.xlsx"))
        assert ("表里有 2 行是隐藏或筛选掉的，也在其中。" in page) is bool(hidden)


def test_formulas_that_failed_are_named_and_never_read_as_blank(app: Flask, client_as: ClientAs) -> None:
    """A look-up that found nothing stands as #N/A; drawn down below the data it says nothing."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        page = made.add_worksheet("名录 & 附表")
        page.write_row(0, 0, CAPITAL)
        for number in range(1, 4):
            page.write_row(number, 0, firm(number, 100 * number))
        page.write_formula(2, 2, '=VLOOKUP("x",A1:C1,3,FALSE)', None, "#N/A")
        page.write_formula(3, 0, "=A9", None, "#REF!")
        for number in range(4, 9):
            page.write_formula(number, 2, "=1/0", None, "#DIV/0!")
    firms, _left_out, faults = taken(app, client_as, stream.getvalue(), "reg_capital_wan")
    assert faults == ["3C formula", "4A formula"]
    assert firms == [(firm(1)[0], Decimal(100))]


def test_a_failed_formula_in_a_csv_is_named_as_well(app: Flask, client_as: ClientAs) -> None:
    client = client_as("spec_a")
    data = f"企业名称,信用代码,注册资本（万元）\n试制有限公司,{code(1)},#VALUE!\n".encode()
    _url, page = opened(client, send(client, data, "名录.csv"))
    assert "第 2 行 C 列：这一格的公式出错（#VALUE!），请改成它该有的值。" in page


def of_districts() -> bytes:
    """One sheet for each district, a guide, and one of people."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        for name, number in (("甲区", 1), ("乙区", 2), ("丙区", 3)):
            page = made.add_worksheet(name)
            page.write_row(0, 0, [f"{name}名录"])
            page.write_row(1, 0, CAPITAL)
            page.write_row(2, 0, firm(number, number))
        made.add_worksheet("填写说明").write_row(0, 0, ["列名", "是否必填"])
        made.add_worksheet("空表").write_row(0, 0, CAPITAL)
    return stream.getvalue()


def test_sheets_of_the_same_form_are_named_and_each_is_imported(app: Flask, client_as: ClientAs) -> None:
    """Only one sheet is read at a time; the others do not go missing unseen."""
    client = client_as("spec_a")
    url, page = opened(client, send(client, of_districts(), "名录.xlsx"))
    assert "这次只读了工作表“甲区”。文件里还有 2 张同样的表" in page
    assert "导入“乙区”" in page and "导入“丙区”" in page and "填写说明" not in page and "空表" not in page
    token = {"csrf_token": csrf_of(page.split("<main")[1])}
    other = client.post(f"{url}/sheet", data={**token, "sheet": "乙区"})
    second, page = opened(client, other)
    assert "工作表“乙区”" in page and "“甲区”的导入" in page and "导入“丙区”" in page
    again = client.post(f"{url}/sheet", data={**token, "sheet": "乙区"})
    assert again.headers["Location"].endswith(second)
    assert client.post(f"{url}/sheet", data={**token, "sheet": "填写说明"}).status_code == 404
    for each in (url, second):
        confirm(client, each)
    work(app)
    assert "导入“丙区”" in client.get(url).get_data(as_text=True), "the report says it too"
    firms = db.session().scalars(select(Enterprise.name).order_by(Enterprise.uscc)).all()
    assert firms == [firm(1)[0], firm(2)[0]]
