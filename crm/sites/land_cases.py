"""Idle land, from the first warning to its release or return (DOMAIN B8, 15.1)."""

from typing import Final

from core.i18n import lazy as _l
from core.lifecycle import Guard, Lifecycle, Need, State, Step, StepKind

WATCH: Final = "sites:land:watch"
DETERMINE: Final = "sites:land:determine"
DISPOSE: Final = "sites:land:dispose"

_HEARD = Need("hearing_told_on", _l("告知听证权利的日期"))
_TWO_YEARS = Guard(
    "not_two_years",
    _l("未满两年，不能启动收回。"),
    lambda facts: facts["idle_months"] >= 24,
    uses=("idle_months",),
)

LAND_CASE: Final = Lifecycle(
    code="idle_land_case",
    label=_l("闲置土地处置"),
    initial="monitoring",
    states=(
        State("monitoring", _l("监测中")),
        State("warned", _l("预警")),
        State("suspected", _l("疑似闲置")),
        State("investigating", _l("调查中")),
        State("not_idle", _l("不构成闲置"), closed=True),
        State("idle_gov", _l("闲置（政府原因）")),
        State("idle_owner", _l("闲置（企业原因）")),
        State("disposal_agreed", _l("已达成处置协议")),
        State("fee_notice", _l("闲置费听证告知")),
        State("fee_levied", _l("已征缴决定")),
        State("paid", _l("闲置费已缴")),
        State("enforced", _l("申请强制执行")),
        State("revoke_notice", _l("收回听证告知")),
        State("revoke_approved", _l("收回已批准")),
        State("revoked", _l("已收回"), locked=True),
        State("deregistered", _l("已注销登记"), closed=True),
        State("closed", _l("已解除"), closed=True),
    ),
    steps=(
        Step(
            "warn",
            _l("到期未动工预警"),
            ("monitoring",),
            "warned",
            WATCH,
            automatic=True,
            guards=(
                Guard(
                    "not_due",
                    _l("还没有到约定动工日。"),
                    lambda facts: facts["today"] > facts["start_due_on"],
                    uses=("today", "start_due_on"),
                ),
            ),
        ),
        Step(
            "suspect",
            _l("转为疑似闲置"),
            ("warned",),
            "suspected",
            WATCH,
            automatic=True,
            guards=(
                Guard(
                    "not_one_year",
                    _l("未满一年。"),
                    lambda facts: facts["idle_months"] >= 12,
                    uses=("idle_months",),
                ),
            ),
        ),
        Step(
            "investigate",
            _l("发调查通知书"),
            ("suspected",),
            "investigating",
            DETERMINE,
            (
                Need("notice_no", _l("通知书文号")),
                Need("served_on", _l("送达日期")),
                Need("receipt", _l("送达回证"), file=True),
            ),
        ),
        Step(
            "clear",
            _l("认定不构成闲置"),
            ("investigating",),
            "not_idle",
            DETERMINE,
            (Need("findings", _l("调查结论")),),
        ),
        Step(
            "determine_gov",
            _l("认定政府原因闲置"),
            ("investigating",),
            "idle_gov",
            DETERMINE,
            (Need("findings", _l("调查结论")), Need("decision_no", _l("认定书文号"))),
        ),
        Step(
            "determine_owner",
            _l("认定企业原因闲置"),
            ("investigating",),
            "idle_owner",
            DETERMINE,
            (Need("findings", _l("调查结论")), Need("decision_no", _l("认定书文号")), _HEARD),
        ),
        Step(
            "agree",
            _l("达成处置协议"),
            ("idle_gov",),
            "disposal_agreed",
            DISPOSE,
            (
                Need("disposal_way", _l("处置方式（延长、改用途、临时使用、置换、协议收回）")),
                Need("agreement", _l("处置协议"), file=True),
            ),
        ),
        Step(
            "close",
            _l("解除"),
            ("disposal_agreed",),
            "closed",
            DISPOSE,
            (Need("publicized_on", _l("信息公示日期")),),
        ),
        Step(
            "tell_fee",
            _l("闲置费听证告知"),
            ("idle_owner",),
            "fee_notice",
            DISPOSE,
            (_HEARD,),
            (
                Guard(
                    "fee_window",
                    _l("闲置费只在满一年、不满两年时征缴。"),
                    lambda facts: 12 <= facts["idle_months"] < 24,
                    uses=("idle_months",),
                ),
                Guard(
                    "fee_once",
                    _l("闲置费是一次性的，这宗地已经征缴过。"),
                    lambda facts: not facts.get("fee_levied_before"),
                ),
            ),
        ),
        Step(
            "levy",
            _l("下达征缴决定"),
            ("fee_notice",),
            "fee_levied",
            DISPOSE,
            (Need("price_wan", _l("出让或划拨价款（万元）")), Need("decision_no", _l("决定书文号"))),
            approval=True,
        ),
        Step(
            "pay_fee",
            _l("登记缴清"),
            ("fee_levied",),
            "paid",
            DISPOSE,
            (Need("paid_on", _l("缴清日期")), Need("voucher_no", _l("凭证号"))),
        ),
        Step(
            "enforce",
            _l("申请强制执行"),
            ("fee_levied",),
            "enforced",
            DISPOSE,
            (Need("court_no", _l("申请文号")),),
        ),
        Step("keep_watching", _l("继续监管"), ("paid", "enforced"), "idle_owner", WATCH),
        Step(
            "tell_revocation",
            _l("收回听证告知"),
            ("idle_owner", "paid", "enforced"),
            "revoke_notice",
            DISPOSE,
            (
                _HEARD,
                Need("mortgagee_told", _l("抵押权人抄送"), when=lambda facts: bool(facts.get("mortgaged"))),
            ),
            (_TWO_YEARS,),
        ),
        Step(
            "approve_revocation",
            _l("有批准权的政府批准收回"),
            ("revoke_notice",),
            "revoke_approved",
            DISPOSE,
            approval=True,
        ),
        Step(
            "revoke",
            _l("下达收回决定"),
            ("revoke_approved",),
            "revoked",
            DISPOSE,
            (Need("decision_no", _l("决定书文号")),),
        ),
        Step(
            "deregister",
            _l("注销登记"),
            ("revoked",),
            "deregistered",
            DISPOSE,
            (Need("register_no", _l("不动产注销登记号")),),
        ),
        Step(
            "resume_construction",
            _l("核实已动工"),
            (
                "monitoring",
                "warned",
                "suspected",
                "investigating",
                "idle_owner",
                "idle_gov",
                "fee_notice",
                "paid",
                "enforced",
                "revoke_notice",
            ),
            "closed",
            WATCH,
            (Need("started_on", _l("实际动工日")), Need("photos", _l("现场核验照片"), file=True)),
            kind=StepKind.SIDE,
        ),
    ),
)
