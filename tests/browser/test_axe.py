"""Every page for everybody: no serious fault by axe in light and dark, no sideways scroll on a phone or a desk.

A sample of pages in `make test`; every page that a role can reach where the servers are required, as in CI.
`AXE="desk=/requests langu=/portal/" pytest -m browser tests/browser/test_axe.py` looks at those pages alone.
"""

import os
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import NARROWEST
from tests.support import crawl
from tests.support.product import Product

pytestmark = pytest.mark.browser

SAMPLE = {
    "specialist": ("/", "/enterprises", "/chains", "/projects", "/projects/board", "/requests/list"),
    "desk": ("/requests", "/cultivation"),
    "langu": ("/portal/", "/portal/requests/new"),
}
GRAVE = ("serious", "critical")
EVERYTHING = os.environ.get("CI_REQUIRE_SERVERS") == "1"
FACES = (("light", "zh"), ("dark", "en"))
"""Each theme and each language once; what fails in one of them seldom depends on the other."""


@pytest.fixture
def addresses(product: Product, password: str) -> dict[str, list[str]]:
    """By person: the sample, or one page of each route that somebody before him has not opened."""
    found: dict[str, list[str]] = {}
    if chosen := os.environ.get("AXE"):
        for each in chosen.split():
            who, path = each.split("=", 1)
            found.setdefault(who, []).append(path)
        return found
    if not EVERYTHING:
        return {who: list(paths) for who, paths in SAMPLE.items()}
    taken: set[str] = set()
    for page in crawl.pages(product, password):
        if page.endpoint not in taken and page.status == 200:
            taken.add(page.endpoint)
            found.setdefault(page.who, []).append(page.path)
    return found


def test_no_page_has_a_serious_fault_or_scrolls_sideways(
    page_as: Callable[..., Page], addresses: dict[str, list[str]]
) -> None:
    faults: list[str] = []
    for who, paths in addresses.items():
        page = page_as(who)
        for path in paths:
            faults += [f"{who} {path} {fault}" for fault in _faults(page, path)]
    assert not faults, "\n".join(faults)


def test_pages_for_strangers_have_no_serious_fault(page_as: Callable[..., Page]) -> None:
    page = page_as(None)
    assert [fault for path in ("/login",) for fault in _faults(page, path)] == []


def _faults(page: Page, path: str) -> list[str]:
    found: list[str] = []
    page.goto(path)
    for theme, language in FACES:
        for name, value in (("theme", theme), ("lang", language)):
            page.context.add_cookies([{"name": name, "value": value, "url": page.url}])
        page.reload()
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true; })")
        for fault in Axe().run(page).response["violations"]:
            if fault["impact"] in GRAVE:
                where = ", ".join(node["html"][:160] for node in fault["nodes"][:3])
                found.append(f"{theme} {language} {fault['id']}: {where}")
        for screen in (NARROWEST, 1280):
            page.set_viewport_size({"width": screen, "height": 900})
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > screen:
                found.append(f"{language} is {width} px wide at {screen} px")
    return found
