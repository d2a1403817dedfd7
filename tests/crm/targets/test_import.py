"""Target lists out of Excel: matched, placed on nodes, with their dates and follow-ups; nothing is dropped unsaid."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.db import db, unit_of_work
from core.fields.errors import FieldError
from core.imports import undoing
from core.imports.handlers import handler_for
from core.imports.models import Import, ImportRow
from core.permissions import Actor
from crm.activity.models import FollowUp
from crm.activity.rules import FollowUpValues
from crm.targets import lists
from crm.targets import service as targets
from crm.targets.import_progress import contacts
from crm.targets.models import Target, TargetList
from tests.support.importing import faults, finish, present
from tests.support.world import World

ActorOf = Callable[[str], Actor]
Check = Callable[..., Import]
HEAD = (
    "序号",
    "企业名称",
    "产业链",
    "环节",
    "主导产品",
    "对接状态",
    "责任单位",
    "专员",
    "最近进展",
    "下步计划",
)
TODAY = date(2026, 11, 26)


def row(
    name: str, *, node: str = "偏光片", state: str = "", progress: str = "", who: str = "", **more: str
) -> list[Any]:
    return [1, name, more.get("chain", "新型显示"), node, more.get("product", ""), state, more.get("unit", ""), who,
            progress, more.get("next", "")]  # fmt: skip


def _targets(session: Session) -> dict[str, Target]:
    session.rollback()
    session.expire_all()
    return {each.enterprise.name: each for each in session.scalars(select(Target))}


def test_a_list_comes_in_with_owners_states_dates_and_follow_ups(
    check: Check, actor: ActorOf, session: Session, listed_firms: None
) -> None:
    me = actor("head_a")
    record = check(me, [
        ["甲区目标企业名单"], HEAD,
        row("深圳三利谱光电有限公司", state="已拜访", who="甲区专员", next="寄送选址资料",
            progress="2026-03-02 拜访，对方考虑扩产；2026年5月10日：视频会议"),
        row("广东玻璃基板有限公司", node="上游", state="未对接"),
    ])  # fmt: skip
    assert faults(record) == []
    finish(record, me)
    found = _targets(session)
    first, second = found["深圳三利谱光电有限公司"], found["广东玻璃基板有限公司"]
    assert (first.node.code, first.contact_status, first.specialist and first.specialist.name) == (
        "X-01-01", "visited", "甲区专员",
    )  # fmt: skip
    assert (first.first_contact_on, first.last_contact_on) == (date(2026, 3, 2), date(2026, 5, 10))
    assert (first.next_step, first.list.name, first.unit.code) == ("寄送选址资料", "新型显示目标名单", "GXQ")
    assert first.quiet_since == clock.today(), "nothing that has just come in is silent"
    assert first.fit_points is not None and first.fit_points > 0
    assert (second.node.code, second.contact_status) == ("X-01-02", "none")
    said = session.scalars(select(FollowUp).where(FollowUp.record_id == first.id).order_by(FollowUp.at)).all()
    assert [(clock.local(each.at).date(), each.summary) for each in said] == [
        (date(2026, 3, 2), "拜访，对方考虑扩产"), (date(2026, 5, 10), "视频会议"),
    ]  # fmt: skip
    assert [each.next_step for each in said] == ["", "寄送选址资料"]


def test_what_cannot_be_placed_is_named_by_row_and_column_with_the_cure(
    check: Check, actor: ActorOf, session: Session, listed_firms: None
) -> None:
    me = actor("head_a")
    record = check(me, [
        HEAD,
        row("没有登记的公司"),
        row("深圳三利谱光电有限公司", node="没有的节点"),
        row("深圳三利谱光电有限公司", node="玻璃基板", chain="没有的链"),
        row("深圳三利谱光电有限公司", node="显示面板", state="已转项目"),
        row("深圳三利谱光电有限公司", node="电视整机", who="无名氏"),
        row("深圳三利谱光电有限公司", node="检测服务", state="放弃"),
        row("广东玻璃基板有限公司", node="玻璃基板", progress="谈了扩产"),
        row("广东玻璃基板有限公司", node="显示面板", progress="2099-01-01 拜访"),
        row("广东玻璃基板有限公司", node="电视整机", unit="乙区管委会"),
        row("广东玻璃基板有限公司"),
    ])  # fmt: skip
    assert faults(record) == [
        (2, "B", "enterprise_unknown"), (3, "D", "node_unknown"), (4, "C", "chain_unknown"), (5, "F", "over"),
        (6, "H", "person_unknown"), (7, "", "required"), (8, "I", "no_day"), (9, "I", "future"),
        (10, "G", "unit_unknown"),
    ]  # fmt: skip
    found = finish(record, me)
    assert (found.created, found.rejected) == (1, 9)
    rows = db.session().scalars(
        select(ImportRow).where(ImportRow.import_id == record.id, ImportRow.row_no == 2)
    )
    assert "请先在企业库登记或导入" in (rows.one().reason or "")


def test_enterprises_of_one_name_are_asked_about(
    check: Check, actor: ActorOf, session: Session, listed_firms: None
) -> None:
    me = actor("head_a")
    record = check(me, [HEAD, row("同名电子有限公司")])
    line = db.session().scalars(select(ImportRow).where(ImportRow.import_id == record.id)).one()
    assert line.action == "ask"
    found = finish(record, me)
    assert (found.created, found.skipped) == (0, 1)


def test_a_second_import_changes_what_changed_and_notes_only_new_contacts(
    check: Check, actor: ActorOf, session: Session, listed_firms: None
) -> None:
    me = actor("head_a")
    first = [HEAD, row("深圳三利谱光电有限公司", state="已建联", progress="2026-03-02 拜访")]
    finish(check(me, first), me)
    assert finish(check(me, first), me).unchanged == 1
    again = check(
        me, [HEAD, row("深圳三利谱光电有限公司", state="在谈", progress="2026-03-02 拜访；2026-06-01 来访")]
    )
    assert finish(again, me).updated == 1
    target = _targets(session)["深圳三利谱光电有限公司"]
    assert (target.contact_status, target.last_contact_on) == ("negotiating", date(2026, 6, 1))
    assert session.scalar(select(func.count()).select_from(FollowUp)) == 2


def test_what_another_unit_pursues_is_not_changed(
    check: Check, actor: ActorOf, session: Session, listed_firms: None
) -> None:
    mine, other = actor("head_a"), actor("head_b")
    finish(check(mine, [HEAD, row("深圳三利谱光电有限公司")]), mine)
    record = check(other, [HEAD, row("深圳三利谱光电有限公司", state="在谈")])
    assert [each[2] for each in faults(record)] == ["not_yours"]


def test_rows_go_on_the_list_they_name_and_a_closed_one_is_refused(
    check: Check, actor: ActorOf, session: Session, listed_firms: None, world: World
) -> None:
    me, unit_id = actor("head_a"), world.unit("GXQ").id
    session.rollback()
    with unit_of_work() as writing:
        lists.create(writing, "招商周", unit_id=unit_id, actor=me)
        shut = lists.create(writing, "旧名单", unit_id=unit_id, actor=me)
        lists.close(writing, shut.public_id, version=1, actor=me)
    head = ("企业名称", "名单")
    finish(check(me, [head, ["深圳三利谱光电有限公司", "招商周"], ["广东玻璃基板有限公司", "新名单"]]), me)
    found = _targets(session)
    assert {name: each.list.name for name, each in found.items()} == {
        "深圳三利谱光电有限公司": "招商周", "广东玻璃基板有限公司": "新名单",
    }  # fmt: skip
    record = check(me, [head, ["同名电子有限公司", "旧名单"]])
    assert ("list_closed") in [each[2] for each in faults(record)]
    assert session.scalar(select(func.count()).select_from(TargetList)) == 3


def test_an_import_is_taken_back_but_for_what_was_followed_since(
    check: Check, actor: ActorOf, session: Session, listed_firms: None
) -> None:
    me = actor("head_a")
    record = finish(check(me, [
        HEAD,
        row("深圳三利谱光电有限公司", progress="2026-03-02 拜访"),
        row("广东玻璃基板有限公司", node="玻璃基板", progress="2026-03-02 拜访"),
    ]), me)  # fmt: skip
    kept = _targets(session)["广东玻璃基板有限公司"].public_id
    session.rollback()
    values = FollowUpValues(clock.now(), "call", ["甲"], ["乙"], "又谈了一次", "再约", None)
    with unit_of_work() as writing:
        targets.follow_up(writing, kept, values, actor=me)
    with unit_of_work() as writing:
        undoing.ask(writing, record.public_id, queue=False, actor=me)
    undoing.undo(record.id, actor=me)
    found = present(record)
    assert (found.reversed, found.kept + found.stuck) == (1, 1)
    assert list(_targets(session)) == ["广东玻璃基板有限公司"]
    assert session.scalar(select(func.count()).select_from(FollowUp)) == 2


def test_readers_import_nothing(check: Check, actor: ActorOf, listed_firms: None) -> None:
    assert not actor("leader").can(handler_for("targets").permission)
    assert not actor("leader").can(handler_for("placements").permission)


@pytest.mark.parametrize(
    ("text", "last_on", "found"),
    [
        ("2026-03-02 拜访", None, [(date(2026, 3, 2), "拜访")]),
        ("2026/5/1：来访。\n2026.3.2，电话", None, [(date(2026, 3, 2), "电话"), (date(2026, 5, 1), "来访")]),
        ("谈了扩产", date(2026, 4, 1), [(date(2026, 4, 1), "谈了扩产")]),
        ("", date(2026, 4, 1), []),
    ],
)
def test_a_cell_of_progress_is_read_as_contacts(text: str, last_on: date | None, found: list[Any]) -> None:
    assert [(each.on, each.words) for each in contacts(text, last_on, TODAY)] == found


@pytest.mark.parametrize("text", ["谈了扩产", "2026-02-30 拜访", f"{TODAY + timedelta(days=1)} 拜访"])
def test_a_contact_needs_a_day_that_has_been(text: str) -> None:
    with pytest.raises(FieldError):
        contacts(text, None, TODAY)
