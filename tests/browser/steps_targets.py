"""Steps 2 and 3: from a missing link of the chain map to a firm on a target list."""

from playwright.sync_api import Page, expect

from tests.browser.walker import Found, Walk, follow, main_says, press

CHAIN = "新型显示"
LIST = "显示补链名单"


def open_a_gap(walk: Walk) -> None:
    """A missing node opens beside the map, with its arithmetic and those who could fill it."""
    page = walk.by("specialist")
    page.goto("/chains")
    walk.shot(page, "02-chains")
    follow(page, CHAIN)
    expect(page.get_by_role("heading", level=1)).to_contain_text(CHAIN)
    main_says(page, "草稿")
    walk.shot(page, "02-map", phone=True)
    for address in _missing_nodes(page):
        page.goto(address)
        if page.get_by_role("link", name="加入名单").count():
            break
    main_says(page, "谁能补上")
    walk.shot(page, "02-node", phone=True)


def _missing_nodes(page: Page) -> list[str]:
    return [
        str(link.get_attribute("href"))
        for link in page.locator("#map a[href*='node=']").all()
        if "缺失" in f"{link.text_content()}{link.get_attribute('aria-label')}"
    ]


def list_a_candidate(walk: Walk, found: Found) -> None:
    """The candidate, with its reasons, goes on a new list with a unit and an owner."""
    page = walk.by("specialist")
    follow(page, "加入名单")
    row = page.locator("tr:has([name=candidate])").first
    row.locator("[name=candidate]").check()
    found.target = row.locator("th a").inner_text()
    page.select_option("[name=list_pid]", label="新建一份名单")
    page.fill("[name=new_list]", LIST)
    page.select_option("[name=unit_id]", label="高新区招商局")
    page.select_option("[name=specialist_id]", index=3)
    walk.shot(page, "03-candidates")
    press(page, "把选中的加入名单")
    page.goto("/targets")
    expect(page.locator("main").get_by_role("link", name=found.target)).to_be_visible()
    walk.shot(page, "03-targets", phone=True)
    follow(page, found.target)
    main_says(page, LIST)
    walk.shot(page, "03-target")
