"""From an Excel file to a lead in hand: what promotion people do in the walk."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Page, expect

Shot = Callable[[Page, str], None]

NEW_FIRM = "示例市远岫偏光科技有限公司"
NEW_CODE = "91519900MA62RT5Q07"
GAP_CHAIN = "新型显示"


def day(offset: int) -> str:
    """A day counted from today, as a date field takes it."""
    return (date.today() + timedelta(days=offset)).isoformat()  # noqa: DTZ011 - the day on this machine


def write_sheet(path: Path) -> None:
    """A sheet as officials send it: two title rows above the header, one wrong code, a row of sums below."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("企业名录")
        rows = [
            ["高新区重点企业名录"],
            ["填报单位：高新区招商局", "", "截止日期：2026年10月31日", "单位：万元"],
            ["企业名称", "统一社会信用代码", "注册资本", "成立日期", "主要产品"],
            [NEW_FIRM, NEW_CODE, 3200, "2021-03-05", "偏光片、光学膜"],
            ["示例市错码显示有限公司", "91310000735470911B", 500, "2020-01-06", "背光模组"],
            ["合计", "", 3700, "", ""],
        ]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def import_file(page: Page, path: Path, shot: Shot) -> None:
    """Upload, read the faults of the dry run, confirm the right row, read the report."""
    page.goto("/enterprises")
    page.get_by_role("link", name="导入").first.click()
    if page.locator("input[type=file]").count() == 0:
        page.locator("main").get_by_role("link", name="导入企业").first.click()
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传并预检").click()
    confirm = page.get_by_role("button", name="先导入 1 行好的")
    expect(confirm).to_be_visible(timeout=20_000)
    expect(page.locator("main")).to_contain_text("还没有写入任何数据")
    expect(page.locator("main")).to_contain_text("第 5 行 B 列")
    shot(page, "01-import-dry-run")
    confirm.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入报告", timeout=20_000)
    expect(page.locator(".lz-fig", has_text="新增")).to_contain_text("1")
    expect(page.locator(".lz-fig", has_text="未导入")).to_contain_text("1")
    shot(page, "01-import-report")
