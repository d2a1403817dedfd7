"""The keyboard: search, help, walking a list, and silence while somebody types or composes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_keyboard_finds_walks_helps_and_keeps_quiet(page_as: Callable[..., Page]) -> None:
    page = page_as("specialist")
    page.goto("/projects")
    sheet = page.locator("dialog#keys")
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("tr.at")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.at")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(page.locator("tbody tr").nth(1)).to_have_class("at")
    page.keyboard.press("k")
    name = page.locator("tbody tr").first.locator("th a").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.goto("/projects/board")
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.locator(".lz-board article.at select")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("details.lz-move[open]")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("?jk")
    expect(page.locator("#q")).to_have_value("?jk")
    expect(sheet).to_be_hidden()


def test_no_shortcut_and_no_request_while_an_input_method_composes(page_as: Callable[..., Page]) -> None:
    page = page_as("specialist")
    page.goto("/projects")
    asked: list[str] = []
    box = page.locator("#q")
    with page.expect_response("**/search/suggest?q="):  # the empty box offers recent searches
        box.focus()
    page.on("request", lambda request: "suggest" in request.url and asked.append(request.url))
    box.dispatch_event("compositionstart")
    box.evaluate("box => { box.value = 'lan'; box.dispatchEvent(new Event('input', {bubbles: true})); }")
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true}))")
    page.wait_for_timeout(500)
    assert asked == []
    expect(page.locator("dialog#keys")).to_be_hidden()
    box.evaluate("box => { box.value = '澜谷'; }")
    box.dispatch_event("compositionend")
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true}))")
    expect(page.locator("dialog#keys")).to_be_visible()
