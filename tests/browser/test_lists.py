"""A list under the hand and on paper: what is chosen is counted and kept, what is printed is the rows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_chosen_rows_are_counted(page_as: Callable[..., Page]) -> None:
    page = page_as("specialist")
    page.goto("/enterprises")
    page.locator("td.p0 input").first.check()
    expect(page.locator("[data-chosen]")).to_have_text("已选 1")
    page.locator("[data-choose-all]").check()
    rows = page.locator("td.p0 input").count()
    expect(page.locator("[data-chosen]")).to_have_text(f"已选 {rows}")


def test_a_printed_list_shows_rows_and_conditions_and_no_button(page_as: Callable[..., Page]) -> None:
    page = page_as("specialist")
    page.goto("/enterprises?scale=large")
    page.emulate_media(media="print")
    expect(page.locator("tbody th").first).to_be_visible()
    expect(page.locator(".lz-cond .lz-what").first).to_be_visible()
    for gone in (".lz-rail", ".lz-tabs", "form.lz-filter", ".lz-pages", ".lz-bulk", "td.p0"):
        expect(page.locator(gone).first, gone).to_be_hidden()


def test_eight_filters_stand_in_one_row(page_as: Callable[..., Page]) -> None:
    page = page_as("office")
    page.goto("/enterprises")
    assert page.locator(".lz-filters .form-select").count() == 8
    box, one = (
        page.locator(".lz-filters").bounding_box(),
        page.locator(".lz-filters .form-select").first.bounding_box(),
    )
    assert box is not None and one is not None and box["height"] < one["height"] + 4, "no second row"


def test_a_row_of_the_trail_takes_three_lines_on_a_phone(page_as: Callable[..., Page]) -> None:
    page = page_as("auditor", width=390)
    page.goto("/audit")
    rows = page.locator("#rows tbody tr")
    heights = rows.evaluate_all("found => found.map(each => each.getBoundingClientRect().height)")
    assert len(heights) > 5
    assert sorted(heights)[len(heights) // 2] < 90, "what was done, to what, by whom and when"
