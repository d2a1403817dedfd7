"""The list of targets in the columns that officials file, cell by cell (DOMAIN 5)."""

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.jobs import runner
from core.jobs.models import Job
from core.lists import exports
from core.lists.export_models import Export
from core.permissions import SYSTEM
from crm.activity.rules import FollowUpValues
from crm.targets import lists, service
from crm.targets.listing import OFFICIAL
from crm.targets.models import Target
from tests.support import maps
from tests.support.browser import fields
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
HEADS = [
    "序号", "企业名称", "所在地", "产业链", "环节", "主导产品", "上年营收（亿元）", "对接状态", "责任单位 / 专员",
    "最近进展", "下步计划",
]  # fmt: skip


@pytest.fixture
def filled(session: Session, world: World) -> None:
    """One target with everything, one with nothing but what it must have; a name that looks like a formula."""
    unit, spec = world.unit("GXQ"), world.account("spec_a")
    day = datetime(2026, 11, 3, 10, tzinfo=clock.SHANGHAI)
    with unit_of_work() as writing:
        chain = maps.build(writing)
        made = lists.create(writing, "补链名单", unit_id=unit.id, chain=chain, actor=SYSTEM)
        full = maps.firm(
            writing, "三利谱光电", region_code="440000", latest_revenue_wan=Decimal("123456.789")
        )
        full.latest_year = 2025
        bare = maps.firm(writing, "=1+1光学")
        for firm, node, product, who in ((full, "X-01-01", "TFT 偏光片", spec.id), (bare, "X-03", "", None)):
            target = Target(
                list_id=made.id, enterprise_id=firm.id, node_id=maps.node(writing, node).id, product=product,
                unit_id=unit.id, specialist_id=who, assigned_on=date(2026, 11, 1),
            )  # fmt: skip
            writing.add(target)
            writing.flush()
            if who:
                said = FollowUpValues(
                    day, "visit", ["周予安"], ["陈总"], "看了产线，有扩产打算", "寄送资料", date(2026, 12, 1)
                )
                service.follow_up(writing, target.public_id, said, actor=SYSTEM)
                service.advance(writing, target.public_id, "link", version=target.version, actor=SYSTEM)


def _sheet(app: Flask, client: FlaskClient, query: str) -> list[list[object]]:
    """The file of an export, as it is asked for, made by the job and fetched."""
    address = f"/lists/exports/new/targets?{urlencode({'q': query})}"
    form = fields(client.get(address).get_data(as_text=True))
    asked = {**form, "purpose": "报市委第四季度材料", "file_type": "xlsx", "unit_name": "甲区管委会"}
    assert client.post(address, data=asked).status_code == 303
    db.session.rollback()
    for job_id in list(db.session.scalars(select(Job.id).where(Job.kind == exports.JOB))):
        db.session.rollback()
        runner.run(job_id, app.app_context)
    db.session.rollback()
    pid = db.session.scalars(select(Export.public_id)).one()
    token = fields(client.get("/lists/targets/columns").get_data(as_text=True))["csrf_token"]
    file = client.post(f"/lists/exports/{pid}/file", data={"csrf_token": token})
    page = openpyxl.load_workbook(io.BytesIO(file.data)).active
    assert page is not None
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_every_cell_of_the_filed_table_is_what_the_record_says(
    app: Flask, client_as: ClientAs, filled: None, world: World
) -> None:
    unit, spec = world.unit("GXQ"), world.account("spec_a")
    lines = _sheet(app, client_as("head_a"), f"cols={','.join(OFFICIAL)}&sort=-name")
    assert lines[0][0] == "目标招引企业名单"
    assert "填报单位：甲区管委会" in str(lines[1][0]) and "截止日期：" in str(lines[1][0])
    assert "计量单位：亿元" in str(lines[1][0])
    assert lines[4] == HEADS
    short = unit.short_name or unit.name
    by_name = {str(line[1]): line[2:] for line in lines[5:7]}
    assert by_name["三利谱光电"] == [
        "广东", "新型显示", "上游", "TFT 偏光片", 12.3456789, "已建联", f"{short} / {spec.name}",
        "2026-11-03 看了产线，有扩产打算", "2026-12-01 寄送资料",
    ]  # fmt: skip
    assert by_name["'=1+1光学"] == [None, "新型显示", "下游", None, None, "未对接", short, None, None]
    assert [line[0] for line in lines[5:7]] == [1, 2]
    assert str(lines[7][0]).startswith("合计") or "2 家" in " ".join(map(str, lines[7]))
