"""The product as a newcomer starts it, and people who sign in with a real browser."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.watch import Watch
from tests.support.product import Product

SHOTS = Path(__file__).resolve().parents[2] / "var" / "shots"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NARROWEST = 360


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
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Listens to every window; whatever goes wrong in one of them fails the test at its end."""
    watching = Watch()
    yield watching
    watching.assert_quiet()


@pytest.fixture
def page_as(browser: Browser, product: Product, password: str, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`page_as("specialist")`: a window of somebody who has signed in; `width=390` for a phone.

    `page_as(None)` is a window in which nobody has signed in.
    """
    contexts = []

    def sign_in(username: str | None, width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=product.base, locale="zh-CN", viewport={"width": width, "height": 900}
        )
        context.set_default_timeout(30_000)  # a busy machine answers slowly, and that is no fault
        contexts.append(context)
        page = context.new_page()
        watch.listen(page)
        if username is not None:
            page.goto("/login")
            page.fill("[name=username]", username)
            page.fill("[name=password]", password)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def shot() -> Callable[..., None]:
    """`shot(page, "lead")`: a picture at 1280 px below var/shots/, with `phone=True` at 390 px too.

    Every page that is kept must fit the narrowest phone without scrolling sideways.
    """

    def keep(page: Page, name: str, phone: bool = False) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.evaluate("scrollTo(0, 0)")
        before = page.viewport_size or {"width": 1280, "height": 900}
        for width in (1280, 390) if phone else (1280,):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=str(SHOTS / f"{name}-{width}.png"), full_page=True)
        page.set_viewport_size({"width": NARROWEST, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, name
        page.set_viewport_size(before)

    return keep
