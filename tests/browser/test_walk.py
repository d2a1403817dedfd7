"""The walk through the product in a real browser, taken by the roles that take its steps."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import steps_promotion as promotion

pytestmark = pytest.mark.browser


def test_the_office_imports_the_right_row_of_a_sheet(
    page_as: Callable[..., Page], shot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    sheet = tmp_path / "名录.xlsx"
    promotion.write_sheet(sheet)
    promotion.import_file(page_as("office"), sheet, shot)
