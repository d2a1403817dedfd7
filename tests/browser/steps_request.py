"""Step 6: the firm is invited by a printed link, asks for help, is answered and says whether it was helped."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.walker import FIRM, Found, Walk, fill, follow, main_says, path_of, press

SECRET = "Lantern-harbour-47-willow"
USER = "ruoshui"
TITLE = "厂区东门夜间断电"
DEMONSTRATION = "首台套补贴申报口径"
"""A request of the demonstration that is completed and waits for the firm's word."""


def invite_the_firm(walk: Walk) -> None:
    """The desk prints an invitation; the invited person sets a password and comes to the portal."""
    page = walk.by("desk")
    page.goto("/enterprises?sort=-updated")
    follow(page, FIRM)
    follow(page, "邀请使用人")
    fill(page, name="程若水", username=USER, phone="13900005678")
    press(page, "生成邀请单")
    expect(page.get_by_role("heading", level=1)).to_have_text("企业账号邀请单")
    walk.shot(page, "06-invitation")
    link = page.locator("main p.lz-break").first.inner_text().strip()
    firm = walk.windows["firm"] = walk.page_as(None)
    firm.goto(link)
    fill(firm, password=SECRET, again=SECRET)
    firm.locator("main button.btn-primary").click()
    firm.wait_for_load_state()
    if firm.locator("[name=username]").count():
        fill(firm, username=USER, password=SECRET)
        firm.press("[name=password]", "Enter")
    firm.wait_for_url(re.compile("/portal"))


def see_card_and_steps(walk: Walk, found: Found) -> None:
    """The firm sees its own card and how far its project is."""
    page = walk.windows["firm"]
    page.goto("/portal/")
    expect(page.locator("#cards")).to_contain_text(found.card_no)
    expect(page.locator("#steps")).to_contain_text("立项")
    walk.shot(page, "06-portal", phone=True)


def ask_for_help(walk: Walk, found: Found) -> None:
    """A request with an attachment; what is too short is refused at its field and nothing is lost."""
    page = walk.windows["firm"]
    follow(page, "提诉求")
    paper = _paper(walk.folder / "断电记录.pdf")
    fill(page, title=TITLE, content="断电", contact_person="程若水", contact_phone="13900005678")
    with walk.refusing(422):
        press(page, "提交诉求")
        expect(page.locator("#content-error")).to_be_visible()
    walk.shot(page, "06-too-short", phone=True)
    fill(page, content="东门一带连续三晚断电，影响夜班出货，请月底前修好。")
    page.set_input_files("[name=files]", paper)
    press(page, "提交诉求")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    main_says(page, paper.name)
    found.request = path_of(page).rsplit("/", 1)[1]
    walk.shot(page, "06-request", phone=True)


def accept_dispatch_and_answer(walk: Walk, found: Found) -> None:
    """The desk accepts, the clock begins and shows its arithmetic; the host unit signs and answers."""
    page = walk.by("desk")
    page.goto("/requests")
    walk.shot(page, "06-desk", phone=True)
    page.locator(".lz-queue").get_by_role("link", name=TITLE).click()
    found.request_no = page.locator(".lz-crumb .t").inner_text()
    press(page, "受理")
    main_says(page, "已受理", "个工作日")
    page.locator("[name=host_unit_id]").select_option(label="高新区企业服务中心")
    press(page, "派单")
    main_says(page, "待签收")
    press(page, "签收")
    main_says(page, "办理中")
    reply = page.locator("form[action$='/reply']")
    reply.locator("[name=text]").fill("供电所今晚更换东门变压器，明早 8 时前恢复双回路。")
    press(page, "发送答复")
    main_says(page, "已答复企业")
    walk.shot(page, "06-answered", phone=True)


def finish_and_review(walk: Walk, found: Found) -> None:
    """Whoever handled it asks to close it; somebody else reviews, and tries to call the firm."""
    page = walk.by("desk")
    page.locator("summary", has_text="申请办结").click()
    form = page.locator("form[action$='/complete']")
    form.get_by_label("已解决", exact=True).check()
    form.locator("[name=result_text]").fill("变压器已更换，三晚复查供电正常。")
    form.get_by_role("button").click()
    main_says(page, "待审核")
    head = walk.by("head")
    head.goto(f"/requests/{found.request}")
    press(head, "审核通过")
    main_says(head, "已办结")
    press(head, "记一次未接通")
    main_says(head, "已记一次未接通")


def call_back(walk: Walk) -> None:
    """Another firm is reached on the telephone by somebody who did not handle its request."""
    page = walk.by("head")
    page.goto("/requests?view=done")
    page.locator(".lz-queue").get_by_role("link", name=DEMONSTRATION).click()
    page.locator("summary", has_text="回访").click()
    form = page.locator("form[action$='/call_back']")
    form.locator("[name=called_person]").fill("白溪")
    form.get_by_label("解决了", exact=True).check()
    form.get_by_label("满意", exact=True).check()
    form.get_by_role("button").click()
    main_says(page, "已记录回访", "企业评价")
    walk.shot(page, "06-called-back")


def rate(walk: Walk, found: Found) -> None:
    """The firm says whether it was helped; the desk reads it."""
    page = walk.windows["firm"]
    page.goto("/portal/")
    follow(page, f"评价“{TITLE}”")
    main_says(page, "供电所今晚更换东门变压器")
    page.get_by_label("解决了", exact=True).check()
    page.get_by_label("满意", exact=True).check()
    fill(page, text="当晚就修好了。")
    walk.shot(page, "06-rating", phone=True)
    press(page, "提交评价")
    main_says(page, "您的评价：解决了，满意")
    desk = walk.by("desk")
    desk.goto(f"/requests/{found.request}")
    main_says(desk, "当晚就修好了。", "已评价")
    walk.shot(desk, "06-rated")


def _paper(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    return path
