"""The register in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_an_official_finds_a_local_firm_and_reads_its_page(
    page_as: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = page_as("specialist")
    page.goto("/enterprises")
    page.get_by_role("link", name="本地企业").click()
    expect(page.get_by_role("link", name="澜谷显示科技（示例市）有限公司")).to_be_visible()
    shot(page, "enterprises")
    page.get_by_role("link", name="澜谷显示科技（示例市）有限公司").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("澜谷显示科技（示例市）有限公司")
    shot(page, "enterprise")
