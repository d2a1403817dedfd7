"""The editor of a map in a real browser: drag to a place, with Shift a link, keys, undo."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


def below(page: Page, code: str) -> Locator:
    return page.locator(f'[data-editor] li[data-parent="{code}"]')


def node(page: Page, code: str) -> Locator:
    return page.locator(f'[data-editor] li[data-code="{code}"] > a')


def test_nodes_are_dragged_linked_moved_by_key_and_every_step_is_taken_back(
    page_as: Callable[..., Page],
) -> None:
    page = page_as("office")
    page.goto("/chains/new")
    page.fill("[name=name]", "拖放试验")
    page.fill("[name=code]", "TFSY")
    page.get_by_role("button", name="新建并开始画").click()
    for name in ("材料", "零件"):
        page.get_by_role("link", name="加上游节点").click()
        expect(page.locator("[name=name]")).to_have_value("")  # the drawer of the node before is gone
        page.fill("[name=name]", name)
        page.get_by_role("button", name="新增节点", exact=True).click()
        expect(page.locator("[data-editor] li", has_text=name)).to_be_visible()
    page.goto(page.url.split("?")[0])
    node(page, "TFSY-02").drag_to(node(page, "TFSY-01"))
    expect(below(page, "TFSY-01")).to_have_count(1)
    expect(node(page, "TFSY-02")).to_be_focused()
    page.keyboard.press("Alt+ArrowLeft")
    expect(below(page, "TFSY-01")).to_have_count(0)
    expect(node(page, "TFSY-02")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-editor] li").first).to_have_attribute("data-code", "TFSY-02")
    expect(node(page, "TFSY-02")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(node(page, "TFSY-01")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-editor] li").first).to_have_attribute("data-code", "TFSY-01")
    page.keyboard.press("Control+y")
    expect(page.locator("[data-editor] li").first).to_have_attribute("data-code", "TFSY-02")
    page.keyboard.down("Shift")
    node(page, "TFSY-01").drag_to(node(page, "TFSY-02"))
    page.keyboard.up("Shift")
    expect(page.locator("[data-undo]")).to_have_text(re.compile("连线 TFSY-01 → TFSY-02"))
