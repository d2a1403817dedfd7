"""Step 1: an official brings an Excel file in through the browser."""

from pathlib import Path

import xlsxwriter
from playwright.sync_api import Page, expect

from tests.browser.walker import FIRM, FIRM_CODE, Walk, day, follow, main_says, press

WRONG_CODE = "91310000735470911B"


def import_a_sheet(walk: Walk) -> None:
    """Upload, read the faults of the dry run, confirm the right row, read the report."""
    page = walk.by("office")
    page.goto("/enterprises")
    follow(page, "导入")
    page.set_input_files("input[type=file]", _sheet(walk.folder / "名录.xlsx"))
    press(page, "上传并预检")
    confirm = page.get_by_role("button", name="先导入 1 行好的")
    expect(confirm).to_be_visible(timeout=20_000)
    main_says(page, "还没有写入任何数据", "第 5 行 B 列")
    walk.shot(page, "01-import-dry-run", phone=True)
    confirm.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入报告", timeout=20_000)
    expect(page.locator(".lz-fig", has_text="新增")).to_contain_text("1")
    expect(page.locator(".lz-fig", has_text="未导入")).to_contain_text("1")
    walk.shot(page, "01-import-report")
    read_the_record(walk, page)


def read_the_record(walk: Walk, page: Page) -> None:
    """The list keeps its state in the address; the new firm stands in it with its verified code."""
    page.goto("/enterprises")
    follow(page, "本地企业")
    page.wait_for_url("**/enterprises?**")
    walk.shot(page, "01-enterprises", phone=True)
    page.goto(f"{page.url}&sort=-updated")
    follow(page, FIRM)
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRM)
    main_says(page, FIRM_CODE)
    walk.shot(page, "01-enterprise", phone=True)


def _sheet(path: Path) -> Path:
    """As officials send it: two title rows above the header, one wrong code, a row of sums below."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("企业名录")
        rows = [
            ["高新区重点企业名录"],
            ["填报单位：高新区招商局", "", "截止日期：2026年10月31日", "单位：万元"],
            ["企业名称", "统一社会信用代码", "注册资本", "成立日期", "所属地区", "主要产品"],
            [FIRM, FIRM_CODE, 3200, day(-30), "示例市", "偏光片、光学膜"],
            ["示例市错码显示有限公司", WRONG_CODE, 500, "2020-01-06", "示例市", "背光模组"],
            ["合计", "", 3700, "", "", ""],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path
