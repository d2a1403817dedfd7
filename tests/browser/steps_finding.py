"""Steps 7 and 8: a firm measured line by line, and one box that finds each kind for whoever may see it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps_lead import PROJECT
from tests.browser.steps_request import TITLE
from tests.browser.steps_targets import CHAIN, LIST
from tests.browser.walker import FIRM, Found, Walk, follow, main_says

MEASURED = "澜谷显示科技（示例市）有限公司"


def measure_a_firm(walk: Walk) -> None:
    """What a firm has met, has not met and has no figures for; the answer is kept with its day."""
    page = walk.by("desk")
    page.goto("/cultivation")
    walk.shot(page, "07-roster", phone=True)
    page.goto("/enterprises")
    follow(page, "本地企业")
    follow(page, MEASURED)
    follow(page, "培优评估")
    follow(page, "科技型中小企业")
    main_says(page, "试算依据")
    expect(page.locator("main")).to_contain_text(re.compile(r"达标 \d+，未达 \d+，缺数据 \d+"))
    walk.shot(page, "07-cultivation", phone=True)
    page.locator("form[action*='/evaluate'] button").first.click()
    expect(page.locator("#kept")).to_be_visible()


def find_each_kind(walk: Walk, found: Found) -> None:
    """By Chinese fragment, initials, pinyin, code and number; each kind as the specialist sees it."""
    page = walk.by("specialist")
    for words, title, kind in (
        ("远岫偏光", FIRM, "企业"),
        ("91519900MA62RT5Q07", FIRM, "企业"),
        ("lgxs", MEASURED, "企业"),
        ("xinxingxianshi", CHAIN, "图谱"),
        (LIST, LIST, "名单"),
        (found.target, found.target, "目标"),
        (found.lead_no, found.lead_no, "线索"),
        (found.project_no, PROJECT, "项目"),
        (found.card_no, PROJECT, "绿卡"),
        (found.case_no, PROJECT, "专班"),
        (found.request_no, TITLE, "诉求"),
    ):
        hit = _search(page, words).filter(has_text=title).filter(has_text=kind)
        expect(hit.first, f"{words}: {kind}").to_be_visible()
    walk.shot(page, "08-search", phone=True)


def suggest_while_typing(walk: Walk) -> None:
    """`/` puts the cursor into the box, suggestions come as one types, Enter opens the chosen one."""
    page = walk.by("specialist")
    page.goto("/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("远岫")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    walk.shot(page, "08-suggestions")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def another_zone_finds_nothing(walk: Walk, found: Found) -> None:
    """Somebody of another zone finds neither lead nor project nor request, not even by number."""
    page = walk.by("head2")
    for words in (found.lead_no, found.project_no, found.request_no, found.card_no):
        expect(_search(page, words)).to_have_count(0)


def leader_reads(walk: Walk, found: Found) -> None:
    """The leader finds and reads all of it, and nothing on these pages lets him change anything."""
    page = walk.by("leader")
    expect(_search(page, found.project_no).filter(has_text=PROJECT).first).to_be_visible()
    for name, address in (
        ("lead", found.lead),
        ("project", found.project),
        ("card", found.card),
        ("case", found.case),
        ("request", f"/requests/{found.request}"),
    ):
        page.goto(address)
        expect(page.locator("main form[method=post]"), address).to_have_count(0)
        expect(page.locator("main .acts .btn-primary:not([data-print])"), address).to_have_count(0)
        walk.shot(page, f"08-leader-{name}")
    page.goto("/")
    walk.shot(page, "08-leader", phone=True)


def _search(page: Page, words: str) -> Locator:
    page.goto("/search")
    page.locator("#q").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    return page.locator(".lz-hit")
