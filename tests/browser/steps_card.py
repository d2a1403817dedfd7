"""Step 5: the green card through three people's hands, its check page, the task force and its checklist."""

import re

from playwright.sync_api import Page, expect

from tests.browser.walker import FIRM, Found, Walk, day, fill, follow, main_says, number_of, path_of, press


def apply_for_a_card(walk: Walk, found: Found) -> None:
    """The trial explains each line; then the specialist applies."""
    page = walk.by("specialist")
    page.goto(found.project)
    follow(page, "申报绿卡")
    page.select_option("[name=industry_group]", "electronics")
    fill(page, statement="合同总投资 5.6 亿元，属电子信息产业。")
    press(page, "先试算")
    expect(page.locator("#criteria")).to_contain_text("达标")
    walk.shot(page, "05-trial", phone=True)
    press(page, "申报绿卡")
    main_says(page, "待初审")
    found.card = path_of(page)


def review_by_three_people(walk: Walk, found: Found) -> None:
    """First review, review and approval; whoever acted before is not asked again."""
    head = _review(walk, found, "head", "初审通过", "材料齐全。")
    main_says(head, "待审核")
    expect(head.locator("main").get_by_role("button", name="审核通过")).to_have_count(0)
    office = _review(walk, found, "office", "审核通过", "符合投资门槛。")
    main_says(office, "待批准")
    page = walk.by("government")
    page.goto(found.card)
    fill(page, doc_no="示府绿卡〔2026〕12号", valid_to=day(365))
    press(page, "批准发卡")
    main_says(page, "有效", "示府绿卡〔2026〕12号")
    found.card_no = number_of(page)
    names = [page.locator("main .lz-tl", has_text=name) for name in ("陆闻笛", "秦书仪", "贺明章")]
    for name in names:
        expect(name.first).to_be_visible()
    walk.shot(page, "05-card", phone=True)


def _review(walk: Walk, found: Found, who: str, label: str, comment: str) -> Page:
    page = walk.by(who)
    page.goto(found.card)
    page.locator("#level [name=comment]").fill(comment)
    press(page, label)
    return page


def check_the_card(walk: Walk, found: Found) -> None:
    """Whoever scans the code sees that the card holds, and nothing of firm, project or person."""
    page = walk.by("government")
    address = page.locator("main").get_by_role("link", name="看验证页").get_attribute("href")
    visitor = walk.page_as(None, width=390)
    visitor.goto(str(address))
    expect(visitor.get_by_role("heading", level=1)).to_have_text("有效")
    text = visitor.locator("body").inner_text()
    assert FIRM not in text and found.card_no not in text and "5.6" not in text
    walk.shot(visitor, "05-check", phone=True)
    with walk.refusing(404):
        visitor.goto(re.sub(r"[^/]+$", "AAAAAAAAAAAAAAAAAAAAAA", str(address)))
        expect(visitor.get_by_role("heading", level=1)).to_have_text("查不到这张卡")


def work_on_the_checklist(walk: Walk, found: Found) -> None:
    """The case stands with its task force; one step is begun and finished, the next one may begin."""
    page = walk.by("specialist")
    page.goto(found.card)
    follow(page, "服务专班")
    found.case, found.case_no = path_of(page), number_of(page)
    main_says(page, "从签约到投产", "建议")
    row = page.locator("tr", has_text="立项")
    row.get_by_role("button", name="开始").click()
    page.locator("tr", has_text="立项").get_by_role("link", name="办理").click()
    main_says(page, "时限怎么算", "届满")
    walk.shot(page, "05-step", phone=True)
    fill(page, evidence="备案号 2611-519900-04")
    press(page, "办结这一项")
    main_says(page, "已办结。")
    expect(page.locator("tr", has_text="规划").get_by_role("button", name="开始").first).to_be_visible()
    walk.shot(page, "05-case", phone=True)
