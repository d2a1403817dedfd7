"""Per-mu results (DOMAIN B9, 14). After the decision only a numbered correction changes anything."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Guard, Lifecycle, Need, State, Step, StepKind

COLLECT: Final = "appraisals:result:collect"
CONFIRM: Final = "portal:appraisal:confirm"
DECIDE: Final = "appraisals:result:decide"

RESULT: Final = Lifecycle(
    code="mu_result",
    label=_l("亩均评价结果"),
    initial="collecting",
    states=(
        State("collecting", _l("数据归集")),
        State("confirmed", _l("企业已确认")),
        State("disputed", _l("企业有异议")),
        State("scored", _l("已计分")),
        State("publicized", _l("公示中")),
        State("objection", _l("公示异议")),
        State("rechecked", _l("已复核")),
        State("finalized", _l("已认定"), locked=True),
        State("policy_pushed", _l("政策已推送"), closed=True),
    ),
    steps=(
        Step("confirm", _l("确认数据"), ("collecting", "disputed"), "confirmed", CONFIRM),
        Step(
            "dispute",
            _l("提出异议"),
            ("collecting",),
            "disputed",
            CONFIRM,
            (Need("objection", _l("异议内容")), Need("proof", _l("盖章证明"), file=True)),
        ),
        Step(
            "settle_dispute",
            _l("核定数据"),
            ("disputed",),
            "confirmed",
            COLLECT,
            (Need("conclusion", _l("核定结论")),),
        ),
        Step(
            "score",
            _l("计分"),
            ("confirmed",),
            "scored",
            DECIDE,
            (Need("scheme_version", _l("计分方案版本")),),
        ),
        Step(
            "publicize",
            _l("公示"),
            ("scored", "rechecked"),
            "publicized",
            DECIDE,
            (Need("publicized_on", _l("公示起始日")),),
        ),
        Step(
            "object",
            _l("登记公示异议"),
            ("publicized",),
            "objection",
            COLLECT,
            (Need("objection", _l("异议内容")),),
            kind=StepKind.SIDE,
        ),
        Step(
            "recheck", _l("复核"), ("objection",), "rechecked", DECIDE, (Need("conclusion", _l("复核结论")),)
        ),
        Step(
            "finalize",
            _l("认定"),
            ("publicized", "rechecked"),
            "finalized",
            DECIDE,
            (Need("decision_no", _l("认定文号")),),
            (
                Guard(
                    "publicity_too_short",
                    _l("公示期未满。"),
                    lambda facts: facts["publicity_days"] >= facts["publicity_term"],
                    uses=("publicity_days", "publicity_term"),
                ),
            ),
        ),
        Step("push_policy", _l("推送差别化政策"), ("finalized",), "policy_pushed", DECIDE),
        Step(
            "correct",
            _l("更正"),
            ("finalized",),
            "rechecked",
            DECIDE,
            (Need("correction_no", _l("更正单号")),),
            kind=StepKind.ROLLBACK,
            approval=True,
        ),
        Step(
            "correct_pushed",
            _l("更正（已推送）"),
            ("policy_pushed",),
            "rechecked",
            DECIDE,
            (Need("correction_no", _l("更正单号")),),
            kind=StepKind.REOPEN,
            approval=True,
        ),
    ),
)
