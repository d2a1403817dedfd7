"""流程说明: the page and the document say what the tables say."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.lifecycle_table import Lifecycle
from tests.crm.test_lifecycles import TABLES as DISCOVERED
from tests.webapp.web.test_pages import check_page
from webapp.staff.lifecycles import tables

ROOT = Path(__file__).resolve().parents[3]
WIRED = (
    "target",
    "lead",
    "project",
    "admission",
    "green_card",
    "service_case",
    "enterprise_request",
    "rule_version",
)


def test_no_table_is_left_out() -> None:
    assert {table.code for table in DISCOVERED} <= {table.code for table in tables.TABLES}


def test_the_document_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/lifecycles.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.code)
def test_every_sentence_can_be_said(table: Lifecycle, client_as: Callable[[str], FlaskClient]) -> None:
    page = client_as("spec_a").get(f"/help/lifecycles?table={table.code}").text
    assert check_page(page) == []
    for step in table.steps:
        assert str(step.label) in page


@pytest.mark.parametrize(
    "table", [each for each in tables.TABLES if each.code in WIRED], ids=lambda each: each.code
)
def test_every_step_has_an_owner(table: Lifecycle) -> None:
    ownerless = [
        step.verb for step in table.steps if not step.automatic and not tables.owners(step.permission)
    ]
    assert ownerless == []
