"""A firm's own account and request, the ladder of excellence and the search box: service people's walk."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

Shot = Callable[[Page, str], None]
LOCAL_FIRM = "澜谷显示科技（示例市）有限公司"
SECRET = "Lantern-harbour-47-willow"
TITLE = "厂区东门夜间断电"


def invite(page: Page, shot: Shot) -> str:
    """The desk prints an invitation; answers with the link on it."""
    page.goto("/enterprises")
    page.get_by_role("link", name="本地企业").click()
    page.get_by_role("link", name=LOCAL_FIRM).click()
    page.get_by_role("link", name="邀请使用人").click()
    page.fill("[name=name]", "程若水")
    page.fill("[name=username]", "ruoshui")
    page.fill("[name=phone]", "13900005678")
    page.get_by_role("button", name="生成邀请单").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("企业账号邀请单")
    shot(page, "06-invitation")
    return page.locator("main p.lz-break").first.inner_text().strip()


def settle_in(page: Page, link: str, shot: Shot) -> None:
    """The invited person sets a password of their own and comes to the portal."""
    page.goto(link)
    page.fill("[name=password]", SECRET)
    page.fill("[name=again]", SECRET)
    page.locator("main button.btn-primary").click()
    page.wait_for_load_state()
    if page.locator("[name=username]").count():
        page.fill("[name=username]", "ruoshui")
        page.fill("[name=password]", SECRET)
        page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile("/portal"))
    shot(page, "06-portal")


def submit(page: Page, paper: Path, shot: Shot) -> None:
    """A request with an attachment."""
    page.get_by_role("link", name="提诉求").first.click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=content]", "东门一带连续三晚断电，影响夜班出货。")
    page.set_input_files("[name=files]", paper)
    page.fill("[name=contact_person]", "程若水")
    page.fill("[name=contact_phone]", "13900005678")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator("main")).to_contain_text(paper.name)
    shot(page, "06-request")


def accept_and_dispatch(page: Page, shot: Shot) -> None:
    """The desk takes the request on and sends it to the unit that will see to it."""
    page.goto("/requests")
    page.get_by_role("link", name=TITLE).click()
    page.locator("form[action*='accept'] button").first.click()
    page.locator("form[action*='dispatch'] select").select_option(label="高新区企业服务中心")
    page.locator("form[action*='dispatch'] button").first.click()
    expect(page.locator("#req")).to_contain_text("待签收")
    shot(page, "06-dispatched")


def cultivate(page: Page, shot: Shot) -> None:
    """What a firm has met, has not met and has no figures for."""
    page.goto("/enterprises")
    page.get_by_role("link", name="本地企业").click()
    page.get_by_role("link", name=LOCAL_FIRM).click()
    page.get_by_role("link", name="培优评估").click()
    page.goto(page.url.split("?")[0] + "?standard=tech_sme")
    expect(page.locator("#lines").locator("xpath=..")).to_contain_text(
        re.compile(r"达标 \d+，未达 \d+，缺数据 \d+")
    )
    shot(page, "07-cultivation")


def search(page: Page, words: str, title: str) -> None:
    """One box finds it."""
    page.goto(f"/search?q={words}")
    expect(page.locator(".lz-hit", has_text=title).first).to_be_visible()


def search_nothing(page: Page, words: str) -> None:
    """Somebody who may not see a record does not find it either."""
    page.goto(f"/search?q={words}")
    expect(page.locator("main")).to_be_visible()
    expect(page.locator(".lz-hit", has_text=words)).to_have_count(0)
