"""Requests on a resource quota (DOMAIN B12, 18). The balance is never below nought."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard, Lifecycle, Need, State, Step, StepKind

PLAN: Final = "quotas:plan:set"
APPLY: Final = "quotas:request:apply"
REVIEW: Final = "quotas:request:review"
GRANT: Final = "quotas:request:grant"


def _covered(facts: Facts) -> bool:
    return bool(facts["balance"] - facts["amount"] >= 0)


_BALANCE = Guard(
    "not_enough", _l("余额不足：调配后余额会小于 0。"), _covered, uses=("balance", "amount"), field="amount"
)

QUOTA: Final = Lifecycle(
    code="quota",
    label=_l("要素指标"),
    initial="plan_set",
    states=(
        State("plan_set", _l("计划已下达")),
        State("allocated", _l("已分配")),
        State("applied", _l("已申请")),
        State("reviewed", _l("已审核")),
        State("granted", _l("已调配")),
        State("used", _l("已使用")),
        State("returned", _l("已退回")),
        State("settled", _l("已结转"), closed=True),
    ),
    steps=(
        Step(
            "allocate",
            _l("按 75/25 分配"),
            ("plan_set",),
            "allocated",
            PLAN,
            guards=(
                Guard(
                    "does_not_add_up",
                    _l("县区留存与市级统筹之和应等于计划数。"),
                    lambda facts: facts["kept"] + facts["pooled"] == facts["planned"],
                    uses=("kept", "pooled", "planned"),
                ),
            ),
        ),
        Step(
            "apply",
            _l("申请"),
            ("allocated",),
            "applied",
            APPLY,
            (
                Need("project_id", _l("项目")),
                Need("admission_no", _l("准入结论")),
                Need("amount", _l("用量")),
                Need("estimate", _l("用量测算")),
            ),
        ),
        Step(
            "review",
            _l("审核"),
            ("applied",),
            "reviewed",
            REVIEW,
            (Need("opinion", _l("审核意见")),),
            (_BALANCE,),
        ),
        Step("refuse", _l("退回申请"), ("applied", "reviewed"), "allocated", REVIEW, kind=StepKind.ROLLBACK),
        Step(
            "grant",
            _l("调配"),
            ("reviewed",),
            "granted",
            GRANT,
            (Need("minutes_no", _l("调配会纪要号")),),
            (_BALANCE,),
        ),
        Step("use", _l("登记使用"), ("granted",), "used", APPLY, (Need("used_on", _l("使用日期")),)),
        Step(
            "give_back",
            _l("退回指标"),
            ("granted",),
            "returned",
            APPLY,
            (Need("reason", _l("退回原因")),),
            kind=StepKind.SIDE,
        ),
        Step("settle", _l("年末结转"), ("allocated", "used", "returned"), "settled", PLAN),
    ),
)
