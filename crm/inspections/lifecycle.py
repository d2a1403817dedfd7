"""Inspection tasks (DOMAIN B7, 12): nobody enters an enterprise without a task and a scan."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard, Lifecycle, Need, State, Step, StepKind

DRAFT: Final = "inspections:task:draft"
APPROVE: Final = "inspections:task:approve"
INSPECT: Final = "inspections:task:inspect"
RATE: Final = "portal:inspection:rate"

MAKE_UP_DAYS: Final = 10
"""Natural days within which an entry without network is made up for (DOMAIN 12)."""


def _within_frequency(facts: Facts) -> bool:
    return bool(facts["kind"] == "individual" or facts["inspections_this_year"] < facts["yearly_limit"])


def _entry_recorded(facts: Facts) -> bool:
    """A scan, or an entry made up for in time and with its reason."""
    if facts.get("scanned_at"):
        return True
    return bool(facts.get("made_up_reason")) and (facts.get("made_up_after_days") or 0) <= MAKE_UP_DAYS


INSPECTION: Final = Lifecycle(
    code="inspection_task",
    label=_l("检查任务"),
    initial="drafted",
    states=(
        State("drafted", _l("已拟定")),
        State("planned", _l("已批准")),
        State("notified", _l("已告知企业")),
        State("in_progress", _l("检查中")),
        State("done", _l("检查完毕")),
        State("result_filed", _l("结果已归档"), locked=True),
        State("evaluated", _l("企业已评价"), closed=True),
        State("cancelled", _l("已取消"), closed=True),
    ),
    steps=(
        Step(
            "approve",
            _l("批准"),
            ("drafted",),
            "planned",
            APPROVE,
            (
                Need("item_id", _l("检查事项")),
                Need("inspectors", _l("执法人员")),
                Need("planned_on", _l("计划时间")),
                Need("clue_source", _l("线索来源"), when=lambda facts: facts.get("kind") == "individual"),
            ),
            (
                Guard(
                    "item_not_published",
                    _l("检查事项没有公布，不得检查。"),
                    lambda facts: bool(facts["item_published"]),
                    uses=("item_published",),
                    field="item_id",
                ),
                Guard(
                    "body_not_qualified",
                    _l("检查主体不具备资格，不得检查。"),
                    lambda facts: bool(facts["body_qualified"]),
                    uses=("body_qualified",),
                ),
                Guard(
                    "too_few_inspectors",
                    _l("执法人员不少于 2 人，且执法证都在有效期内。"),
                    lambda facts: facts["valid_certificates"] >= 2,
                    uses=("valid_certificates",),
                    field="inspectors",
                ),
                Guard(
                    "over_frequency",
                    _l("已到年度检查频次上限。"),
                    _within_frequency,
                    uses=("kind", "inspections_this_year", "yearly_limit"),
                ),
            ),
        ),
        Step(
            "notify",
            _l("告知企业"),
            ("planned",),
            "notified",
            INSPECT,
            (Need("notice_no", _l("检查通知书号")),),
        ),
        Step(
            "scan",
            _l("扫码入企"),
            ("notified",),
            "in_progress",
            INSPECT,
            (Need("scanned_at", _l("扫码时间")),),
        ),
        Step(
            "surprise",
            _l("不告知检查"),
            ("planned",),
            "in_progress",
            INSPECT,
            (Need("surprise_basis", _l("不告知的法定情形")), Need("scanned_at", _l("扫码时间"))),
            kind=StepKind.SIDE,
        ),
        Step(
            "enter_in_emergency",
            _l("应急先行检查"),
            ("drafted", "planned"),
            "in_progress",
            INSPECT,
            (Need("emergency_basis", _l("突发应急或证据可能灭失的说明")),),
            kind=StepKind.SIDE,
        ),
        Step(
            "leave",
            _l("离企"),
            ("in_progress",),
            "done",
            INSPECT,
            (Need("left_at", _l("离企时间")),),
            (
                Guard(
                    "no_scan",
                    _l("离企前须扫码；系统故障的，10 个自然日内补录并说明理由。"),
                    _entry_recorded,
                    field="scanned_at",
                ),
            ),
        ),
        Step(
            "file_result",
            _l("结果归档"),
            ("done",),
            "result_filed",
            INSPECT,
            (Need("result", _l("检查结果")), Need("document", _l("检查文书"), file=True)),
        ),
        Step("evaluate", _l("企业评价"), ("result_filed",), "evaluated", RATE, (Need("rating", _l("评价")),)),
        Step(
            "cancel",
            _l("取消"),
            ("drafted", "planned", "notified"),
            "cancelled",
            APPROVE,
            (Need("reason", _l("取消原因")),),
            kind=StepKind.SIDE,
        ),
    ),
)
