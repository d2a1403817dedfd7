"""After signing out the browser keeps nothing: Back shows the sign-in page, no storage is left, files say no-store."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
STORED = "() => [{...localStorage}, {...sessionStorage}, document.cookie]"


def test_back_after_sign_out_shows_nothing_and_nothing_is_stored(page_as: Callable[..., Page]) -> None:
    page = page_as("specialist")
    page.goto("/leads")
    page.locator("tbody tr").first.locator("th a").click()
    name = page.get_by_role("heading", level=1).inner_text()
    assert name
    databases = page.evaluate(
        "async () => (await indexedDB.databases()).length + (await caches.keys()).length"
    )
    assert databases == 0
    with page.expect_navigation():
        page.locator("form[action='/logout']").first.evaluate("form => form.requestSubmit()")
    for _step in range(2):
        page.go_back()
        expect(page.locator("input[name=password]")).to_be_visible()
        assert name not in page.content()
    assert page.evaluate(STORED) == [{}, {}, ""]


def test_files_are_not_kept_by_the_browser(page_as: Callable[..., Page]) -> None:
    page = page_as("specialist")
    answer = page.request.get("/imports/template/enterprises.xlsx")
    assert answer.status == 200 and "attachment" in answer.headers["content-disposition"]
    assert "no-store" in answer.headers["cache-control"]
