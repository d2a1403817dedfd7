"""`make pictures`: the pictures of README, made anew from the running demonstration.

Starts the product on a folder of its own, signs in as the people of the demonstration and keeps one PNG
for each entry of `PICTURES` below docs/pictures/. A picture whose page cannot be opened stops the run.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.plugins.servers import chromium
from tests.support.product import Product

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE, PHONE = 1280, 390
PROJECT = "澜谷中大尺寸显示模组扩能项目"


@dataclass(frozen=True)
class Picture:
    """One file: who looks, where he begins, which links he follows, how wide and how high the window is."""

    name: str
    who: str
    start: str
    follow: tuple[str, ...] = ()
    width: int = WIDE
    height: int = 900


PICTURES = (
    Picture("today", "specialist", "/"),
    Picture("chain", "specialist", "/chains", ("main a:has-text('新型显示')", "#map a[aria-label*='缺失']")),
    Picture(
        "chain-phone", "specialist", "/chains", ("main a:has-text('新型显示')",), width=PHONE, height=800
    ),
    Picture("project", "specialist", "/projects", (f"main a:has-text('{PROJECT}')",)),
    Picture("board", "specialist", "/projects/board"),
    Picture("desk", "desk", "/requests", (".lz-queue a:has-text('高管子女转学')",)),
    Picture("case", "specialist", "/greencards/cases", ("main tbody th a",)),
    Picture("cultivation", "desk", "/cultivation", ("main tbody th a",)),
    Picture("portal", "langu", "/portal/", width=PHONE, height=800),
)


def main() -> None:
    """Make all of them."""
    os.environ.pop("DATABASE_URL", None)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Product(Path(folder), DEMO="1") as product,
        sync_playwright() as playwright,
    ):
        secret = json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))["password"]
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in PICTURES:
            _make(browser, product.base, secret, picture)
            print(f"docs/pictures/{picture.name}.png")
        browser.close()


def _make(browser: Browser, base: str, secret: str, picture: Picture) -> None:
    context = browser.new_context(
        base_url=base, locale="zh-CN", viewport={"width": picture.width, "height": picture.height}
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    _sign_in(page, picture.who, secret)
    page.goto(picture.start)
    for selector in picture.follow:
        page.goto(str(page.locator(selector).first.get_attribute("href")))
    assert page.get_by_role("heading", level=1).count() == 1, picture.name
    page.screenshot(path=str(FOLDER / f"{picture.name}.png"))
    context.close()


def _sign_in(page: Page, who: str, secret: str) -> None:
    page.goto("/login")
    page.fill("[name=username]", who)
    page.fill("[name=password]", secret)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


if __name__ == "__main__":
    main()
