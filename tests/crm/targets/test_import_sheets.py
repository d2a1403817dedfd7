"""A target list as officials keep it: title rows, merged heads, days as text, several contacts in one cell."""

from datetime import date
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.imports.models import ImportRow
from crm.activity.models import FollowUp
from crm.targets.models import Target
from tests.crm.targets.test_import import ActorOf, Check
from tests.support.importing import faults, finish

HEADS = [
    ["2026年甲区产业链目标招引企业名单", *[None] * 10],
    ["填报单位：甲区管委会", *[None] * 6, "截止日期：2026年11月20日", *[None] * 3],
    ["序号", "企业名称", "所在地", "产业链", None, "主导产品", "上年营收\n（亿元）", "对接情况", None, None, None],
    [None, None, None, "链条", "环节", None, None, "对接状态", "责任单位/专员", "最近进展（日期+一句话）", "下步计划"],
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_that_officials_file_comes_in_as_it_is(
    check: Check, actor: ActorOf, session: Session, listed_firms: None, language: str
) -> None:
    me = actor("head_a")
    rows: list[list[Any]] = [
        *HEADS,
        [1, "深圳三利谱光电有限公司", "广东深圳", "新型显示", "偏光片", "TFT偏光片", 12.3, "已拜访/来访",
         "甲区管委会/甲区专员", "2026.3.2 拜访；2026年5月10日：视频会议\n2026/6/1 来访，看了厂房", "寄送选址资料"],
        [2, "广东玻璃基板有限公司", "广东", "新型显示产业链", "上游", "玻璃基板", None, "未对接", "甲区管委会",
         None, None],
        [3, "没有登记的公司", None, "新型显示", "偏光片", *[None] * 6],
        [4, "广东玻璃基板有限公司", None, "新型显示", "显示面板", None, None, None, "甲区管委会 / 无名氏", None, None],
        ["合计", "4家", *[None] * 9],
    ]  # fmt: skip
    with force_locale(language):
        record = check(me, rows)
    assert faults(record) == [(7, "B", "enterprise_unknown"), (8, "I", "person_unknown")]
    found = finish(record, me)
    assert (found.created, found.rejected, found.total) == (2, 2, 4)
    first, second = session.scalars(select(Target).order_by(Target.id)).all()
    assert (first.contact_status, first.specialist and first.specialist.name, first.next_step) == (
        "visited", "甲区专员", "寄送选址资料",
    )  # fmt: skip
    assert (second.node.code, second.specialist_id, second.unit.code) == ("X-01-02", None, "GXQ")
    said = session.scalars(select(FollowUp).order_by(FollowUp.at)).all()
    assert [(clock.local(each.at).date(), each.summary, each.our_people) for each in said] == [
        (date(2026, 3, 2), "拜访", ["甲区专员"]), (date(2026, 5, 10), "视频会议", ["甲区专员"]),
        (date(2026, 6, 1), "来访，看了厂房", ["甲区专员"]),
    ]  # fmt: skip
    kept = session.scalars(select(ImportRow.reason).where(ImportRow.row_no.in_((7, 8)))).all()
    assert len(kept) == 2 and all(kept), "what cannot be placed is listed with its cure"
