"""Applications under a policy item (DOMAIN B5): by application, and enjoyed without one (免申即享)."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Facts, Guard, Lifecycle, Need, State, Step, StepKind
from crm.policies import decision
from crm.policies.decision import REVIEW

APPLY: Final = "policies:application:apply"
ACCEPT: Final = "policies:application:accept"
COMPUTE: Final = "policies:roster:compute"


def _other_person(facts: Facts) -> bool:
    return bool(facts["actor_id"] != facts["previous_reviewer_id"])


_ANOTHER = Guard(
    "same_person",
    _l("复审人与初审人应是两个人。"),
    _other_person,
    uses=("actor_id", "previous_reviewer_id"),
)
APPLICATION: Final = Lifecycle(
    code="policy_application",
    label=_l("政策申报"),
    initial="draft",
    states=(
        State("draft", _l("草稿")),
        State("submitted", _l("已提交")),
        State("supplement", _l("待补正")),
        State("accepted", _l("已受理")),
        State("rejected", _l("不予受理"), closed=True),
        State("first_reviewed", _l("初审通过")),
        State("second_reviewed", _l("复审通过")),
        State("expert", _l("专家评审")),
        State("proposed", _l("拟定")),
        State("failed", _l("未通过"), closed=True),
        State("withdrawn", _l("已撤回"), closed=True),
        *decision.STATES,
    ),
    steps=(
        Step(
            "submit",
            _l("提交"),
            ("draft",),
            "submitted",
            APPLY,
            (
                Need("documents", _l("必需材料"), waivable=True, file=True),
                Need("commitment", _l("真实性承诺")),
            ),
            (
                Guard(
                    "closed_for_entries",
                    _l("已过申报截止时间。"),
                    lambda facts: facts["submitted_at"] <= facts["closes_at"],
                    uses=("submitted_at", "closes_at"),
                ),
                Guard(
                    "policy_not_in_force",
                    _l("政策文件已失效，不能申报。"),
                    lambda facts: bool(facts["policy_in_force"]),
                    uses=("policy_in_force",),
                ),
            ),
        ),
        Step("accept", _l("受理"), ("submitted",), "accepted", ACCEPT),
        Step(
            "ask_supplement",
            _l("要求补正"),
            ("submitted",),
            "supplement",
            ACCEPT,
            (Need("supplement_list", _l("需补正的全部内容")),),
            (
                Guard(
                    "asked_before",
                    _l("补正要求应一次性告知，不能再次退补。"),
                    lambda facts: facts["supplement_count"] < 1,
                    uses=("supplement_count",),
                ),
            ),
            kind=StepKind.SIDE,
        ),
        Step(
            "supplement",
            _l("补正后提交"),
            ("supplement",),
            "submitted",
            APPLY,
            (Need("documents", _l("补正材料"), file=True),),
        ),
        Step(
            "reject",
            _l("不予受理"),
            ("submitted", "supplement"),
            "rejected",
            ACCEPT,
            (Need("reason", _l("不予受理的理由与依据")),),
        ),
        Step(
            "first_review",
            _l("初审通过"),
            ("accepted",),
            "first_reviewed",
            REVIEW,
            (Need("opinion", _l("初审意见")),),
        ),
        Step(
            "second_review",
            _l("复审通过"),
            ("first_reviewed",),
            "second_reviewed",
            REVIEW,
            (Need("opinion", _l("复审意见")),),
            (_ANOTHER,),
        ),
        Step("ask_experts", _l("送专家评审"), ("second_reviewed",), "expert", REVIEW, kind=StepKind.SIDE),
        Step(
            "propose",
            _l("拟定金额"),
            ("second_reviewed", "expert"),
            "proposed",
            REVIEW,
            (
                Need("amount_wan", _l("拟给金额（万元）")),
                Need(
                    "expert_opinion", _l("专家意见"), when=lambda facts: facts.get("benefit_mode") == "review"
                ),
            ),
        ),
        Step(
            "fail",
            _l("不予通过"),
            ("accepted", "first_reviewed", "second_reviewed", "expert", "proposed", "rechecked"),
            "failed",
            REVIEW,
            (Need("reason", _l("理由")),),
        ),
        Step(
            "publicize",
            _l("公示"),
            ("proposed",),
            "publicized",
            REVIEW,
            (Need("publicized_on", _l("公示起始日")),),
        ),
        Step(
            "withdraw",
            _l("撤回"),
            (
                "draft",
                "submitted",
                "supplement",
                "accepted",
                "first_reviewed",
                "second_reviewed",
                "expert",
                "proposed",
            ),
            "withdrawn",
            APPLY,
            kind=StepKind.SIDE,
        ),
        *decision.STEPS,
    ),
)

NO_APPLICATION: Final = Lifecycle(
    code="policy_no_application",
    label=_l("免申即享"),
    initial="computed",
    states=(
        State("computed", _l("已计算名单")),
        State("dept_checked", _l("部门已核对")),
        State("notified", _l("已推送企业")),
        State("confirmed", _l("企业已确认")),
        State("declined", _l("企业放弃"), closed=True),
        State("timeout", _l("逾期未确认"), closed=True),
        *decision.STATES,
    ),
    steps=(
        Step(
            "check",
            _l("部门核对"),
            ("computed",),
            "dept_checked",
            COMPUTE,
            (Need("opinion", _l("核对意见")),),
        ),
        Step(
            "notify",
            _l("推送企业"),
            ("dept_checked",),
            "notified",
            COMPUTE,
            (Need("amount_wan", _l("拟给金额（万元）")),),
        ),
        Step(
            "confirm",
            _l("确认享受"),
            ("notified",),
            "confirmed",
            APPLY,
            (Need("account_confirmed", _l("收款账户")), Need("commitment", _l("真实性承诺"))),
        ),
        Step("decline", _l("放弃"), ("notified",), "declined", APPLY),
        Step(
            "time_out",
            _l("逾期视为放弃"),
            ("notified",),
            "timeout",
            COMPUTE,
            (Need("reminded_on", _l("提醒记录")),),
            automatic=True,
        ),
        Step(
            "publicize",
            _l("公示"),
            ("confirmed",),
            "publicized",
            REVIEW,
            (Need("publicized_on", _l("公示起始日")),),
        ),
        *decision.STEPS,
    ),
)
