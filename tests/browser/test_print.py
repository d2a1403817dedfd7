"""What comes out of the printer: the record or the rows, on the page's width, with nothing to click."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PORTRAIT, LANDSCAPE = 688, 1017
"""CSS pixels between the margins of A4."""
LISTS = ("/projects", "/leads", "/enterprises?scale=large")


def _on_paper(page: Page, width: int) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    expect(page.locator(".lz-rail")).to_be_hidden()
    shown = page.locator(".lz-main .btn").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).length"
    )
    assert shown == 0, page.url


@pytest.mark.parametrize("path", LISTS)
def test_a_list_fits_a_sheet_laid_sideways(page_as: Callable[..., Page], path: str) -> None:
    page = page_as("specialist")
    page.goto(path)
    _on_paper(page, LANDSCAPE)
    expect(page.locator("#rows tbody tr").first).to_be_visible()


@pytest.mark.parametrize("path", ["/enterprises?scale=large", "/leads", "/requests/list"])
def test_a_record_without_a_sheet_of_its_own_is_printed_as_it_stands(
    page_as: Callable[..., Page], path: str
) -> None:
    page = page_as("specialist")
    page.goto(path)
    address = page.locator("#rows tbody th a").first.get_attribute("href")
    page.goto(address or "")
    _on_paper(page, PORTRAIT)
    expect(
        page.locator(".screen-only .lz-panel:visible, .screen-only .lz-desk:visible").first
    ).to_be_visible()


def test_a_project_is_printed_as_its_official_sheet(page_as: Callable[..., Page]) -> None:
    page = page_as("specialist")
    page.goto("/projects")
    address = page.locator("#rows tbody th a").first.get_attribute("href")
    page.goto(address or "")
    _on_paper(page, PORTRAIT)
    expect(page.locator(".print-only .lz-form").first).to_be_visible()
    expect(page.locator("h1")).to_be_hidden()
