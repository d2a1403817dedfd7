"""Stages of a project, L2…L10, and what each demands (DOMAIN 7, appendix B2)."""

import itertools
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from core.fields import uscc
from core.i18n import lazy as _l
from core.lifecycle import PREVIOUS, Facts, Guard, Lifecycle, Need, State, Step, StepKind
from crm.projects.admission import ADMISSION, PASSED

ADVANCE: Final = "projects:project:advance"
TURN_BACK: Final = "projects:stage:turn"

STAGES: Final = (
    "negotiating", "admitted", "signed", "registered", "landed", "started", "completed", "producing",
    "at_capacity",
)  # fmt: skip
LABELS: Final[Mapping[str, Any]] = {
    "negotiating": _l("在谈"),
    "admitted": _l("拟签约"),
    "signed": _l("签约"),
    "registered": _l("注册"),
    "landed": _l("供地入驻"),
    "started": _l("开工"),
    "completed": _l("竣工"),
    "producing": _l("投产"),
    "at_capacity": _l("达产"),
}
ENDED: Final = ("lost", "terminated", "exited")


def supplies_land(facts: Facts) -> bool:
    return facts.get("land_mode") in ("sold", "allocated")


def rents(facts: Facts) -> bool:
    return facts.get("land_mode") in ("lease", "factory")


def formal(facts: Facts) -> bool:
    return facts.get("agreement_kind") == "contract"


def _before_or_on(first: str, second: str) -> Any:
    return lambda facts: facts[first] <= facts[second]


def _code_holds(facts: Facts) -> bool:
    try:
        return uscc.enterprise_code(facts["company_uscc"]) is not None
    except ValueError:
        return False


DAY: Final = Need("actual_on", _l("实际日期"))
NOT_AHEAD = Guard(
    "day_ahead", _l("实际日期不能晚于今天。"), _before_or_on("actual_on", "today"),
    uses=("actual_on", "today"), field="actual_on",
)  # fmt: skip
IN_ORDER = Guard(
    "day_before_previous",
    lambda facts: _l("实际日期不能早于上一环节的 %(day)s。", day=facts["previous_on"].isoformat()),
    _before_or_on("previous_on", "actual_on"),
    uses=("actual_on",),
    field="actual_on",
    when=lambda facts: facts.get("previous_on") is not None,
)
DATED: Final = (NOT_AHEAD, IN_ORDER)


def _money_fits(facts: Facts) -> bool:
    return bool(facts["fixed_investment_wan"] <= facts["total_investment_wan"])


FIXED_WITHIN_TOTAL = Guard(
    "fixed_over_total", _l("固定资产投资不能大于总投资，请核对两个数。"), _money_fits,
    field="fixed_investment_wan",
    when=lambda facts: facts.get("fixed_investment_wan") is not None
    and facts.get("total_investment_wan") is not None,
)  # fmt: skip

ADMITTED = Guard(
    "admission_open",
    lambda facts: _l(
        "准入还没有通过（现在：%(state)s）。",
        state=ADMISSION.label_of(facts.get("admission_state") or "drafting"),
    ),
    lambda facts: facts["admission_state"] in PASSED,
    uses=("admission_state",),
    field="admission_state",
)
TIER_STILL_FITS = Guard(
    "tier_changed",
    _l("投资额或用地方式改了，准入档次随之变化，要按新档次重新办理准入。"),
    lambda facts: facts["admission_tier"] == facts["tier_now"],
    uses=("admission_tier", "tier_now"),
    field="admission_state",
)

CONTRACT_NEEDS: Final = tuple(
    Need(name, label, when=formal)
    for name, label in (
        ("total_investment_wan", _l("合同约定总投资")),
        ("fixed_investment_wan", _l("合同约定固定资产投资")),
        ("tax_per_mu_wan", _l("合同约定亩均税收")),
        ("agreed_start_on", _l("合同约定动工日")),
        ("agreed_complete_on", _l("合同约定竣工日")),
        ("agreed_produce_on", _l("合同约定投产日")),
        ("agreed_capacity_on", _l("合同约定达产日")),
        ("breach_terms", _l("违约责任")),
    )
)
CONTRACT_LAND: Final = Need(
    "land_sqm", _l("合同约定用地"), when=lambda facts: formal(facts) and supplies_land(facts)
)
AGREED_ORDER = Guard(
    "agreed_out_of_order",
    _l("约定的动工、竣工、投产、达产日要依次向后。"),
    lambda facts: (
        facts["agreed_start_on"]
        <= facts["agreed_complete_on"]
        <= facts["agreed_produce_on"]
        <= facts["agreed_capacity_on"]
    ),
    uses=("agreed_start_on", "agreed_complete_on", "agreed_produce_on", "agreed_capacity_on"),
    field="agreed_complete_on",
    when=formal,
)
CODE_HOLDS = Guard(
    "uscc_wrong", _l("项目公司的统一社会信用代码校验不过，请照营业执照核对 18 位。"), _code_holds,
    uses=("company_uscc",), field="company_uscc",
)  # fmt: skip
IN_CITY = Guard(
    "not_in_city", _l("项目公司的注册地不在本市。"), lambda facts: bool(facts["company_in_city"]),
    uses=("company_region_code",), field="company_region_code",
)  # fmt: skip
NOT_TOO_OLD = Guard(
    "company_too_old",
    lambda facts: _l(
        "注册日比签约日早了 %(days)s 天以上；原有企业投资请按增资办理。", days=facts.get("company_days", "")
    ),
    lambda facts: (
        facts["company_registered_on"] >= facts["signed_on"] - timedelta(days=facts.get("company_days", ""))
    ),
    uses=("company_registered_on", "signed_on", "company_days"),
    field="company_registered_on",
    when=lambda facts: facts.get("kind") != "expand",
)
PERMIT_FIRST = Guard(
    "started_before_permit",
    _l("开工日早于施工许可日，请写明原因或更正。"),
    _before_or_on("permit_on", "actual_on"),
    uses=("permit_on", "actual_on"),
    field="permit_on",
    waivable=True,
)
REACHED = Guard(
    "below_agreed",
    _l("考核产值还没有达到约定产值。"),
    _before_or_on("est_output_wan", "capacity_output_wan"),
    uses=("capacity_output_wan",),
    field="capacity_output_wan",
    waivable=True,
    when=lambda facts: facts.get("est_output_wan") is not None,
)


def _forward(
    verb: str, label: Any, source: str, to: str, needs: tuple[Need, ...], guards: tuple[Guard, ...] = ()
) -> Step:
    return Step(verb, label, (source,), to, ADVANCE, needs=(*needs, DAY), guards=(*guards, *DATED))


FORWARD: Final = (
    _forward(
        "admit", _l("转入拟签约"), "negotiating", "admitted",
        (
            Need("plan_rows", _l("一项一策方案（至少一条）")),
            Need("specialist_id", _l("专员")),
            Need("admission_doc_no", _l("准入纪要号或文号")),
            Need("report_no", _l("研判报告编号"), waivable=True, when=supplies_land),
            Need("fairness_no", _l("公平竞争和合法性审核意见文号")),
        ),
        (ADMITTED, TIER_STILL_FITS),
    ),
    _forward(
        "sign", _l("签约"), "admitted", "signed",
        (
            Need("agreement_kind", _l("协议类型")),
            Need("contract_no", _l("协议或合同编号")),
            *CONTRACT_NEEDS,
            CONTRACT_LAND,
            Need("files", _l("合同扫描件"), waivable=True, file=True),
        ),
        (FIXED_WITHIN_TOTAL, AGREED_ORDER),
    ),
    _forward(
        "register_company", _l("项目公司注册"), "signed", "registered",
        (
            Need("company_name", _l("项目公司名称")),
            Need("company_uscc", _l("项目公司统一社会信用代码")),
            Need("company_region_code", _l("项目公司注册地")),
            Need("company_registered_on", _l("项目公司注册日")),
        ),
        (CODE_HOLDS, IN_CITY, NOT_TOO_OLD),
    ),
    _forward(
        "land", _l("供地或入驻"), "registered", "landed",
        (
            Need("land_doc_no", _l("出让合同或划拨决定书号"), when=supplies_land),
            Need("land_sqm", _l("用地面积"), when=supplies_land),
            Need("land_price_wan", _l("土地价款"), when=supplies_land),
            Need("land_handover_on", _l("交地日"), when=supplies_land),
            Need("agreed_start_on", _l("约定动工日"), when=supplies_land),
            Need("lease_no", _l("租约号"), when=rents),
            Need("factory_sqm", _l("厂房面积"), when=rents),
        ),
    ),
    _forward(
        "start", _l("开工"), "landed", "started",
        (
            Need("permit_no", _l("施工许可证号（或装修、设备进场备案号）")),
            Need("permit_on", _l("施工许可日")),
            Need("files", _l("开工现场照片"), waivable=True, file=True),
        ),
        (PERMIT_FIRST,),
    ),
    _forward("complete", _l("竣工"), "started", "completed", (Need("acceptance_no", _l("竣工验收备案号")),)),
    _forward(
        "produce", _l("投产"), "completed", "producing",
        (Need("production_evidence", _l("首笔销售发票号或产品下线证明")),),
    ),
    _forward(
        "reach_capacity", _l("达产"), "producing", "at_capacity",
        (
            Need("capacity_review_no", _l("达产考核表编号")),
            Need("capacity_output_wan", _l("考核期产值")),
        ),
        (REACHED,),
    ),
)  # fmt: skip

BACKWARD: Final = tuple(
    Step("rollback", _l("退回上一阶段"), (later,), earlier, ADVANCE, (), (), StepKind.ROLLBACK, True, second=TURN_BACK)
    for earlier, later in itertools.pairwise(STAGES)
)  # fmt: skip
REASON: Final = Need("reason", _l("事由"))

PROJECT = Lifecycle(
    code="project",
    label=_l("项目"),
    initial="negotiating",
    states=(
        *(State(code, LABELS[code], tone="info") for code in STAGES),
        State("paused", _l("暂停"), tone="idle"),
        State("lost", _l("流失"), closed=True, tone="late"),
        State("terminated", _l("终止"), closed=True, tone="late"),
        State("exited", _l("退出"), closed=True, tone="idle"),
    ),
    steps=(
        *FORWARD,
        *BACKWARD,
        Step(
            "pause", _l("暂停"), STAGES[:-1], "paused", TURN_BACK,
            needs=(REASON, Need("resume_expected_on", _l("预计恢复日"))), kind=StepKind.SIDE, approval=True,
        ),
        Step("resume", _l("恢复推进"), ("paused",), PREVIOUS, TURN_BACK, needs=(REASON,), kind=StepKind.SIDE),
        Step(
            "lose", _l("登记流失"), STAGES[:2], "lost", TURN_BACK,
            needs=(REASON, Need("lost_to", _l("流向地"))), kind=StepKind.SIDE,
        ),
        Step(
            "terminate", _l("终止项目"), STAGES[2:7], "terminated", TURN_BACK,
            needs=(REASON, Need("release_doc_no", _l("解除协议或清退文书号"))), kind=StepKind.SIDE, approval=True,
        ),
        Step(
            "exit", _l("退出"), STAGES[7:], "exited", TURN_BACK, needs=(REASON,), kind=StepKind.SIDE, approval=True
        ),
    ),
)  # fmt: skip

TABLES: Final = (PROJECT, ADMISSION)


def stage_number(stage: str) -> int:
    """L2 … L10 by number; 0 for a stage outside the row."""
    return STAGES.index(stage) + 2 if stage in STAGES else 0


def forward_from(stage: str) -> Step | None:
    """The step that leads to the next stage."""
    return next((step for step in FORWARD if stage in step.sources), None)
