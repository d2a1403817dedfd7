"""A small table of its own, and what the judge of tables says about it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import lifecycle as lc
from core.errors import NotPermitted, Refused
from core.permissions import SYSTEM, Actor, Reach, RoleGrant

OFFICER = Actor(7, "李敏", "staff", (RoleGrant("officer", ("t:doc:*",), Reach(everything=True)),))
READER = Actor(8, "何平", "staff", (RoleGrant("reader", ("t:doc:view",), Reach(everything=True)),))

TABLE = lc.Lifecycle(
    code="doc",
    label="文件",
    initial="draft",
    states=(
        lc.State("draft", "草稿"),
        lc.State("review", "审核中"),
        lc.State("paused", "暂停"),
        lc.State("signed", "已签"),
        lc.State("closed", "已归档", closed=True),
    ),
    steps=(
        lc.Step(
            "submit",
            "提交",
            ("draft",),
            "review",
            "t:doc:submit",
            needs=(
                lc.Need("title", "标题"),
                lc.Need("amount", "金额"),
                lc.Need("permit", "许可证号", waivable=True),
                lc.Need("lease", "租约", when=lambda f: f.get("mode") == "lease"),
                lc.Need("scan", "扫描件", file=True),
            ),
            guards=(
                lc.Guard(
                    "positive", "金额应大于 0。", lambda f: f["amount"] > 0, uses=("amount",), field="amount"
                ),
                lc.Guard(
                    "two_people",
                    "审核人不能是提交人。",
                    lambda f: f["by"] != f["reviewer"],
                    uses=("by", "reviewer"),
                ),
            ),
        ),
        lc.Step("sign", "签发", ("review",), "signed", "t:doc:sign"),
        lc.Step("pause", "暂停", ("draft", "review"), "paused", "t:doc:pause", kind=lc.StepKind.SIDE),
        lc.Step("resume", "恢复", ("paused",), lc.PREVIOUS, "t:doc:pause", kind=lc.StepKind.SIDE),
        lc.Step(
            "roll_back",
            "退回",
            ("review",),
            "draft",
            "t:doc:rollback",
            kind=lc.StepKind.ROLLBACK,
            approval=True,
        ),
        lc.Step("archive", "归档", ("signed",), "closed", "t:doc:sign", automatic=True),
        lc.Step("reopen", "重新打开", ("closed",), "signed", "t:doc:reopen", kind=lc.StepKind.REOPEN),
    ),
)

COMPLETE: dict[str, Any] = {
    "title": "通知", "amount": 5, "permit": "A-1", "scan": "f1", "by": 1, "reviewer": 2,
}  # fmt: skip


def gaps(facts: dict[str, Any], state: str = "draft", verb: str = "submit", **options: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        lc.check(TABLE, state, verb, facts, actor=OFFICER, **options)
    return [gap.field or gap.code for gap in refused.value.missing]


def test_a_complete_record_passes_and_says_where_it_goes() -> None:
    passage = lc.check(TABLE, "draft", "submit", COMPLETE, actor=OFFICER)
    assert (passage.source, passage.target, dict(passage.waived)) == ("draft", "review", {})


def test_a_refusal_names_every_missing_field_and_failing_guard_at_once() -> None:
    assert gaps({"by": 1, "reviewer": 1, "mode": "lease"}) == [
        "title", "amount", "permit", "lease", "scan", "two_people",
    ]  # fmt: skip


def test_a_guard_over_unknown_facts_fails_unless_the_blank_is_reported_already() -> None:
    assert gaps({**COMPLETE, "amount": None}) == ["amount"]
    assert gaps({**COMPLETE, "reviewer": None}) == ["two_people"]


def test_the_message_of_a_missing_field_carries_its_label() -> None:
    with pytest.raises(Refused) as refused:
        lc.check(TABLE, "draft", "submit", {**COMPLETE, "scan": None, "title": "  "}, actor=OFFICER)
    words = [str(gap.message) for gap in refused.value.missing]
    assert words == ["还没有填写“标题”。", "还没有上传“扫描件”。"]
    assert "提交" in str(refused.value.message)


def test_nought_and_false_are_given_values() -> None:
    assert gaps({**COMPLETE, "amount": 0}) == ["amount"]  # the guard, not the need
    assert not lc.blank(0)
    assert not lc.blank(False)


def test_a_waiver_stands_for_a_waivable_field_only_and_needs_a_reason() -> None:
    facts = {**COMPLETE, "permit": None, "title": ""}
    assert gaps(facts, waivers={"permit": "尚在办理，5 月底取得", "title": "没有标题可填"}) == ["title"]
    assert gaps({**COMPLETE, "permit": None}, waivers={"permit": " 无 "}) == ["permit"]
    passage = lc.check(
        TABLE, "draft", "submit", {**COMPLETE, "permit": None}, actor=OFFICER, waivers={"permit": "正在办理"}
    )
    assert passage.waived == {"permit": "正在办理"}


def test_a_step_out_of_turn_is_refused_with_the_present_state() -> None:
    with pytest.raises(Refused) as refused:
        lc.check(TABLE, "draft", "sign", {}, actor=OFFICER)
    assert refused.value.missing[0].code == "not_from_here"
    assert "草稿" in str(refused.value.missing[0].message)


def test_a_closed_record_is_locked_and_reopens_only_with_a_reason() -> None:
    with pytest.raises(Refused) as refused:
        lc.check(TABLE, "closed", "sign", {}, actor=OFFICER)
    assert refused.value.missing[0].code == "closed"
    with pytest.raises(Refused):
        lc.ensure_open(TABLE, "closed")
    assert gaps({}, "closed", "reopen") == ["reason"]
    assert lc.check(TABLE, "closed", "reopen", {"reason": "有遗漏"}, actor=OFFICER).target == "signed"


def test_a_rollback_needs_reason_and_approval() -> None:
    assert gaps({}, "review", "roll_back") == ["reason", "approval"]


def test_permission_is_asked_before_the_gaps_are_shown() -> None:
    with pytest.raises(NotPermitted):
        lc.check(TABLE, "draft", "submit", {}, actor=READER)


def test_an_automatic_step_is_the_clocks_own() -> None:
    with pytest.raises(NotPermitted):
        lc.check(TABLE, "signed", "archive", {}, actor=OFFICER)
    assert lc.check(TABLE, "signed", "archive", {}, actor=SYSTEM).target == "closed"
    assert lc.offers(TABLE, "signed", {}, actor=OFFICER) == []


def test_resume_returns_to_the_state_before_the_pause_and_to_no_other() -> None:
    assert lc.check(TABLE, "paused", "resume", {"previous_state": "review"}, actor=OFFICER).target == "review"
    assert gaps({"previous_state": "signed"}, "paused", "resume") == ["previous_state"]
    assert gaps({}, "paused", "resume") == ["previous_state"]


def test_offers_list_each_step_with_what_it_lacks_and_whether_it_is_permitted() -> None:
    submit, pause = lc.offers(TABLE, "draft", {**COMPLETE, "title": ""}, actor=OFFICER)
    assert [gap.field for gap in submit.missing] == ["title"]
    assert not submit.ready
    assert pause.ready
    assert [offer.permitted for offer in lc.offers(TABLE, "draft", COMPLETE, actor=READER)] == [False, False]


def test_an_edit_may_not_blank_what_a_passed_step_required() -> None:
    with pytest.raises(Refused) as refused:
        lc.check_edit(TABLE, ["submit"], "review", {"title": "", "amount": 3}, COMPLETE)
    assert [gap.field for gap in refused.value.missing] == ["title"]
    lc.check_edit(TABLE, ["submit"], "review", {"amount": 3}, {**COMPLETE, "title": ""})
    lc.check_edit(TABLE, ["submit"], "review", {"permit": ""}, COMPLETE, excused={"permit": "尚在办理"})
    lc.check_edit(TABLE, [], "draft", {"title": ""}, COMPLETE)


@pytest.mark.parametrize(
    ("steps", "initial"),
    [
        ((lc.Step("a", "a", ("x",), "nowhere", "t:d:a"),), "x"),
        ((lc.Step("a", "a", ("nowhere",), "x", "t:d:a"),), "x"),
        ((lc.Step("a", "a", ("end",), "x", "t:d:a"),), "x"),
        ((lc.Step("a", "a", ("x",), "end", "t:d:a"), lc.Step("a", "b", ("x",), "x", "t:d:a")), "x"),
        ((), "y"),
    ],
)
def test_a_table_that_contradicts_itself_does_not_load(steps: tuple[lc.Step, ...], initial: str) -> None:
    with pytest.raises(ValueError, match="lifecycle bad"):
        lc.Lifecycle("bad", "坏表", initial, (lc.State("x", "x"), lc.State("end", "end", closed=True)), steps)


@given(st.sets(st.sampled_from(sorted(COMPLETE))))
def test_whatever_is_left_out_is_named(left_out: set[str]) -> None:
    facts = {name: value for name, value in COMPLETE.items() if name not in left_out}
    try:
        lc.check(TABLE, "draft", "submit", facts, actor=OFFICER)
        named: set[str | None] = set()
    except Refused as refused:
        named = {gap.field or gap.code for gap in refused.missing}
    expected = {name for name in left_out if name not in ("by", "reviewer")}
    if left_out & {"by", "reviewer"}:
        expected.add("two_people")
    assert named == expected
