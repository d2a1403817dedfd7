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
    return (date.today() + timedelta(days=offset)).isoformat()


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


def open_gap(page: Page, shot: Shot) -> None:
    """A missing node of the map opens beside it, with those who could fill it."""
    page.goto("/chains")
    page.locator("main").get_by_role("link", name=GAP_CHAIN).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(GAP_CHAIN)
    shot(page, "02-map")
    addresses = [
        str(link.get_attribute("href"))
        for link in page.locator("#map a[href*='node=']").all()
        if "缺失" in f"{link.text_content()}{link.get_attribute('aria-label')}"
    ]
    for address in addresses:
        page.goto(address)
        if page.get_by_role("link", name="加入名单").count():
            break
    expect(page.get_by_role("link", name="加入名单").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("谁能补上")
    shot(page, "02-node")


def list_candidate(page: Page, shot: Shot) -> str:
    """The candidate goes on a new list with a unit and a specialist; answers with the firm's name."""
    page.get_by_role("link", name="加入名单").first.click()
    row = page.locator("tr:has([name=candidate])").first
    row.locator("[name=candidate]").check()
    name = row.locator("th a").inner_text()
    page.select_option("[name=list_pid]", label="新建一份名单")
    page.fill("[name=new_list]", "柔性玻璃补链名单")
    page.select_option("[name=unit_id]", label="高新区招商局")
    page.select_option("[name=specialist_id]", index=3)
    shot(page, "03-candidates")
    page.get_by_role("button", name="把选中的加入名单").click()
    page.goto("/targets")
    expect(page.locator("main").get_by_role("link", name=name)).to_be_visible()
    shot(page, "03-targets")
    page.locator("main").get_by_role("link", name=name).click()
    return name


def register_lead(page: Page, shot: Shot) -> str:
    """The target becomes a lead with what registering asks for; answers with its number."""
    page.get_by_role("link", name="转为线索").click()
    page.select_option("[name=source]", index=1)
    page.fill("[name=content]", "建设偏光片和光学膜生产线")
    page.fill("[name=total_investment_wan]", "5.6亿元")
    page.fill("[name=contact_person]", "林知远")
    page.fill("[name=contact_title]", "投资总监")
    page.fill("[name=contact_mobile]", "13800001234")
    shot(page, "04-lead-form")
    page.get_by_role("button", name="登记线索").click()
    expect(page.get_by_role("link", name="记一次跟进").first).to_be_visible()
    shot(page, "04-lead")
    return page.locator(".lz-crumb .t").first.inner_text().strip()
