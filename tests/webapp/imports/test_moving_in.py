"""What officials keep in Excel comes in through the pages as it is: honours, placements, lists of targets.

Titles above the heads, days as people write them, names with blanks, sums below; what cannot be placed is listed with
its cell and its cure before anything is written, and again in the report.
"""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from crm.activity.models import FollowUp
from crm.enterprises.models import Enterprise, Honour
from crm.enterprises.placements import Placement
from crm.targets.models import Target
from tests.support import maps
from tests.support.imports import ClientAs, confirm, opened, send, work
from tests.support.sheets import code, workbook
from tests.webapp.web.test_pages import check_page

Rows = Sequence[Sequence[Any]]
FIRMS = ("示例市启岑光电有限公司", "示例市皓汐电子有限公司", "示例市璟原玻璃有限公司")
UNKNOWN = "示例市查无此厂有限公司"

HONOURS: Rows = [
    ["示例市2023年度高新技术企业及专精特新企业认定名单", *[None] * 7],
    ["填报单位：示例市经信局", *[None] * 5, "截止日期：2023年12月31日", None],
    ["序号", "企业全称", "统一社会信用代码", "认定名称", "级别", "批次", "认定时间", "有效期至"],
    [1, FIRMS[0], code(1), "高新技术企业", "国家级", "2023年第一批", 45215, "2026年10月15日"],
    [2, f" {FIRMS[1]}　", None, "国家级专精特新“小巨人”企业", "国家", "第五批", "2023.7.14", "2026/7/13"],
    [3, FIRMS[2], code(3), "制造业单项冠军", "部级", None, "2023-11-08", "2026-11-07"],
    [4, UNKNOWN, None, "创新型中小企业", "省级", None, "2023-09-01", "2026-08-31"],
    [5, FIRMS[2], code(3), "高新技术企业", "国家级", None, "2026-10-16", "2023-10-15"],
    ["合计", "5家", *[None] * 6],
]
PLACEMENTS: Rows = [
    ["示例市新型显示产业链企业挂点表", *[None] * 8],
    ["序号", "企业名称", "产业链", "环节", "企业角色", "主导产品", "该产品营收占比", "证据来源", "证据日期"],
    [1, FIRMS[0], "新型显示", "偏光片", "骨干企业", "TFT偏光片", "62%", "2025年年报", "2025年12月31日"],
    [2, FIRMS[1], "新型显示产业链", "显示面板", "配套", "液晶面板", None, "走访记录", "2026.9.12"],
    [3, FIRMS[2], "新型显示", "没有这个环节", "龙头", "玻璃", "40%", "2025年年报", "2025-12-31"],
    [4, FIRMS[2], "新型显示", "玻璃基板", "重点企业", "玻璃", "40%", "2025年年报", "2025-12-31"],
    [5, UNKNOWN, "新型显示", "玻璃基板", "配套", "玻璃", None, "问卷", "2025-12-31"],
]
TARGETS: Rows = [
    ["2026年甲区产业链目标招引企业名单", *[None] * 7],
    ["序号", "企业名称", "产业链", "环节", "主导产品", "对接状态", "最近进展（日期+一句话）", "下步计划"],
    [
        1,
        FIRMS[0],
        "新型显示",
        "偏光片",
        "偏光片",
        "已拜访/来访",
        "2026.3.2 拜访；2026年5月10日：视频会议",
        "寄资料",
    ],
    [2, FIRMS[1], "新型显示", "没有这个环节", None, None, None, None],
    [3, UNKNOWN, "新型显示", "偏光片", *[None] * 4],
]
REFUSED = {"honours": ("部级", UNKNOWN, "有效期止不能早于认定日期"),
           "placements": ("没有这个环节", "重点企业", UNKNOWN), "targets": ("没有这个环节", UNKNOWN)}  # fmt: skip


@pytest.fixture
def register(session: Session, app: Flask, client_as: ClientAs) -> None:
    with unit_of_work() as writing:
        maps.build(writing)
        for number, name in enumerate(FIRMS, 1):
            maps.firm(writing, name, region_code="519900", uscc=code(number))


@pytest.mark.parametrize(
    ("kind", "rows", "good"),
    [("honours", HONOURS, 2), ("placements", PLACEMENTS, 2), ("targets", TARGETS, 1)],
)
def test_sheets_come_in_and_what_cannot_be_placed_is_listed(
    app: Flask, client_as: ClientAs, session: Session, register: None, tmp_path: Path,
    kind: str, rows: Rows, good: int,
) -> None:  # fmt: skip
    client = client_as("office")
    sheet = workbook(tmp_path / "sheet.xlsx", rows).read_bytes()
    url, page = opened(client, send(client, sheet, "台账.xlsx", kind=kind))
    assert check_page(page) == [] and f"先导入 {good} 行好的" in page
    assert all(words in page for words in REFUSED[kind])
    assert confirm(client, url, only_correct="1").status_code == 303
    work(app)
    report = client.get(url).get_data(as_text=True)
    assert "导入报告" in report and check_page(report) == []
    lines = list(
        openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/report.xlsx").data)).worksheets[0].values
    )
    results = [line[1] for line in lines[1:]]
    assert results.count("新增") == good and results.count("未导入") == len(REFUSED[kind])
    assert len(results) == good + len(REFUSED[kind]), "every row is accounted for"
    assert all(line[2] for line in lines[1:] if line[1] == "未导入"), "each with the reason"
    _CHECKS[kind](session)


def _honours(session: Session) -> None:
    rows = session.execute(
        select(Enterprise.name, Honour.kind, Honour.level, Honour.granted_on, Honour.valid_to)
        .join(Honour, Honour.enterprise_id == Enterprise.id)
        .order_by(Honour.id)
    )
    assert [tuple(row) for row in rows] == [
        (FIRMS[0], "hte", "national", date(2023, 10, 16), date(2026, 10, 15)),
        (FIRMS[1], "little_giant", "national", date(2023, 7, 14), date(2026, 7, 13)),
    ]


def _placements(session: Session) -> None:
    rows = session.execute(
        select(Enterprise.name, Placement.role, Placement.product, Placement.evidence_on)
        .join(Placement, Placement.enterprise_id == Enterprise.id)
        .order_by(Placement.id)
    )
    assert [tuple(row) for row in rows] == [
        (FIRMS[0], "backbone", "TFT偏光片", date(2025, 12, 31)),
        (FIRMS[1], "supporting", "液晶面板", date(2026, 9, 12)),
    ]


def _targets(session: Session) -> None:
    target = session.scalars(select(Target)).one()
    assert (target.contact_status, target.next_step, target.enterprise.name) == (
        "visited",
        "寄资料",
        FIRMS[0],
    )
    said = session.scalars(select(FollowUp).order_by(FollowUp.at)).all()
    assert [(clock.local(each.at).date(), each.summary) for each in said] == [
        (date(2026, 3, 2), "拜访"), (date(2026, 5, 10), "视频会议"),
    ]  # fmt: skip


_CHECKS = {"honours": _honours, "placements": _placements, "targets": _targets}
