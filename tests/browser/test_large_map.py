"""A map of 2,000 nodes in a real browser: opened, zoomed, moved, collapsed, followed along a line, on a phone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

BOXES, BELOW = 12, 166
STAGES = ("上游", "中游", "下游")


def _file(folder: Path) -> Path:
    """Twelve boxes with nodes below them; each node supplies one of the next box."""
    nodes, edges = [], []
    for box in range(BOXES):
        stage = STAGES[box * 3 // BOXES]
        nodes.append({"code": f"DT-{box:02d}", "name": f"环节{box}", "stage": stage})
        for number in range(BELOW):
            code = f"DT-{box:02d}-{number:03d}"
            nodes.append(
                {"code": code, "parent": f"DT-{box:02d}", "name": f"产品{box}之{number}", "stage": stage}
            )
            if box:
                edges.append({"from": f"DT-{box - 1:02d}-{number:03d}", "to": code, "type": "供应"})
    path = folder / "大图.json"
    content = {"chain": "大图", "code": "DT", "nodes": nodes, "edges": edges}
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return path


@pytest.fixture(scope="module")
def address() -> list[str]:
    """Where the map stands, once it was brought in."""
    return []


@pytest.fixture
def opened(page_as: Callable[..., Page], address: list[str], tmp_path: Path) -> Callable[..., Page]:
    def open_map(width: int = 1280) -> Page:
        page = page_as("office", width=width)
        if not address:
            page.goto("/chains/import")
            page.set_input_files("input[type=file]", _file(tmp_path))
            page.get_by_role("button", name="预检文件").click()
            page.get_by_role("button", name="导入为草稿").click()
            page.wait_for_url(lambda url: "/import" not in url)
            address.append(page.url.split("?")[0])
        page.goto(address[0])
        return page

    return open_map


def _wide(map_: Locator) -> float:
    box = map_.bounding_box()
    assert box is not None
    return box["width"]


def test_two_thousand_nodes_are_zoomed_moved_collapsed_and_followed(opened: Callable[..., Page]) -> None:
    page = opened()
    map_, place = page.locator("[data-pan] > svg.map"), page.locator("[data-pan]")
    rows = map_.locator("a[aria-label^='产品']")
    expect(page.get_by_text("节点多于 300 个")).to_be_visible()
    expect(rows).to_have_count(BOXES * BELOW)

    before = _wide(map_)
    page.locator("[data-zoom-by=in]").click()
    page.keyboard.press("+")
    assert _wide(map_) > before * 1.4
    corner = place.bounding_box()
    assert corner is not None
    page.mouse.move(corner["x"] + 600, corner["y"] + 300)
    page.mouse.down()
    page.mouse.move(corner["x"] + 300, corner["y"] + 280, steps=5)
    page.mouse.up()
    assert place.evaluate("place => place.scrollLeft") > 200
    page.keyboard.press("0")
    assert _wide(map_) == pytest.approx(before, abs=2)

    map_.locator("a.fold").first.click()
    expect(rows).to_have_count((BOXES - 1) * BELOW)
    page.get_by_role("link", name="全部收起").click()
    expect(rows).to_have_count(0)
    page.get_by_role("link", name="全部展开").click()
    expect(rows).to_have_count(BOXES * BELOW)

    map_.locator("a[aria-label^='产品5之7 ']").click()
    drawer = page.locator("#node")
    expect(drawer.get_by_role("heading", name="产品5之7")).to_be_visible()
    expect(map_.locator("path.edge.on")).not_to_have_count(0)
    drawer.get_by_role("link", name="产品6之7").click()
    expect(drawer.get_by_role("heading", name="产品6之7")).to_be_visible()
    expect(map_.locator("a[aria-current=true]")).to_have_attribute(
        "aria-label", "产品6之7 缺失，本地企业 0 家，全国上市 0 家"
    )


def test_a_phone_shows_one_stage_at_a_time(opened: Callable[..., Page]) -> None:
    page = opened(width=390)
    stages = page.locator(".lz-stages")
    expect(page.locator("[data-pan]")).to_be_hidden()
    expect(stages.get_by_role("navigation").get_by_role("link")).to_have_count(3)
    expect(stages.locator("details[open] li:visible")).to_have_count(BELOW)
    stages.get_by_role("link", name="下游").click()
    expect(stages.locator("summary", has_text="环节8")).to_be_visible()
    expect(stages.locator("summary", has_text="环节0")).to_have_count(0)
    stages.get_by_role("link", name="产品8之3", exact=True).click()
    expect(page.locator("#node").get_by_role("heading", name="产品8之3")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_name_touches_the_word_beside_it_in_english(page_as: Callable[..., Page]) -> None:
    page = page_as("office")
    page.context.add_cookies([{"name": "lang", "value": "en", "url": page.url}])
    page.goto("/chains")
    maps = page.locator("#rows tbody th a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for address in maps:
        page.goto(address)
        gaps = page.locator("svg.map a").evaluate_all(
            """all => all.map(one => [...one.querySelectorAll('text')].map(text => text.getBBox()))
                 .filter(pair => pair.length > 1 && pair[1].width).map(([a, b]) => b.x - a.x - a.width)"""
        )
        assert len(gaps) > 2 and min(gaps) >= 1, address
