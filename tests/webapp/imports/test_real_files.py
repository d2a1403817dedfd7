"""The listed companies as they are published, through the user's own route.

The file itself has an exchange where some days of listing should be, and a few firms twice.
"""

import csv
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from core.imports import running
from core.imports.models import Import, ImportRow
from crm.enterprises.models import Enterprise
from tests.search import shared
from tests.support.imports import confirm, opened, send, work
from tests.webapp.cli.test_import_command import real_regions


@pytest.mark.slow
def test_the_listed_companies_come_in_as_they_are_published(
    app: Flask, client_as: Callable[[str], FlaskClient]
) -> None:
    path = shared.file("listed_companies.csv")
    real_regions()
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    client = client_as("spec_a")
    url, page = opened(client, send(client, path.read_bytes(), path.name))
    assert "正在预检" in page
    work(app)
    assert "预检结果" in client.get(url).get_data(as_text=True)
    assert confirm(client, url, only_correct="1").status_code == 303
    work(app)
    session = db.session()
    record = session.scalars(select(Import)).one()
    session.refresh(record)
    assert (record.state, record.total) == ("done", len(rows)), record.left_out
    accounts = running.accounts(session, record.id)
    refused = select(ImportRow.reason).where(ImportRow.outcome == "rejected")
    assert all(any(word in reason for word in ("不是日期", "重复")) for reason in session.scalars(refused))
    pasted = session.scalars(select(Enterprise).where(Enterprise.stock_code == "002832")).one()
    assert pasted.main_products and "\x7f" not in pasted.main_products
    assert sum(accounts.values()) == len(rows) and accounts["created"] > 0.96 * len(rows)
    boe = session.scalars(select(Enterprise).where(Enterprise.stock_code == "000725")).one()
    assert boe.name == "京东方科技集团股份有限公司" and boe.listed_on is not None and boe.region_code
