"""The walk through the product in a real browser, taken by the roles that take its steps."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import steps_promotion as promotion
from tests.browser import steps_service as service

pytestmark = pytest.mark.browser
Shot = Callable[[Page, str], None]


def test_the_office_imports_the_right_row_of_a_sheet(
    page_as: Callable[..., Page], shot: Shot, tmp_path: Path
) -> None:
    sheet = tmp_path / "名录.xlsx"
    promotion.write_sheet(sheet)
    promotion.import_file(page_as("office"), sheet, shot)


def test_an_invited_firm_signs_in_and_asks_for_help(
    page_as: Callable[..., Page], shot: Shot, tmp_path: Path
) -> None:
    paper = tmp_path / "断电记录.pdf"
    paper.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    link = service.invite(page_as("desk"), shot)
    firm = page_as(None)
    service.settle_in(firm, link, shot)
    service.submit(firm, paper, shot)
    service.accept_and_dispatch(page_as("desk"), shot)


def test_a_gap_of_the_map_becomes_a_target_and_a_lead(page_as: Callable[..., Page], shot: Shot) -> None:
    page = page_as("specialist")
    promotion.open_gap(page, shot)
    promotion.list_candidate(page, shot)
    number = promotion.register_lead(page, shot)
    service.search(page, number, number)
    service.search_nothing(page_as("head2"), number)


def test_a_firm_is_measured_and_one_box_finds_each_kind(page_as: Callable[..., Page], shot: Shot) -> None:
    page = page_as("specialist")
    service.cultivate(page, shot)
    service.search(page, "lgxs", service.LOCAL_FIRM)
    service.search(page, "新型显示", "招商图谱")
    service.search(page, "XM-GXQ-2026-0003", "XM-GXQ-2026-0003")
    service.search(page, "SQ-GXQ-2026-0003", "SQ-GXQ-2026-0003")
