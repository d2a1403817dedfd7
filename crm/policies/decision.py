"""From publicity to payment: the part that every policy application goes through (DOMAIN B5, 10)."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard, Need, State, Step, StepKind

REVIEW: Final = "policies:application:review"
APPROVE: Final = "policies:application:approve"
PAY: Final = "policies:payment:pay"
RECOVER: Final = "policies:payment:recover"

MIN_PUBLICITY_DAYS: Final = 5
"""Working days that a list stays public (DOMAIN 10, proposal)."""


def _within_budget(facts: Facts) -> bool:
    return bool(facts["paid_wan"] + facts["amount_wan"] <= facts["budget_wan"])


STATES: Final = (
    State("publicized", _l("公示中")),
    State("objection", _l("有异议")),
    State("rechecked", _l("已复核")),
    State("approved", _l("已批复"), locked=True),
    State("paying", _l("拨付中"), locked=True),
    State("paid", _l("已到账"), locked=True),
    State("archived", _l("已归档"), closed=True),
    State("recovered", _l("已追回"), closed=True),
)
STEPS: Final = (
    Step(
        "object",
        _l("登记异议"),
        ("publicized",),
        "objection",
        REVIEW,
        (Need("objection", _l("异议内容")),),
        kind=StepKind.SIDE,
    ),
    Step(
        "recheck", _l("复核"), ("objection",), "rechecked", REVIEW, (Need("recheck_result", _l("复核结论")),)
    ),
    Step(
        "publicize_again",
        _l("重新公示"),
        ("rechecked",),
        "publicized",
        REVIEW,
        (Need("publicized_on", _l("公示起始日")),),
    ),
    Step(
        "approve",
        _l("批复"),
        ("publicized", "rechecked"),
        "approved",
        APPROVE,
        (Need("approval_no", _l("批复文号")), Need("amount_wan", _l("批复金额（万元）"))),
        (
            Guard(
                "publicity_too_short",
                _l("公示不足 5 个工作日，期满后再批复。"),
                lambda facts: facts["publicity_days"] >= MIN_PUBLICITY_DAYS,
                uses=("publicity_days",),
            ),
            Guard(
                "over_budget",
                _l("本事项累计金额会超出预算，请核减或按声明的比例计算。"),
                _within_budget,
                uses=("paid_wan", "amount_wan", "budget_wan"),
                field="amount_wan",
            ),
        ),
    ),
    Step(
        "pay",
        _l("发起拨付"),
        ("approved",),
        "paying",
        PAY,
        (Need("account_confirmed", _l("企业已确认收款账户")),),
    ),
    Step(
        "confirm_paid",
        _l("确认到账"),
        ("paying",),
        "paid",
        PAY,
        (Need("paid_on", _l("到账日")), Need("voucher_no", _l("凭证号"))),
    ),
    Step("archive", _l("归档"), ("paid",), "archived", REVIEW),
    Step(
        "recover",
        _l("追回"),
        ("approved", "paying", "paid"),
        "recovered",
        RECOVER,
        (Need("reason", _l("追回原因")),),
        kind=StepKind.SIDE,
        approval=True,
    ),
)
