"""Items that a leader follows through (DOMAIN B11, 17), and how an overdue one is pressed."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Guard, Lifecycle, Need, State, Step, StepKind

REGISTER: Final = "supervision:item:register"
HANDLE: Final = "supervision:item:handle"
VERIFY: Final = "supervision:item:verify"
PRESS: Final = "supervision:item:press"

MAX_EXTENSIONS: Final = 2

ITEM: Final = Lifecycle(
    code="supervision_item",
    label=_l("督办事项"),
    initial="registered",
    states=(
        State("registered", _l("已登记")),
        State("assigned", _l("已交办")),
        State("progressing", _l("推进中")),
        State("blocked", _l("受阻")),
        State("submitted", _l("待销号审核")),
        State("verified", _l("审核通过")),
        State("closed_out", _l("已销号"), closed=True),
    ),
    steps=(
        Step(
            "assign",
            _l("交办"),
            ("registered",),
            "assigned",
            REGISTER,
            (
                Need("unit_id", _l("责任单位")),
                Need("person_id", _l("责任人")),
                Need("due_on", _l("办理时限")),
            ),
        ),
        Step(
            "start",
            _l("开始推进"),
            ("assigned",),
            "progressing",
            HANDLE,
            (Need("milestones", _l("阶段目标")),),
        ),
        Step(
            "block",
            _l("报告受阻"),
            ("progressing",),
            "blocked",
            HANDLE,
            (Need("difficulty", _l("难点")),),
            kind=StepKind.SIDE,
        ),
        Step(
            "unblock",
            _l("恢复推进"),
            ("blocked",),
            "progressing",
            HANDLE,
            (Need("measure", _l("解决措施")),),
            kind=StepKind.SIDE,
        ),
        Step(
            "extend",
            _l("延期"),
            ("progressing", "blocked"),
            "progressing",
            REGISTER,
            (Need("new_due_on", _l("新时限")), Need("reason", _l("延期理由"))),
            (
                Guard(
                    "too_many_extensions",
                    _l("同一事项最多延期 2 次。"),
                    lambda facts: facts["extension_count"] < MAX_EXTENSIONS,
                    uses=("extension_count",),
                ),
            ),
            kind=StepKind.SIDE,
        ),
        Step(
            "submit",
            _l("申请销号"),
            ("progressing",),
            "submitted",
            HANDLE,
            (Need("evidence", _l("佐证材料"), file=True),),
        ),
        Step(
            "verify",
            _l("审核通过"),
            ("submitted",),
            "verified",
            VERIFY,
            (Need("opinion", _l("审核意见")),),
            (
                Guard(
                    "own_unit",
                    _l("销号须由非责任单位审核。"),
                    lambda facts: facts["verifier_unit_id"] != facts["unit_id"],
                    uses=("verifier_unit_id", "unit_id"),
                ),
            ),
        ),
        Step(
            "return",
            _l("退回"),
            ("submitted",),
            "progressing",
            VERIFY,
            (Need("reason", _l("退回理由")),),
            kind=StepKind.ROLLBACK,
        ),
        Step("close_out", _l("销号"), ("verified",), "closed_out", VERIFY),
        Step("reopen", _l("重新督办"), ("closed_out",), "progressing", REGISTER, kind=StepKind.REOPEN),
    ),
)

PRESSURE: Final = Lifecycle(
    code="supervision_pressure",
    label=_l("催办"),
    initial="on_time",
    states=(
        State("on_time", _l("未超期")),
        State("urged", _l("已催办")),
        State("letter_sent", _l("已发督办函")),
        State("notified", _l("已通报")),
        State("settled", _l("已了结"), closed=True),
    ),
    steps=(
        Step(
            "urge",
            _l("催办"),
            ("on_time",),
            "urged",
            PRESS,
            guards=(
                Guard(
                    "not_overdue",
                    _l("事项还没有超期。"),
                    lambda facts: facts["overdue_days"] > 0,
                    uses=("overdue_days",),
                ),
            ),
        ),
        Step(
            "send_letter",
            _l("发督办函"),
            ("urged",),
            "letter_sent",
            PRESS,
            (Need("letter_no", _l("督办函文号")), Need("answer_by_on", _l("回告期限"))),
        ),
        Step(
            "notify",
            _l("通报"),
            ("letter_sent",),
            "notified",
            PRESS,
            (Need("bulletin_no", _l("通报文号")),),
            approval=True,
        ),
        Step("settle", _l("了结"), ("on_time", "urged", "letter_sent", "notified"), "settled", PRESS),
    ),
)
