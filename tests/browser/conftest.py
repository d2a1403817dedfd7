"""The product as a newcomer starts it, and people who sign in with a real browser."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.product import Product

SHOTS = Path(__file__).resolve().parents[2] / "var" / "shots"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product with its demonstration for each module of walks."""
    with Product(tmp_path_factory.mktemp("product"), DEMO="1") as running:
        yield running


@pytest.fixture(scope="module")
def password(product: Product) -> str:
    """The demonstration accounts' common password, from the file that only the owner may read."""
    path = product.data_dir / "demo_accounts.json"
    assert path.stat().st_mode & 0o077 == 0
    return str(json.loads(path.read_text("utf-8"))["password"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page_as(browser: Browser, product: Product, password: str) -> Iterator[Callable[..., Page]]:
    """`page_as("specialist")`: a window of somebody who has signed in; `width=390` for a phone.

    A console error or a violation of the content policy in any window fails the test.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def sign_in(username: str | None, width: int = 1280, secret: str | None = None) -> Page:
        context = browser.new_context(
            base_url=product.base, locale="zh-CN", viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                troubles.append(f"{page.url}: {message.text}") if message.type == "error" else None
            ),
        )
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        if username is not None:
            page.goto("/login")
            page.fill("[name=username]", username)
            page.fill("[name=password]", secret or password)
            page.press("[name=password]", "Enter")
            page.wait_for_load_state()
            assert "/login" not in page.url, page.locator("main").inner_text()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert [trouble for trouble in troubles if "422" not in trouble and "409" not in trouble] == []


@pytest.fixture
def shot() -> Callable[[Page, str], None]:
    """`shot(page, "lead")`: keep a picture at 1280 and at 390 px below var/shots/."""

    def keep(page: Page, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"), (name, width)
            page.screenshot(path=str(SHOTS / f"{name}-{width}.png"), full_page=True)
        if before:
            page.set_viewport_size(before)

    return keep
